/*
 * runner: a process that does the work in the background, job by job.
 */
#ifndef APP_PROCESS_RUNNER_H
#define APP_PROCESS_RUNNER_H

#include <stdbool.h>

struct settings;

/*
 * Apply deliveries and, if "jobs", run jobs until the leash is let go; the
 * exit status.  To be called in a fresh child, with signals blocked.
 */
int	runner_run(const struct settings *, bool jobs, int leash);

#endif
