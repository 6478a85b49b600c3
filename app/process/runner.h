/* runner: a process that does background work, job by job. */
#ifndef APP_PROCESS_RUNNER_H
#define APP_PROCESS_RUNNER_H

#include <stdbool.h>

struct settings;

/*
 * Applies deliveries and, if "jobs" is true, runs jobs, until the master closes
 * the leash (generation.h); returns the exit status.  Call it in a freshly
 * forked child with all signals blocked.
 */
int	runner_run(const struct settings *, bool jobs, int leash);

#endif
