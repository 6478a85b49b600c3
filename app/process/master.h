/*
 * master: opens the sockets, keeps the pools full, and hears the signals.
 *
 *	HUP		reload the configuration, refusing nobody
 *	TERM, INT	finish what is in hand, for up to 30 s; a second one: now
 *	USR1		nothing
 */
#ifndef APP_PROCESS_MASTER_H
#define APP_PROCESS_MASTER_H

struct arena;
struct settings;

/*
 * Until told to stop; the exit status.  Takes the arena that the settings
 * live in.  "file" is loaded anew on a reload.
 */
int	master_run(const char *file, struct arena *, struct settings *);

#endif
