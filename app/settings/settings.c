/*
 * settings: what an operator can set, from the environment or a file.
 */
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "app/settings/check.h"
#include "app/settings/pools.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/conf.h"

#define FIELD(name)	offsetof(struct settings, name)

static const char *const	levels[] = { "warn", "info", "debug", NULL };
static const char *const	formats[] = { "logfmt", "json", NULL };

const struct conf_item	settings_items[] = {
	{ .name = "CALENDLY_OAUTH_CLIENT_ID", .type = CONF_TEXT,
	  .offset = FIELD(client_id), .required = true, .reloadable = true,
	  .check = check_client_id,
	  .help = "the client id of your OAuth app at Calendly" },
	{ .name = "CALENDLY_OAUTH_CLIENT_SECRET", .type = CONF_SECRET,
	  .offset = FIELD(client_secret), .required = true,
	  .reloadable = true, .check = check_secret,
	  .help = "its client secret" },
	{ .name = "CALENDLY_WEBHOOK_SIGNING_KEY", .type = CONF_SECRETS,
	  .offset = FIELD(signing_keys), .reloadable = true,
	  .check = check_secret,
	  .help = "its webhook signing key; two, with a comma, in a rotation" },
	{ .name = "CALENDLY_AUTH_URL", .type = CONF_TEXT,
	  .offset = FIELD(auth_url), .reloadable = true,
	  .fallback = "https://auth.calendly.com", .check = check_origin,
	  .help = "where people give their consent and tokens come from" },
	{ .name = "CALENDLY_API_URL", .type = CONF_TEXT,
	  .offset = FIELD(api_url), .reloadable = true,
	  .fallback = "https://api.calendly.com", .check = check_origin,
	  .help = "Calendly's API" },
	{ .name = "CALENDLY_SCOPES", .type = CONF_WORDS,
	  .offset = FIELD(scopes), .reloadable = true,
	  .fallback = "users:read scheduled_events:read webhooks:write",
	  .check = check_scopes,
	  .help = "what people are asked to allow" },
	{ .name = "CALENDLY_WEBHOOK_EVENTS", .type = CONF_WORDS,
	  .offset = FIELD(webhook_events), .reloadable = true,
	  .fallback = "invitee.created invitee.canceled "
	      "invitee_no_show.created invitee_no_show.deleted",
	  .check = check_events,
	  .help = "the events to subscribe to" },
	{ .name = "BACKEND_URL", .type = CONF_TEXT,
	  .offset = FIELD(backend_url), .required = true,
	  .reloadable = true, .check = check_backend_url,
	  .help = "calendlyd's public base, as nginx serves it" },
	{ .name = "FRONTEND_URL", .type = CONF_TEXT,
	  .offset = FIELD(frontend_url), .reloadable = true,
	  .check = check_frontend_url,
	  .help = "where a browser goes after connecting, by default" },
	{ .name = "DATABASE_URL", .type = CONF_SECRET,
	  .offset = FIELD(database_url), .required = true,
	  .reloadable = true, .check = check_database_url,
	  .help = "PostgreSQL, as the role that owns nothing" },
	{ .name = "DATABASE_ADMIN_URL", .type = CONF_SECRET,
	  .offset = FIELD(database_admin_url), .reloadable = true,
	  .check = check_database_url,
	  .help = "PostgreSQL, as the owner; for calendlyctl alone" },
	{ .name = "CALENDLYD_KEYRING_FILE", .type = CONF_TEXT,
	  .offset = FIELD(keyring_file), .required = true,
	  .reloadable = true, .check = check_path,
	  .help = "the master keys; calendlyctl keyring new makes it" },
	{ .name = "CALENDLYD_APP_SOCKET", .type = CONF_TEXT,
	  .offset = FIELD(app_socket),
	  .fallback = "/run/calendlyd/app.sock", .check = check_socket,
	  .help = "where nginx passes browsers and the host app to" },
	{ .name = "CALENDLYD_INGEST_SOCKET", .type = CONF_TEXT,
	  .offset = FIELD(ingest_socket),
	  .fallback = "/run/calendlyd/ingest.sock", .check = check_socket,
	  .help = "where nginx passes webhooks to" },
	{ .name = "CALENDLYD_APP_WORKERS", .type = CONF_NUMBER,
	  .offset = FIELD(app_workers), .reloadable = true,
	  .automatic = true, .fallback = "auto", .min = 1, .max = 512,
	  .help = "processes that answer browsers and the host app" },
	{ .name = "CALENDLYD_INGEST_WORKERS", .type = CONF_NUMBER,
	  .offset = FIELD(ingest_workers), .reloadable = true,
	  .automatic = true, .fallback = "auto", .min = 1, .max = 512,
	  .help = "processes that take webhooks" },
	{ .name = "CALENDLYD_RUNNERS", .type = CONF_NUMBER,
	  .offset = FIELD(runners), .reloadable = true,
	  .automatic = true, .fallback = "auto", .min = 0, .max = 128,
	  .help = "processes that work in the background; 0: on other hosts" },
	{ .name = "CALENDLYD_PUSHERS", .type = CONF_NUMBER,
	  .offset = FIELD(pushers), .reloadable = true,
	  .automatic = true, .fallback = "auto", .min = 0, .max = 16,
	  .help = "processes that push events to destinations; 0: none on "
	      "this host" },
	{ .name = "CALENDLYD_WORKER_REQUESTS", .type = CONF_NUMBER,
	  .offset = FIELD(worker_requests), .reloadable = true,
	  .fallback = "50000", .min = 0, .max = 1000000000,
	  .help = "requests after which a fresh process takes over; 0: never" },
	{ .name = "CALENDLYD_SIGNATURE_SKEW", .type = CONF_NUMBER,
	  .offset = FIELD(signature_skew), .reloadable = true,
	  .fallback = "180", .min = 0, .max = 86400,
	  .help = "seconds that a webhook's signature may be ahead" },
	{ .name = "CALENDLYD_SIGNATURE_MAX_AGE", .type = CONF_NUMBER,
	  .offset = FIELD(signature_max_age), .reloadable = true,
	  .fallback = "90000", .min = 60, .max = 604800,
	  .help = "seconds that a webhook's signature may be old" },
	{ .name = "CALENDLYD_SYNC_PAST", .type = CONF_NUMBER,
	  .offset = FIELD(sync_past_days), .reloadable = true,
	  .fallback = "90", .min = 0, .max = 3650,
	  .help = "days back that meetings are read after connecting" },
	{ .name = "CALENDLYD_RETENTION_EVENTS", .type = CONF_NUMBER,
	  .offset = FIELD(retention_events), .reloadable = true,
	  .fallback = "30", .min = 2, .max = 3650,
	  .help = "days that events stay in the feed" },
	{ .name = "CALENDLYD_RETENTION_DELIVERIES", .type = CONF_NUMBER,
	  .offset = FIELD(retention_deliveries), .reloadable = true,
	  .fallback = "30", .min = 2, .max = 3650,
	  .help = "days that webhooks' raw bodies are kept" },
	{ .name = "CALENDLYD_RETENTION_PUSHES", .type = CONF_NUMBER,
	  .offset = FIELD(retention_pushes), .reloadable = true,
	  .fallback = "30", .min = 1, .max = 3650,
	  .help = "days that pushes and their attempts are kept" },
	{ .name = "CALENDLYD_RETENTION_LOG", .type = CONF_NUMBER,
	  .offset = FIELD(retention_log), .reloadable = true,
	  .fallback = "14", .min = 1, .max = 3650,
	  .help = "days that the log of calls to Calendly is kept" },
	{ .name = "CALENDLYD_RETENTION_MEETINGS", .type = CONF_NUMBER,
	  .offset = FIELD(retention_meetings), .reloadable = true,
	  .fallback = "0", .min = 0, .max = 36500,
	  .help = "days that meetings are kept after their end; 0: for good" },
	{ .name = "CALENDLYD_DELIVER_ALLOW", .type = CONF_WORDS,
	  .offset = FIELD(deliver_allow), .reloadable = true,
	  .check = check_ranges,
	  .help = "address ranges that are not public and may be pushed to" },
	{ .name = "CALENDLYD_CA_FILE", .type = CONF_TEXT,
	  .offset = FIELD(ca_file), .reloadable = true,
	  .check = check_path,
	  .help = "certificate authorities to trust; default: the system's" },
	{ .name = "CALENDLYD_LOG_LEVEL", .type = CONF_CHOICE,
	  .offset = FIELD(log_level), .reloadable = true,
	  .fallback = "info", .choices = levels,
	  .help = "least important lines to log" },
	{ .name = "CALENDLYD_LOG_FORMAT", .type = CONF_CHOICE,
	  .offset = FIELD(log_format), .reloadable = true,
	  .fallback = "logfmt", .choices = formats,
	  .help = "form of the log's lines" },
};

