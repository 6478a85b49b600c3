/*
 * settings: what an operator can set, from the environment or a file.
 *
 * One table (app/settings/settings.c) holds every name, its default and its
 * check; docs tell the same to operators.
 */
#ifndef APP_SETTINGS_SETTINGS_H
#define APP_SETTINGS_SETTINGS_H

#include <stddef.h>

#include "lib/conf.h"
#include "lib/err.h"

struct arena;
struct secret;

/* As long-lived as the arena it was loaded with; never changed after. */
struct settings {
	const char		*client_id;
	struct secret		*client_secret;
	struct secret *const	*signing_keys;	/* none: empty list */
	const char		*auth_url;	/* origins, no slash at the end */
	const char		*api_url;
	const char *const	*scopes;
	const char *const	*webhook_events;
	const char		*backend_url;	/* no slash at the end */
	const char		*frontend_url;	/* or NULL */
	struct secret		*database_url;
	struct secret		*database_admin_url;	/* or NULL */
	const char		*keyring_file;
	const char		*app_socket;
	const char		*ingest_socket;
	long			 app_workers;
	long			 ingest_workers;
	long			 runners;
	long			 worker_requests;	/* before a fresh one */
	long			 signature_skew;	/* s ahead */
	long			 signature_max_age;	/* s old */
	long			 sync_past_days;
	long			 retention_events;	/* days, as below */
	long			 retention_deliveries;
	long			 retention_log;
	const char *const	*deliver_allow;	/* CIDR ranges; none: empty */
	const char		*ca_file;	/* NULL: the system's */
	int			 log_level;	/* enum log_level */
	int			 log_format;	/* enum log_format */
};

/* What the app workers' socket's name is followed by in that of health. */
#define SETTINGS_HEALTH_SOCKET	".health"

extern const struct conf_item	settings_items[];
extern const size_t		settings_nitems;

/*
 * Fill from "file" (NULL: none) and the environment.  CAL_INVALID if there
 * is any fault; "messages" lists all faults and warnings either way.
 */
enum cal_err	settings_load(struct arena *, const char *file,
		    struct settings *, const struct conf_message **messages)
		    ERR_CHECK;
/*
 * How many app workers may wait for something at a time: a quarter; one of
 * two or three, but never the only one.
 */
long		settings_most_waiting(const struct settings *);
/* How many of them may wait for Calendly: all but a quarter, or one; an only
 * one may. */
long		settings_most_calling(const struct settings *);

#endif
