/* ctl: calendlyctl, the command for operators. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/ctl/ctl.h"
#include "app/version.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/log.h"

enum {
	MISUSED = 2,
	MEMORY_MAX = 256 * 1024 * 1024,	/* for a long list of connections */
	NAME_WIDE = 26,			/* width of the commands' column in the
					 * help */
};

static const struct ctl_option	migrate_options[] = {
	{ "dir", true }, { NULL, false }
};
static const struct ctl_option	tenant_options[] = {
	{ "origin", true }, { "frontend-url", true }, { NULL, false }
};
static const struct ctl_option	tenant_set_options[] = {
	{ "origin", true }, { "no-origin", true }, { "frontend-url", true },
	{ NULL, false }
};
static const struct ctl_option	key_options[] = {
	{ "allow-token", false }, { NULL, false }
};
static const struct ctl_option	connections_options[] = {
	{ "status", true }, { "limit", true }, { NULL, false }
};
static const struct ctl_option	sync_options[] = {
	{ "no-wait", false }, { NULL, false }
};
static const struct ctl_option	disconnect_options[] = {
	{ "erase", false }, { NULL, false }
};
static const struct ctl_option	jobs_options[] = {
	{ "parked", false }, { "limit", true }, { NULL, false }
};
static const struct ctl_option	events_options[] = {
	{ "tenant", true }, { "parked", false }, { "limit", true },
	{ NULL, false }
};
static const struct ctl_option	events_show_options[] = {
	{ "body", false }, { NULL, false }
};
static const struct ctl_option	events_retry_options[] = {
	{ "all", false }, { "tenant", true }, { NULL, false }
};
static const struct ctl_option	pushes_options[] = {
	{ "destination", true }, { "event", true }, { "status", true },
	{ "user", true }, { "limit", true }, { NULL, false }
};
static const struct ctl_option	replay_options[] = {
	{ "event", true }, { "from", true }, { "to", true }, { "type", true },
	{ "user", true }, { "dead", false }, { "dry-run", false },
	{ NULL, false }
};
static const struct ctl_option	limit_options[] = {
	{ "limit", true }, { NULL, false }
};

static const struct ctl_option	rotate_options[] = {
	{ "new", false }, { NULL, false }
};
static const struct ctl_option	forget_options[] = {
	{ "yes", false }, { "deployment", true }, { NULL, false }
};
static const struct ctl_option	listen_takes[] = {
	{ "forward", true }, { "url", true }, { "key-file", true },
	{ "key", true }, { "ca-file", true }, { "secret", true },
	{ "type", true }, { "user", true }, { "since", true },
	{ "print", true }, { NULL, false }
};

static const struct ctl_command	commands[] = {
	{ { "migrate", NULL }, "[--dir DIR]",
	  "bring the database to this release's schema",
	  0, 0, migrate_options, ctl_migrate },
	{ { "doctor", NULL }, "",
	  "check settings, keyring and database",
	  0, 0, NULL, ctl_doctor },
	{ { "adopt", NULL }, "",
	  "take over a copied database, or move to a new BACKEND_URL",
	  0, 0, NULL, ctl_adopt },
	{ { "keyring", "new" }, "",
	  "make the file of master keys",
	  0, 0, NULL, ctl_keyring_new },
	{ { "keyring", "add" }, "",
	  "add a master key, which seals from then on",
	  0, 0, NULL, ctl_keyring_add },
	{ { "keyring", "forget-lost" }, "[--yes] [--deployment ID]",
	  "give up what is sealed with lost keys",
	  0, 0, forget_options, ctl_keyring_forget_lost },
	{ { "rotate-master-key", NULL }, "[--new]",
	  "seal everything anew with a new master key",
	  0, 0, rotate_options, ctl_rotate },
	{ { "tenant", "add" }, "NAME [--origin ORIGIN]... "
	  "[--frontend-url URL]",
	  "make a tenant",
	  1, 1, tenant_options, ctl_tenant_add },
	{ { "tenant", "list" }, "",
	  "list the tenants",
	  0, 0, NULL, ctl_tenant_list },
	{ { "tenant", "set" }, "NAME [--origin ORIGIN]... "
	  "[--no-origin ORIGIN]... [--frontend-url URL]",
	  "change a tenant",
	  1, 1, tenant_set_options, ctl_tenant_set },
	{ { "key", "add" }, "TENANT [--allow-token]",
	  "make an API key and print it, once",
	  1, 1, key_options, ctl_key_add },
	{ { "key", "list" }, "[TENANT]",
	  "list API keys by their ids",
	  0, 1, NULL, ctl_key_list },
	{ { "key", "revoke" }, "ID",
	  "refuse an API key from now on",
	  1, 1, NULL, ctl_key_revoke },
	{ { "connections", NULL }, "[TENANT] [--status STATUS] [--limit N]",
	  "list users' connections",
	  0, 1, connections_options, ctl_connections },
	{ { "connection", "show" }, "TENANT USER",
	  "show everything about one connection",
	  2, 2, NULL, ctl_connection_show },
	{ { "connection", "reconcile" }, "TENANT USER",
	  "check its webhook at Calendly and repair it",
	  2, 2, NULL, ctl_connection_reconcile },
	{ { "connection", "sync" }, "TENANT USER [--no-wait]",
	  "read its meetings from Calendly, and show how that goes",
	  2, 2, sync_options, ctl_connection_sync },
	{ { "connection", "disconnect" }, "TENANT USER [--erase]",
	  "disconnect a user",
	  2, 2, disconnect_options, ctl_connection_disconnect },
	{ { "jobs", NULL }, "[--parked] [--limit N]",
	  "list background work",
	  0, 0, jobs_options, ctl_jobs },
	{ { "jobs", "retry" }, "ID",
	  "try a job again now",
	  1, 1, NULL, ctl_jobs_retry },
	{ { "events", NULL }, "[--tenant TENANT] [--parked] [--limit N]",
	  "show what became of webhooks, and list what waits",
	  0, 0, events_options, ctl_events },
	{ { "events", "show" }, "ID [--body]",
	  "show everything about one webhook",
	  1, 1, events_show_options, ctl_events_show },
	{ { "events", "retry" }, "ID | --all [--tenant TENANT]",
	  "apply a webhook again now",
	  0, 1, events_retry_options, ctl_events_retry },
	{ { "destinations", NULL }, "TENANT",
	  "list the URLs that a tenant has events pushed to",
	  1, 1, NULL, ctl_destinations },
	{ { "destination", "show" }, "TENANT ID",
	  "show everything about one destination",
	  2, 2, NULL, ctl_destination_show },
	{ { "destination", "pause" }, "TENANT ID",
	  "push nothing more to it; it keeps its place in the feed",
	  2, 2, NULL, ctl_destination_pause },
	{ { "destination", "resume" }, "TENANT ID",
	  "push to it again, from where it stopped",
	  2, 2, NULL, ctl_destination_resume },
	{ { "destination", "delete" }, "TENANT ID",
	  "delete a destination, and what waits for it",
	  2, 2, NULL, ctl_destination_delete },
	{ { "pushes", NULL }, "TENANT [--destination ID] [--event ID] "
	  "[--status STATUS] [--user USER] [--limit N]",
	  "list what was pushed, what waits and what was given up",
	  1, 1, pushes_options, ctl_pushes },
	{ { "pushes", "show" }, "TENANT ID",
	  "show everything about one push, and what to do about it",
	  2, 2, NULL, ctl_pushes_show },
	{ { "pushes", "retry" }, "TENANT ID",
	  "try a push again now",
	  2, 2, NULL, ctl_pushes_retry },
	{ { "replay", NULL }, "TENANT DESTINATION --event ID | --dead | "
	  "[--from TIME] [--to TIME] [--type TYPE]... [--user USER] "
	  "[--dry-run]",
	  "push events again, or only count them",
	  2, 2, replay_options, ctl_replay },
	{ { "errors", NULL }, "[TENANT] [--limit N]",
	  "show what went wrong lately, and what to do",
	  0, 1, limit_options, ctl_errors },
	{ { "session", "show" }, "REF",
	  "tell what happened in a connect session",
	  1, 1, NULL, ctl_session_show },
	{ { "listen", NULL }, "[--forward URL] [--url URL] [--key-file FILE | "
	  "--key KEY] [--ca-file FILE] [--secret SECRET] [--type TYPE]... "
	  "[--user USER] [--since WHERE] [--print text|json]",
	  "for developers: show events as they come, push them to a local URL",
	  0, 0, listen_takes, ctl_listen },
	{ { NULL, NULL }, NULL, NULL, 0, 0, NULL, NULL },
};

