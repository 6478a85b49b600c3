/* startup: loads a configuration and checks it against this machine. */
#ifndef APP_PROCESS_STARTUP_H
#define APP_PROCESS_STARTUP_H

#include "app/settings/settings.h"
#include "lib/err.h"

struct arena;

/*
 * Loads the settings and checks what their table cannot: that the keyring opens
 * and the CA file can be read.  "say" gets every fault and warning, one line
 * each, without a line end; what is wrong with the keyring is logged instead.
 * Once the settings are read without fault, the log takes the level and form
 * that they ask for.  On CAL_OK the caller owns "mem", in which the settings
 * live.
 */
enum cal_err	startup_load(const char *file, void (*say)(const char *),
		    struct arena **mem, struct settings **) ERR_CHECK;
/*
 * Called for a configuration that is loaded while calendlyd runs: settings that
 * only a restart can change keep their old values, and a warning names them.
 */
void		startup_keep_fixed(struct arena *, const struct settings *old,
		    struct settings *fresh);
/*
 * Two functions for "say": one writes for a person at a terminal, the other to
 * the log.
 */
void		startup_say_plain(const char *);
void		startup_say_log(const char *);

#endif
