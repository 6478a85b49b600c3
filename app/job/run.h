/*
 * run: one job, from its claim to its end.
 *
 * A job is claimed by a committed update that counts its attempts, and ended
 * only if the attempt number still matches: a runner that was taken for dead
 * cannot end a job that another runner has taken over.
 */
#ifndef APP_JOB_RUN_H
#define APP_JOB_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "app/repo/job.h"

struct arena;
struct service;
struct task;

struct run {
	struct job	 job;
	struct service	*cal;		/* the job's own, see calls/split.h */
	struct arena	*mem;		/* holds the run and this struct */
	struct task	*task;
	struct run	*next;
	bool		 was_slow;	/* it was claimed for the slow lane */
	bool		 slow;		/* it belongs in the slow lane now */
	bool		 counts_slow;	/* it has a place in the slow lane */
	bool		 hung;		/* one of its calls hung */
	bool		 put_back;	/* it was given up: a failure does not
					 * count as a try */
	bool		 held;		/* it failed because another transaction
					 * held its rows */
	bool		 done;		/* it succeeded */
	long		 again_ms;	/* then: in how many ms its next part is
					 * to be done; -1: all is done */
};

/* Runs as a task: does the job of a struct run and stores the result. */
void	run_job(void *run);
/*
 * Returns for how many ms the oldest of the run's calls to Calendly has had no
 * answer; -1: no call is under way.  "reads": all of them only read, so they
 * may be given up.
 */
int64_t	run_age(const struct run *, bool *reads);
/*
 * Called when a run has ended: if it was claimed for the slow lane, succeeded
 * and had no call hang, its account is no longer recorded as slow.
 */
void	run_note_answer(const struct run *);
void	run_free(struct run *);

#endif
