/*
 * ctl: what all commands of calendlyctl share.
 *
 * A command is one function that gets a "struct ctl".  Its arguments and
 * options have been parsed; settings, keyring and database are opened when the
 * command asks for them, so that it works even if settings that it does not
 * need are missing.  Messages to the operator go to stderr, the result of the
 * command to stdout.
 */
#ifndef APP_CTL_CTL_H
#define APP_CTL_CTL_H

#include <stdbool.h>
#include <stddef.h>

#include "app/settings/settings.h"
#include "lib/err.h"

struct arena;
struct connection_view;
struct db;
struct json;
struct keyring;
struct tx;

enum {
	CTL_ARGS = 2,		/* positional arguments at most */
	CTL_OPTIONS = 64,	/* options given at most */
};

struct ctl_option {
	const char	*name;		/* without "--"; NULL ends a list */
	bool		 value;		/* the option takes a value */
};

struct ctl_given {
	const struct ctl_option	*option;
	const char		*value;
};

struct ctl {
	const struct ctl_command *command;
	const char	*file;		/* argument of -c; NULL: none */
	bool		 json;		/* --json was given */
	const char	*arg[CTL_ARGS];	/* NULL where none was given */
	struct ctl_given given[CTL_OPTIONS];
	size_t		 ngiven;
	bool		 misused;	/* a message said so; exit status 2 */
	struct arena	*mem;
	struct settings	 settings;
	struct db	*db;		/* connected as the tables' owner */
	struct keyring	*ring;
	struct json	*doc;		/* the document for --json */
	bool		 printed;	/* for blank lines between the lists */
};

struct ctl_command {
	const char	*word[2];	/* the second may be NULL */
	const char	*synopsis;	/* what follows the words */
	const char	*help;
	size_t		 least;		/* how many positional arguments */
	size_t		 most;
	const struct ctl_option *options;
	enum cal_err	(*run)(struct ctl *);
};

/* ctl_args.c */
/*
 * Returns the value given for an option (the last one, if several); NULL: not
 * given.
 */
const char	*ctl_value(const struct ctl *, const char *option);
bool		 ctl_has(const struct ctl *, const char *option);
/* Returns all values given for an option, as a NULL-terminated list. */
const char *const *ctl_values(struct ctl *, const char *option);
/*
 * Gives the option's value, a number from 1 to "most"; "fallback" if not given.
 */
enum cal_err	 ctl_number(struct ctl *, const char *option, int fallback,
		    int most, int *) ERR_CHECK;
/*
 * Parses the command line, for ctl.c.  False: it was wrong, and a message said
 * why.
 */
bool		 ctl_parse(struct ctl *, char **argv,
		    const struct ctl_command *table);

/* ctl_say.c */
/* Writes a line to stderr. */
void		 ctl_say(const char *, ...)
		    __attribute__((__format__(__printf__, 1, 2)));
/* Writes a line to stderr and returns "rc", so that a caller can return it. */
enum cal_err	 ctl_fail(enum cal_err rc, const char *, ...)
		    __attribute__((__format__(__printf__, 2, 3)));
/*
 * Writes a line to stderr about a wrong argument or option; returns CAL_INVALID
 * and makes the exit status 2.
 */
enum cal_err	 ctl_misuse(struct ctl *, const char *, ...)
		    __attribute__((__format__(__printf__, 2, 3)));

/* ctl_open.c: each of these functions writes to stderr what is wrong. */
/* Loads the named settings; faults in other settings do not matter. */
enum cal_err	 ctl_settings(struct ctl *, const char *const *names)
		    ERR_CHECK;
enum cal_err	 ctl_keyring(struct ctl *) ERR_CHECK;
/* Connects as the owner of the tables; the schema may be missing. */
enum cal_err	 ctl_connect(struct ctl *) ERR_CHECK;
/* Connects, and fails if the database needs migrations first. */
enum cal_err	 ctl_database(struct ctl *) ERR_CHECK;
/* Loads DATABASE_ADMIN_URL and connects: all that most commands need. */
enum cal_err	 ctl_open(struct ctl *) ERR_CHECK;
/* Finds a tenant's id by its name. */
enum cal_err	 ctl_tenant(struct ctl *, const char *name, const char **id)
		    ERR_CHECK;
/* If the first argument was given, it must be the name of a tenant. */
enum cal_err	 ctl_check_tenant(struct ctl *) ERR_CHECK;
/* Returns the actor to name in the audit, such as "calendlyctl/root". */
const char	*ctl_actor(struct ctl *);
/* Records in the audit what an operator did. */
enum cal_err	 ctl_audit(struct ctl *, struct tx *, const char *action,
		    const char *subject) ERR_CHECK;
/*
 * As ctl_audit(), for an open transaction that no tenant has been set for: from
 * then on it is this tenant's.
 */
enum cal_err	 ctl_audit_for(struct ctl *, const char *tenant_id,
		    const char *action, const char *subject) ERR_CHECK;
void		 ctl_close(struct ctl *);

/* The commands, each called with its arguments parsed. */
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
enum cal_err	ctl_connection_sync(struct ctl *);
enum cal_err	ctl_jobs(struct ctl *);
enum cal_err	ctl_jobs_retry(struct ctl *);
enum cal_err	ctl_events(struct ctl *);
enum cal_err	ctl_events_show(struct ctl *);
enum cal_err	ctl_events_retry(struct ctl *);
enum cal_err	ctl_destinations(struct ctl *);
enum cal_err	ctl_destination_show(struct ctl *);
enum cal_err	ctl_destination_pause(struct ctl *);
enum cal_err	ctl_destination_resume(struct ctl *);
enum cal_err	ctl_destination_delete(struct ctl *);
enum cal_err	ctl_pushes(struct ctl *);
enum cal_err	ctl_pushes_show(struct ctl *);
enum cal_err	ctl_pushes_retry(struct ctl *);
enum cal_err	ctl_replay(struct ctl *);
enum cal_err	ctl_errors(struct ctl *);
enum cal_err	ctl_session_show(struct ctl *);
/*
 * For the commands "connection ...", whose arguments name a tenant and a user:
 * ctl_connection_begin() begins a transaction of that tenant, and
 * ctl_connection_tell() passes "rc" on but says that there is no such user if
 * it is CAL_NOTFOUND.
 */
enum cal_err	ctl_connection_begin(struct ctl *, struct tx *) ERR_CHECK;
enum cal_err	ctl_connection_tell(struct ctl *, enum cal_err rc) ERR_CHECK;
/*
 * The same for commands whose arguments name a tenant and one of its
 * destinations.
 */
enum cal_err	ctl_destination_begin(struct ctl *, struct tx *) ERR_CHECK;
enum cal_err	ctl_destination_tell(struct ctl *, enum cal_err rc) ERR_CHECK;
/* Prints how a connection's meetings are read from Calendly. */
void		ctl_connection_print_sync(struct ctl *,
		    const struct connection_view *);
/* The parts that "errors" prints besides the failed calls. */
enum cal_err	ctl_errors_trouble(struct ctl *, int limit);
enum cal_err	ctl_errors_left(struct ctl *, int limit);
enum cal_err	ctl_doctor(struct ctl *);
enum cal_err	ctl_adopt(struct ctl *);
enum cal_err	ctl_listen(struct ctl *);

#endif