static const char	synopsis[] =
    "usage: calendlyctl [-hV] [-c file] [--json] command [argument ...]\n";

static int
ctl_usage(const struct ctl_command *k)
{
	if (k == NULL)
		(void)fputs(synopsis, stderr);
	else
		(void)fprintf(stderr, "usage: calendlyctl %s%s%s %s\n",
		    k->word[0], k->word[1] == NULL ? "" : " ",
		    k->word[1] == NULL ? "" : k->word[1], k->synopsis);
	return MISUSED;
}

static int
ctl_help(void)
{
	const struct ctl_command	*k;
	char				 name[NAME_WIDE + 1];

	(void)puts(synopsis);
	for (k = commands; k->word[0] != NULL; k++) {
		(void)snprintf(name, sizeof(name), "%s%s%s", k->word[0],
		    k->word[1] == NULL ? "" : " ",
		    k->word[1] == NULL ? "" : k->word[1]);
		(void)printf("  %-*s  %s\n", NAME_WIDE, name, k->help);
		if (k->synopsis[0] != '\0')
			(void)printf("  %-*s    %s\n", NAME_WIDE, "",
			    k->synopsis);
	}
	(void)puts("\nSettings come from the file and the environment, as "
	    "for calendlyd; see calendlyctl(8).");
	return EXIT_SUCCESS;
}

/* -h and -V anywhere on the line work even if the rest of it is wrong. */
static bool
only_asks(char **argv, const char *brief, const char *whole)
{
	for (; *argv != NULL && strcmp(*argv, "--") != 0; argv++)
		if (strcmp(*argv, brief) == 0 || strcmp(*argv, whole) == 0)
			return true;
	return false;
}

static int
ctl_run(char **argv)
{
	struct arena	*mem = arena_new(MEMORY_MAX);
	struct ctl	*c = arena_alloc(mem, sizeof(*c));
	enum cal_err	 rc = CAL_INVALID;
	int		 status;

	c->mem = mem;
	if (ctl_parse(c, argv, commands))
		rc = c->command->run(c);
	status = rc == CAL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
	if (c->misused)
		status = ctl_usage(c->command);
	ctl_close(c);
	return status;
}

int
main(int argc, char *argv[])
{
	(void)argc;
	if (argv[0] == NULL)
		return ctl_usage(NULL);
	if (only_asks(argv + 1, "-h", "--help"))
		return ctl_help();
	if (only_asks(argv + 1, "-V", "--version")) {
		(void)puts("calendlyctl " CALENDLYD_VERSION);
		return EXIT_SUCCESS;
	}
	log_speaker("calendlyctl");
	log_configure(LOG_LEVEL_WARN, LOG_FORMAT_LOGFMT);
	if (crypto_init() != CAL_OK)
		return EXIT_FAILURE;
	return ctl_run(argv + 1);
}
