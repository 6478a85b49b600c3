/*
 * slots: the jobs that a runner has in hand, and how many there are of each
 * sort.
 */
#ifndef APP_JOB_SLOTS_H
#define APP_JOB_SLOTS_H

#include <stdbool.h>

#include "app/job/run.h"

struct slots {
	struct run	*runs;		/* all of them, as a list */
	int		 n;
	int		 nslow;		/* runs in the slow lane */
	int		 nstuck;	/* runs in the fast lane whose current
					 * call must not be given up */
};

bool	slots_have_room(const struct slots *, bool slow);
/* True if the slow lane has a free place. */
bool	slots_have_room_to_hang(const struct slots *);
/*
 * True if so many runs of the fast lane have a call that must not be given up
 * that no more such calls may begin.
 */
bool	slots_are_stuck(const struct slots *);
void	slots_add(struct slots *, struct run *);
void	slots_drop(struct slots *, struct run *);
/* Moves a run to the slow lane. */
void	slots_make_slow(struct slots *, struct run *);
/*
 * Counts "nstuck" anew, because it changes as calls begin and end; updates the
 * metrics.
 */
void	slots_count(struct slots *);
struct run *slots_find(const struct slots *, const struct task *);

#endif
