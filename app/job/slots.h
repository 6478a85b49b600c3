/*
 * slots: the jobs that a runner has in hand, counted.
 */
#ifndef APP_JOB_SLOTS_H
#define APP_JOB_SLOTS_H

#include <stdbool.h>

#include "app/job/run.h"

struct slots {
	struct run	*runs;		/* all of them */
	int		 n;
	int		 nslow;		/* of these, in the slow lane */
	int		 nstuck;	/* of the others, with a call that must
					 * not be given up */
};

bool	slots_have_room(const struct slots *, bool slow);
/* May one more move to the slow lane? */
bool	slots_have_room_to_hang(const struct slots *);
/* So many others have a call that must not be given up: no more of these. */
bool	slots_are_stuck(const struct slots *);
void	slots_add(struct slots *, struct run *);
void	slots_drop(struct slots *, struct run *);
/* From now on it counts in the slow lane. */
void	slots_make_slow(struct slots *, struct run *);
/* Counts anew what calls come and go with; tells the metrics. */
void	slots_count(struct slots *);
struct run *slots_find(const struct slots *, const struct task *);

#endif
