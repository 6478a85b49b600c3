/*
 * job: background work, and the record of calls to Calendly.
 */
#ifndef APP_REPO_JOB_H
#define APP_REPO_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "app/domain/job_kind.h"
#include "lib/err.h"

struct arena;
struct db;
struct tx;

struct job {
	const char	*id;
	const char	*tenant_id;
	enum job_kind	 kind;
	const char	*kind_name;	/* also of one that is not known */
	const char	*subject;
	int64_t		 attempt;	/* the fencing number */
	int64_t		 wanted;
	int		 tries;
	const char	*account_id;	/* NULL: not known */
};

/* What is to be claimed. */
struct job_wish {
	const char	*owner;		/* a UUID */
	int		 seconds;	/* how long it is ours */
	bool		 slow;		/* of the slow lane */
	bool		 newest;	/* the one that has been due for least */
	int64_t		 after;		/* whose turn it was: moved on by each
					 * claim */
};

/* In a tenant's transaction: asking twice for one subject is asking once. */
enum cal_err	job_enqueue(struct tx *, enum job_kind, const char *subject,
		    int delay_seconds) ERR_CHECK;

/* It was done at once instead; not if a runner has it, or somebody asked
 * for it again. */
enum cal_err	job_drop(struct tx *, enum job_kind, const char *subject)
		    ERR_CHECK;

/*
 * The rest looks across tenants.  Never two jobs of one account at a time.
 * CAL_NOTFOUND: nothing is due; CAL_CONFLICT: look again at once.
 */
enum cal_err	job_claim(struct db *, struct arena *, struct job_wish *,
		    struct job *) ERR_CHECK;
enum cal_err	job_finish(struct db *, struct arena *, const struct job *)
		    ERR_CHECK;
enum cal_err	job_fail(struct db *, struct arena *, const struct job *,
		    int64_t pause_ms, bool park, const char *error) ERR_CHECK;
/* All claims of this owner are good for so long from now on. */
enum cal_err	job_renew(struct db *, struct arena *, const char *owner,
		    int seconds) ERR_CHECK;
/*
 * It was not tried, after all; due again after the pause, in this lane.  "why"
 * is for who asks what it waits for; NULL: as its last failure said.
 */
enum cal_err	job_put_back(struct db *, struct arena *, const struct job *,
		    int64_t pause_ms, bool slow, const char *why) ERR_CHECK;

/* One call to Calendly. */
struct api_call {
	const char	*id;
	const char	*at;
	const char	*session_id;	/* made for it; NULL: for none */
	const char	*request_id;
	const char	*purpose;
	const char	*method;
	const char	*path;
	const char	*status;	/* decimal; NULL: no answer */
	const char	*error;
	const char	*duration_ms;	/* decimal */
	const char	*reply;		/* redacted; on errors */
	const char	*note;		/* what we did after it, or NULL */
};

enum cal_err	api_call_add(struct db *, struct arena *,
		    const char *tenant_id, const char *connection_id,
		    const struct api_call *) ERR_CHECK;
/*
 * In a tenant's transaction: calls of this request that were made before the
 * connection was known belong to its log, too.
 */
enum cal_err	api_call_claim(struct tx *, const char *connection_id,
		    const char *request_id) ERR_CHECK;
/*
 * In a tenant's transaction: say beside this request's calls for one purpose
 * what became of what they brought.
 */
enum cal_err	api_call_note(struct tx *, const char *request_id,
		    const char *purpose, const char *note) ERR_CHECK;
/* In a tenant's transaction; newest first; "before" is an id or NULL. */
enum cal_err	api_call_list(struct tx *, const char *connection_id,
		    const char *before, int limit, struct api_call **, int *n)
		    ERR_CHECK;

/* Ask for the reconciles that come round by themselves; says how many. */
enum cal_err	checks_ask(struct db *, struct arena *, int most, int64_t *n)
		    ERR_CHECK;
/* For how many days what is kept. */
struct sweep_days {
	int	 calls;
	int	 deliveries;
	int	 events;
};

/*
 * Remove what is past its time, at most so much of each; "more": there is
 * more of it.
 */
enum cal_err	sweep(struct db *, struct arena *, int most,
		    const struct sweep_days *, bool *more) ERR_CHECK;

#endif
