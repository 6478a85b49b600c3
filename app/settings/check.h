/*
 * check: decides whether the value of a setting is good.
 *
 * Each check of the settings' table returns NULL for a good value, else a text
 * that says what to write instead.
 */
#ifndef APP_SETTINGS_CHECK_H
#define APP_SETTINGS_CHECK_H

#include <stdbool.h>

#include "lib/conf.h"

struct arena;
struct settings;

const char	*check_client_id(struct arena *, const char *);
const char	*check_secret(struct arena *, const char *);
const char	*check_origin(struct arena *, const char *);
const char	*check_backend_url(struct arena *, const char *);
const char	*check_frontend_url(struct arena *, const char *);
const char	*check_scopes(struct arena *, const char *);
const char	*check_events(struct arena *, const char *);
const char	*check_database_url(struct arena *, const char *);
const char	*check_path(struct arena *, const char *);
const char	*check_socket(struct arena *, const char *);
const char	*check_ranges(struct arena *, const char *);

/* Messages in the order in which the checks gave them. */
struct check_list {
	struct arena		 *mem;
	struct conf_message	 *first;
	struct conf_message	**end;
};

void		 check_list_init(struct check_list *, struct arena *);
void		 check_say(struct check_list *, bool fault, const char *, ...)
		    __attribute__((__format__(__printf__, 3, 4)));

/* Checks of what only several settings together can show. */
void		 check_scopes_fit(struct check_list *,
		    const struct settings *);
void		 check_together(struct check_list *, const struct settings *);

#endif
