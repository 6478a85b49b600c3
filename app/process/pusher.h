/* pusher: a process that pushes events to destinations. */
#ifndef APP_PROCESS_PUSHER_H
#define APP_PROCESS_PUSHER_H

struct settings;

/*
 * Pushes until the master closes the leash (generation.h); returns the exit
 * status.  Call it in a freshly forked child with all signals blocked.
 */
int	pusher_run(const struct settings *, int leash);

#endif
