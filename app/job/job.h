/*
 * job: what a runner does, one small piece at a time.
 */
#ifndef APP_JOB_JOB_H
#define APP_JOB_JOB_H

#include <stdbool.h>

#include "lib/err.h"

struct arena;
struct service;

/*
 * One round of what never waits for Calendly: apply deliveries, extend the
 * feed, now and then sweep and audit.  "worked": there was something to do, so
 * that another round is worth trying at once.
 */
enum cal_err	job_round(struct service *, struct arena *, bool *worked)
		    ERR_CHECK;

/* The kinds of job, a table each; ends with a NULL kind. */
struct job_kind {
	const char	*kind;
	enum cal_err	(*run)(struct service *, struct arena *,
			    const char *tenant_id, const char *subject);
	const int	*pauses;	/* s after each failure; ends with 0,
					 * the last one repeats */
	int		 tries;		/* then it is parked */
};

extern const struct job_kind	job_kinds[];

#endif