const size_t	settings_nitems =
    sizeof(settings_items) / sizeof(settings_items[0]);

static const char *
without_slash(struct arena *mem, const char *url)
{
	size_t	 n;

	if (url == NULL)
		return NULL;
	n = strlen(url);
	while (n > 0 && url[n - 1] == '/')
		n--;
	return arena_ndup(mem, url, n);
}

/* Replaces NULL by an empty list, so that readers need no check for NULL. */
static void
no_null_lists(struct settings *s)
{
	static const char *const	none[] = { NULL };
	static struct secret *const	no_keys[] = { NULL };

	if (s->signing_keys == NULL)
		s->signing_keys = no_keys;
	if (s->scopes == NULL)
		s->scopes = none;
	if (s->webhook_events == NULL)
		s->webhook_events = none;
	if (s->deliver_allow == NULL)
		s->deliver_allow = none;
}

/*
 * Adds the faults and warnings of settings taken together to those of each
 * setting alone.
 */
static enum cal_err
complete_settings(struct arena *mem, const struct settings *s,
    const struct conf_message **messages)
{
	const struct conf_message	*m;
	struct check_list		 list;

	check_list_init(&list, mem);
	for (m = *messages; m != NULL; m = m->next)
		check_say(&list, m->fault, "%s", m->text);
	check_together(&list, s);
	*messages = list.first;
	for (m = list.first; m != NULL; m = m->next)
		if (m->fault)
			return CAL_INVALID;
	return CAL_OK;
}

enum cal_err
settings_load(struct arena *mem, const char *file, struct settings *out,
    const struct conf_message **messages)
{
	const struct conf_source	 source = {
		.file = file,
		.environ = environ,
		.prefix = "CALENDLY",
		.items = settings_items,
		.nitems = settings_nitems,
	};
	enum cal_err			 rc;

	memset(out, 0, sizeof(*out));
	*messages = NULL;
	rc = conf_load(mem, &source, out, messages);
	if (rc != CAL_OK && rc != CAL_INVALID)
		return rc;
	no_null_lists(out);
	pools_choose(out);
	out->auth_url = without_slash(mem, out->auth_url);
	out->api_url = without_slash(mem, out->api_url);
	out->backend_url = without_slash(mem, out->backend_url);
	if (complete_settings(mem, out, messages) != CAL_OK)
		return CAL_INVALID;
	return rc;
}

long
settings_most_waiting(const struct settings *set)
{
	if (set->app_workers >= 4)
		return set->app_workers / 4;
	return set->app_workers > 1 ? 1 : 0;
}

long
settings_most_calling(const struct settings *set)
{
	return set->app_workers - settings_most_waiting(set);
}
