/*
 * job: what a runner does, one small piece at a time.
 */
#ifndef APP_JOB_JOB_H
#define APP_JOB_JOB_H

#include <stdbool.h>

#include "app/domain/job_kind.h"
#include "lib/err.h"

struct arena;
struct errand;
struct service;

/*
 * One round of what never waits for Calendly: apply deliveries, extend the
 * feed, now and then sweep and audit.  "worked": there was something to do, so
 * that another round is worth trying at once.
 */
enum cal_err	job_round(struct service *, struct arena *, bool *worked)
		    ERR_CHECK;

/* How a kind of job is done. */
struct job_deed {
	enum cal_err	(*run)(const struct errand *, const char *subject);
	const int	*pauses;	/* s after each failure; ends with 0,
					 * the last one repeats */
	int		 tries;		/* then it is parked */
};

/* By kind; of JOB_UNKNOWN nothing is known. */
extern const struct job_deed	job_deeds[JOB_KIND__MAX];

#endif
