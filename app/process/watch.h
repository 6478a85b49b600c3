/* watch: the process that checks the database once a second. */
#ifndef APP_PROCESS_WATCH_H
#define APP_PROCESS_WATCH_H

struct settings;

/*
 * Checks until the leash is let go; returns the exit status.  Call it in a
 * freshly forked child with all signals blocked.
 */
int	watch_run(const struct settings *, int leash);

#endif
