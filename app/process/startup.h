/*
 * startup: a configuration, loaded and checked against this machine.
 */
#ifndef APP_PROCESS_STARTUP_H
#define APP_PROCESS_STARTUP_H

#include "app/settings/settings.h"
#include "lib/err.h"

struct arena;

/*
 * Load settings and check what the table cannot: that the keyring opens.
 * Every fault and warning goes to "say", one line each, without a line end;
 * if the settings are good, from there on in the log's form that they ask for.
 * CAL_OK: "mem" is the caller's, and the settings live in it.
 */
enum cal_err	startup_load(const char *file, void (*say)(const char *),
		    struct arena **mem, struct settings **) ERR_CHECK;
/*
 * Of a configuration that is loaded while we run: what only a restart can
 * change stays as it was, and a warning says so.
 */
void		startup_keep_fixed(struct arena *, const struct settings *old,
		    struct settings *fresh);
/* Two to say it with: for who runs us by hand, and for who reads the log. */
void		startup_say_plain(const char *);
void		startup_say_log(const char *);

#endif
