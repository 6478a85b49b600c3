/*
 * settings: what an operator can set, from the environment or a file.
 *
 * One table (app/settings/settings.c) holds every name, its default and its
 * check; calendlyd.conf(5) describes them to operators.
 */
#ifndef APP_SETTINGS_SETTINGS_H
#define APP_SETTINGS_SETTINGS_H

#include <stddef.h>

#include "lib/conf.h"
#include "lib/err.h"

struct arena;
struct secret;

/* Lives as long as the arena that it was loaded with, and never changes. */
struct settings {
	const char		*client_id;
	struct secret		*client_secret;
	struct secret *const	*signing_keys;	/* none set: an empty list */
	const char		*auth_url;	/* origins, no slash at end */
	const char		*api_url;
	const char *const	*scopes;
	const char *const	*webhook_events;
	const char		*backend_url;	/* without a slash at the end */
	const char		*frontend_url;	/* NULL if not set */
	struct secret		*database_url;
	struct secret		*database_admin_url;	/* NULL if not set */
	const char		*keyring_file;
	const char		*app_socket;
	const char		*ingest_socket;
	long			 app_workers;
	long			 ingest_workers;
	long			 runners;
	long			 pushers;
	long			 worker_requests;	/* 0: never replaced */
	long			 signature_skew;	/* ahead, in seconds */
	long			 signature_max_age;	/* in seconds */
	long			 sync_past_days;
	long			 retention_events;	/* days, also below */
	long			 retention_deliveries;
	long			 retention_pushes;
	long			 retention_log;
	long			 retention_meetings;	/* 0: for good */
	const char *const	*deliver_allow;	/* CIDR ranges; empty: none */
	const char		*ca_file;	/* NULL: the system's own */
	int			 log_level;	/* enum log_level */
	int			 log_format;	/* enum log_format */
};

/*
 * Ending that turns the path of the app workers' socket into that of the health
 * socket.
 */
#define SETTINGS_HEALTH_SOCKET	".health"

extern const struct conf_item	settings_items[];
extern const size_t		settings_nitems;

/*
 * Fills the settings from "file" (NULL: none) and the environment.
 * CAL_INVALID: a setting has a fault; "messages" lists all faults and warnings
 * in either case.
 */
enum cal_err	settings_load(struct arena *, const char *file,
		    struct settings *, const struct conf_message **messages)
		    ERR_CHECK;
/*
 * Returns how many app workers may hold a waiting request at a time: a quarter
 * of them, one if there are two or three, none if there is only one.
 */
long		settings_most_waiting(const struct settings *);
/*
 * Returns how many app workers may wait for Calendly at a time: all that
 * settings_most_waiting() leaves, and so at least one.
 */
long		settings_most_calling(const struct settings *);

#endif
