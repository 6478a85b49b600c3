/*
 * master: opens the sockets, keeps the pools full, and handles the signals.
 *
 * 	HUP		reload the configuration, refusing no request
 * 	TERM, INT	finish current work, for up to 65 s; a second one
 * 			kills what is left at once
 * 	USR1		nothing
 */
#ifndef APP_PROCESS_MASTER_H
#define APP_PROCESS_MASTER_H

struct arena;
struct settings;

/*
 * Runs until a signal stops it, and returns the exit status.  Takes over the
 * arena in which the settings live.  "file" is the configuration to read again
 * on a reload; NULL: there is none.
 */
int	master_run(const char *file, struct arena *, struct settings *);

#endif
