/* job: a runner's background work, done in small pieces. */
#ifndef APP_JOB_JOB_H
#define APP_JOB_JOB_H

#include <stdbool.h>

#include "app/domain/job_kind.h"
#include "lib/err.h"

struct arena;
struct errand;
struct service;

/*
 * Does one round of the work that never waits for Calendly: applies deliveries,
 * extends the feed, from time to time sweeps and keeps the ledger.  "worked":
 * there was something to do, so another round is worth trying at once.
 * CAL_UNAVAILABLE: the database cannot be used; other errors are logged and do
 * not stop the round.
 */
enum cal_err	job_round(struct service *, struct arena *, bool *worked)
		    ERR_CHECK;

/*
 * Asks for the jobs of what is due by the clock: checks and polls.  "asked":
 * there were some, which can be claimed now.  "next_ms" holds the longest pause
 * before the next call, and is lowered to one that ends when the next of them is
 * due.  Errors are as in job_round().
 */
enum cal_err	job_ask_due(struct service *, struct arena *, bool *asked,
		    long *next_ms) ERR_CHECK;

/* How a kind of job is run, and how it is tried again. */
struct job_deed {
	/*
	 * Does the job, or a part of it.  After CAL_OK, "again_ms" is in how
	 * many ms the next part is to be done; -1: the job is done.
	 */
	enum cal_err	(*run)(const struct errand *, const char *subject,
			    long *again_ms);
	const int	*pauses;	/* seconds to wait after each failure;
					 * ends with 0, the last one repeats */
	int		 tries;		/* failed tries until it is parked */
};

/* Indexed by kind.  The entry of JOB_UNKNOWN is empty. */
extern const struct job_deed	job_deeds[JOB_KIND__MAX];

#endif
