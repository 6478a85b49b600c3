/*
 * run: one job, from its claim to its end.
 *
 * A job is claimed by a committed update with an attempt number, and ended
 * only if that number still stands: a runner that was given up for dead can't
 * end what another one has taken over.
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
	struct service	*cal;		/* its own, see calls/split.h */
	struct arena	*mem;		/* all that it takes, this included */
	struct task	*task;
	struct run	*next;
	bool		 was_slow;	/* it was claimed for the slow lane */
	bool		 slow;		/* it belongs there now */
	bool		 counts_slow;	/* and has a place there */
	bool		 hung;		/* a call of it */
	bool		 put_back;	/* it was given up: if it fails that
					 * does not count as a try */
	bool		 held;		/* it did, as somebody holds its rows */
	bool		 done;		/* it did not fail */
};

/* As a task: does the job of a struct run and notes what became of it. */
void	run_job(void *run);
/*
 * For how many ms its call to Calendly has been without an answer; -1: it makes
 * none.  "reads": see calls/split.h.
 */
int64_t	run_age(const struct run *, bool *reads);
/* It was in the slow lane, and is over: Calendly answers, after all? */
void	run_note_answer(const struct run *);
void	run_free(struct run *);

#endif
