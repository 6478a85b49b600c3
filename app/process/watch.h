/*
 * watch: the process that looks after the database, once a second.
 */
#ifndef APP_PROCESS_WATCH_H
#define APP_PROCESS_WATCH_H

struct settings;

/*
 * Look until the leash is let go; the exit status.  To be called in a fresh
 * child, with signals blocked.
 */
int	watch_run(const struct settings *, int leash);

#endif
