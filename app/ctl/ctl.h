/*
 * ctl: what every command of calendlyctl shares.
 *
 * A command is one function over a "struct ctl": its arguments and options
 * are parsed already; settings, keyring and database are opened when it asks
 * for them, so that a command works while settings that it does not need are
 * missing.  What a person should read goes to stderr, what was asked for to
 * stdout.
 */
#ifndef APP_CTL_CTL_H
#define APP_CTL_CTL_H

#include <stdbool.h>
#include <stddef.h>

#include "app/settings/settings.h"
#include "lib/err.h"

struct arena;
struct db;
struct json;
struct keyring;
struct tx;

enum {
	CTL_ARGS = 2,		/* positional ones at most */
	CTL_OPTIONS = 64,	/* given at most */
};

struct ctl_option {
	const char	*name;		/* without "--"; NULL ends a list */
	bool		 value;		/* takes one */
};

struct ctl_given {
	const struct ctl_option	*option;
	const char		*value;
};

struct ctl {
	const struct ctl_command *command;
	const char	*file;		/* -c */
	bool		 json;		/* --json */
	const char	*arg[CTL_ARGS];	/* NULL where none was given */
	struct ctl_given given[CTL_OPTIONS];
	size_t		 ngiven;
	bool		 misused;	/* said so: the exit status is 2 */
	struct arena	*mem;
	struct settings	 settings;
	struct db	*db;		/* as the owner of the tables */
	struct keyring	*ring;
	struct json	*doc;		/* what --json will print */
	bool		 printed;	/* a list or a field, for blank lines */
};

struct ctl_command {
	const char	*word[2];	/* the second may be NULL */
	const char	*synopsis;	/* what follows them */
	const char	*help;
	size_t		 least;		/* positional arguments */
	size_t		 most;
	const struct ctl_option *options;
	enum cal_err	(*run)(struct ctl *);
};

/* ctl_args.c */
/* What was given for an option, or NULL. */
const char	*ctl_value(const struct ctl *, const char *option);
bool		 ctl_has(const struct ctl *, const char *option);
/* All of its values, a NULL-terminated list. */
const char *const *ctl_values(struct ctl *, const char *option);
/* A number from 1 to "most"; "fallback" if not given. */
enum cal_err	 ctl_number(struct ctl *, const char *option, int fallback,
		    int most, int *) ERR_CHECK;
/* For ctl.c: false, having said why, if the command was misused. */
bool		 ctl_parse(struct ctl *, char **argv,
		    const struct ctl_command *table);

/* ctl_say.c */
/* A line on stderr. */
void		 ctl_say(const char *, ...)
		    __attribute__((__format__(__printf__, 1, 2)));
/* The same; returns "rc" for the caller to return. */
enum cal_err	 ctl_fail(enum cal_err rc, const char *, ...)
		    __attribute__((__format__(__printf__, 2, 3)));
/* An argument or option makes no sense: CAL_INVALID, and exit status 2. */
enum cal_err	 ctl_misuse(struct ctl *, const char *, ...)
		    __attribute__((__format__(__printf__, 2, 3)));

/* ctl_open.c: each says by itself what is wrong. */
/* Load what the named settings say; faults of others do not matter. */
enum cal_err	 ctl_settings(struct ctl *, const char *const *names)
		    ERR_CHECK;
enum cal_err	 ctl_keyring(struct ctl *) ERR_CHECK;
/* Connect as the owner; the schema may be missing. */
enum cal_err	 ctl_connect(struct ctl *) ERR_CHECK;
/* Connect, to a database that this program knows. */
enum cal_err	 ctl_database(struct ctl *) ERR_CHECK;
/* Settings and database, for all that needs no more. */
enum cal_err	 ctl_open(struct ctl *) ERR_CHECK;
/* A tenant's id by name. */
enum cal_err	 ctl_tenant(struct ctl *, const char *name, const char **id)
		    ERR_CHECK;
/* The tenant named by the first argument, if any, exists. */
enum cal_err	 ctl_check_tenant(struct ctl *) ERR_CHECK;
/* Who the audit says did it: "calendlyctl/root". */
const char	*ctl_actor(struct ctl *);
/* Record what an operator did. */
enum cal_err	 ctl_audit(struct ctl *, struct tx *, const char *action,
		    const char *subject) ERR_CHECK;
/* The same, where the open transaction is nobody's yet: it is this tenant's. */
enum cal_err	 ctl_audit_for(struct ctl *, const char *tenant_id,
		    const char *action, const char *subject) ERR_CHECK;
void		 ctl_close(struct ctl *);

/* The commands. */
enum cal_err	ctl_migrate(struct ctl *);
enum cal_err	ctl_keyring_new(struct ctl *);
enum cal_err	ctl_keyring_add(struct ctl *);
enum cal_err	ctl_keyring_forget_lost(struct ctl *);
enum cal_err	ctl_rotate(struct ctl *);
enum cal_err	ctl_tenant_add(struct ctl *);
enum cal_err	ctl_tenant_list(struct ctl *);
enum cal_err	ctl_tenant_set(struct ctl *);
enum cal_err	ctl_key_add(struct ctl *);
enum cal_err	ctl_key_list(struct ctl *);
enum cal_err	ctl_key_revoke(struct ctl *);
enum cal_err	ctl_connections(struct ctl *);
enum cal_err	ctl_connection_show(struct ctl *);
enum cal_err	ctl_connection_reconcile(struct ctl *);
enum cal_err	ctl_connection_disconnect(struct ctl *);
enum cal_err	ctl_jobs(struct ctl *);
enum cal_err	ctl_jobs_retry(struct ctl *);
enum cal_err	ctl_events(struct ctl *);
enum cal_err	ctl_events_show(struct ctl *);
enum cal_err	ctl_events_retry(struct ctl *);
enum cal_err	ctl_errors(struct ctl *);
enum cal_err	ctl_session_show(struct ctl *);
/* Parts of "errors". */
enum cal_err	ctl_errors_trouble(struct ctl *, int limit);
enum cal_err	ctl_errors_left(struct ctl *, int limit);
enum cal_err	ctl_doctor(struct ctl *);
enum cal_err	ctl_adopt(struct ctl *);

#endif
