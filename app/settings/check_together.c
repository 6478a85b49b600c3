/* check_together: checks of what only several settings together can show. */
#include <stdbool.h>
#include <string.h>

#include "app/settings/check.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/db.h"
#include "lib/secret.h"

enum {
	DAY = 24 * 60 * 60,		/* in seconds */
	/*
	 * By how many days meetings must be kept longer than walks over users'
	 * meetings reach back: a walk takes days where Calendly allows few
	 * calls, and it ends where it began.
	 */
	WALK_DAYS = 7,
};

static void
check_signing_key(struct check_list *list, const struct settings *s)
{
	if (s->signing_keys[0] == NULL)
		check_say(list, false, "CALENDLY_WEBHOOK_SIGNING_KEY: not "
		    "set: until it is, webhooks whose key Calendly did not "
		    "tell us are answered 503 and sent again; write the "
		    "signing key of your OAuth app");
	else if (s->signing_keys[1] != NULL && s->signing_keys[2] != NULL)
		check_say(list, true, "CALENDLY_WEBHOOK_SIGNING_KEY: more "
		    "than two keys; write the new one and, during a "
		    "rotation, the old one behind a comma");
}

static void
check_sockets_differ(struct check_list *list, const struct settings *s)
{
	if (s->app_socket != NULL && s->ingest_socket != NULL &&
	    strcmp(s->app_socket, s->ingest_socket) == 0)
		check_say(list, true, "CALENDLYD_INGEST_SOCKET: the same as "
		    "CALENDLYD_APP_SOCKET; write another path, such as "
		    "/run/calendlyd/ingest.sock");
}

/* True for a Unix socket or this machine: no one can listen on the way. */
static bool
is_local(const char *host, size_t n)
{
	return n == 0 || host[0] == '/' || host[0] == '@' ||
	    (n == 9 && memcmp(host, "localhost", 9) == 0) ||
	    (n == 3 && memcmp(host, "::1", 3) == 0) ||
	    (n > 4 && memcmp(host, "127.", 4) == 0);
}

static void
check_database_tls(struct check_list *list, const char *name,
    const struct secret *url)
{
	const char	*host, *mode;
	size_t		 n;

	if (url == NULL)
		return;
	host = db_url_part(list->mem, secret_text(url), "host");
	mode = db_url_part(list->mem, secret_text(url), "sslmode");
	if (host == NULL || (mode != NULL && strcmp(mode, "verify-full") == 0))
		return;
	for (; *host != '\0'; host += n + (host[n] == ',')) {
		n = strcspn(host, ",");
		if (is_local(host, n))
			continue;
		check_say(list, false, "%s: the way to %.*s can be listened "
		    "to; add sslmode=verify-full", name, (int)n, host);
		return;
	}
}

/*
 * Row-level security binds the run-time role only because that role owns no
 * table, so the two roles must differ.
 */
static void
check_roles_differ(struct check_list *list, const struct settings *s)
{
	const char	*user, *admin;

	if (s->database_url == NULL || s->database_admin_url == NULL)
		return;
	user = db_url_part(list->mem, secret_text(s->database_url), "user");
	admin = db_url_part(list->mem, secret_text(s->database_admin_url),
	    "user");
	if (user != NULL && admin != NULL && strcmp(user, admin) == 0)
		check_say(list, true, "DATABASE_ADMIN_URL: the same role as "
		    "in DATABASE_URL; write one that owns the database here, "
		    "and one that owns nothing there");
}

/*
 * A webhook that comes again is recognized by its stored delivery, which is
 * kept no longer than its event.  So both must be kept for as long as the
 * webhook's signature stays valid.
 */
static void
settings_check_retention(struct check_list *list, const char *name, long days,
    const struct settings *s)
{
	const long	 good = s->signature_max_age + s->signature_skew;

	if (days > 0 && days <= good / DAY)
		check_say(list, true, "%s: %ld days are too short: a webhook "
		    "is taken for %ld seconds (CALENDLYD_SIGNATURE_MAX_AGE "
		    "and _SKEW) and must be known that long if it comes again; "
		    "write at least %ld", name, days, good, good / DAY + 1);
}

/* What retention has removed must not be read back from Calendly. */
static void
check_retention_of_meetings(struct check_list *list, const struct settings *s)
{
	const long	 least = s->sync_past_days + WALK_DAYS;

	if (s->retention_meetings > 0 && s->retention_meetings < least)
		check_say(list, true, "CALENDLYD_RETENTION_MEETINGS: %ld days "
		    "are too short: meetings of the last %ld days are read "
		    "back from Calendly (CALENDLYD_SYNC_PAST); write 0, which "
		    "keeps them until their user is erased, or at least %ld",
		    s->retention_meetings, s->sync_past_days, least);
}

void
check_together(struct check_list *list, const struct settings *s)
{
	check_scopes_fit(list, s);
	check_signing_key(list, s);
	check_sockets_differ(list, s);
	settings_check_retention(list, "CALENDLYD_RETENTION_EVENTS",
	    s->retention_events, s);
	settings_check_retention(list, "CALENDLYD_RETENTION_DELIVERIES",
	    s->retention_deliveries, s);
	check_retention_of_meetings(list, s);
	check_roles_differ(list, s);
	check_database_tls(list, "DATABASE_URL", s->database_url);
	check_database_tls(list, "DATABASE_ADMIN_URL", s->database_admin_url);
}
