/* job: background jobs, and the record of calls to Calendly. */
#ifndef APP_REPO_JOB_H
#define APP_REPO_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "app/domain/job_kind.h"
#include "lib/err.h"

struct arena;
struct budget_news;
struct db;
struct tx;

struct job {
	const char	*id;
	const char	*tenant_id;
	enum job_kind kind;
	const char	*kind_name;	/* also of a kind that is JOB_UNKNOWN */
	const char	*subject;
	int64_t		 attempt;	/* number of the attempt: the fence */
	int64_t		 wanted;
	int		 tries;
	const char	*account_id;	/* NULL: not known */
};

/* Which job a runner wants to claim; job_claim() claims one at a time. */
struct job_wish {
	const char	*owner;		/* a UUID */
	int		 seconds;	/* for which the claim holds */
	bool		 slow;		/* from the slow lane */
	bool		 newest;	/* the job that became due last */
	/*
	 * The id of the tenant whose job was claimed last; 0 at first.  The
	 * search begins with the next tenant, and job_claim() writes the new
	 * one here, so that tenants take turns.
	 */
	int64_t		 after;
};

/*
 * In a tenant's transaction: asks for a job.  Asking twice for one subject
 * makes only one job.
 */
enum cal_err	job_enqueue(struct tx *, enum job_kind, const char *subject,
		    int delay_seconds) ERR_CHECK;

/*
 * In a tenant's transaction: removes a job whose work was done at once.  It
 * stays if a runner has claimed it or it was asked for again.
 */
enum cal_err	job_drop(struct tx *, enum job_kind, const char *subject)
		    ERR_CHECK;

/*
 * Claims one job that is due; never two of one account at a time.  This and the
 * following functions work across tenants.  CAL_NOTFOUND: no job is due.
 * CAL_CONFLICT: others were at every job that was found; look again soon.
 */
enum cal_err	job_claim(struct db *, struct arena *, struct job_wish *,
		    struct job *) ERR_CHECK;
enum cal_err	job_finish(struct db *, struct arena *, const struct job *)
		    ERR_CHECK;
enum cal_err	job_fail(struct db *, struct arena *, const struct job *,
		    int64_t pause_ms, bool park, const char *error) ERR_CHECK;
/* Prolongs all claims of this owner to so many seconds from now. */
enum cal_err	job_renew(struct db *, struct arena *, const char *owner,
		    int seconds) ERR_CHECK;
/*
 * Gives a claim back without counting a try; the job is due after the pause, in
 * this lane.  "why" is shown to operators; NULL keeps the text of the last
 * failure.  CAL_CONFLICT: the claim was lost.
 */
enum cal_err	job_put_back(struct db *, struct arena *, const struct job *,
		    int64_t pause_ms, bool slow, const char *why) ERR_CHECK;

/* One call to Calendly. */
struct api_call {
	const char	*id;
	const char	*at;
	const char	*session_id;	/* made for this one; NULL: for none */
	const char	*request_id;
	const char	*purpose;
	const char	*method;
	const char	*path;
	const char	*status;	/* decimal; NULL: no answer */
	const char	*error;
	const char	*duration_ms;	/* in decimal */
	const char	*reply;		/* redacted; kept for errors */
	const char	*note;		/* what we did after it, or NULL */
};

/*
 * Adds the call to its connection's log, and in the same statement what its
 * reply says about the account's budget.  The news may be NULL.
 */
enum cal_err	api_call_add(struct db *, struct arena *,
		    const char *tenant_id, const char *connection_id,
		    const struct api_call *, const struct budget_news *)
		    ERR_CHECK;
/*
 * In a tenant's transaction: moves calls into the connection's log that this
 * request made before the connection was known.
 */
enum cal_err	api_call_claim(struct tx *, const char *connection_id,
		    const char *request_id) ERR_CHECK;
/*
 * In a tenant's transaction: adds a note to this request's calls for one
 * purpose, which says what became of their result.
 */
enum cal_err	api_call_note(struct tx *, const char *request_id,
		    const char *purpose, const char *note) ERR_CHECK;
/*
 * In a tenant's transaction: lists calls, newest first.  "before" is the id of
 * the last one of the page before, or NULL.
 */
enum cal_err	api_call_list(struct tx *, const char *connection_id,
		    const char *before, int limit, struct api_call **, int *n)
		    ERR_CHECK;

/*
 * In how many ms the next check, poll or look for a room is due, at most
 * "most"; 0: one is due.
 */
enum cal_err	due_in(struct db *, struct arena *, long most, int64_t *ms)
		    ERR_CHECK;
/*
 * Asks for the reconciles that are due by the clock, at most "most"; "n" is how
 * many those were.
 */
enum cal_err	checks_ask(struct db *, struct arena *, int most, int64_t *n)
		    ERR_CHECK;
/* The number of days for which each sort of row is kept. */
struct sweep_days {
	int	 calls;
	int	 deliveries;
	int	 events;
	int	 meetings;		/* after their end; 0: for good */
	int	 pushes;
};

/*
 * Deletes rows that are past their time, at most "most" of each sort.  "more":
 * further ones are left.
 */
enum cal_err	sweep(struct db *, struct arena *, int most,
		    const struct sweep_days *, bool *more) ERR_CHECK;

#endif
