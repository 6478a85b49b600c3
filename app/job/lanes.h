/*
 * lanes: the jobs that one runner has in hand, and which of them may keep
 * which others waiting.
 *
 * A runner has so many slots, and each job that it has claimed takes one, as
 * a task of its own.  A job whose call to Calendly stays without an answer
 * for SLOW_CALL_MS hangs.  It then counts in the slow lane, which has half
 * of the slots at most; if that is full, and the call only reads, the call is
 * given up and the job waits for a place there.  What may not be given up (a
 * refresh, a change) stays where it is.  That Calendly hangs for an account
 * is kept in the database for a while, so that all runners take its next
 * jobs to the slow lane from the start; a call that is answered ends that.
 */
#ifndef APP_JOB_LANES_H
#define APP_JOB_LANES_H

#include <stdbool.h>

struct arena;
struct service;
struct lanes;

/* What all jobs share is borrowed. */
struct lanes	*lanes_new(struct service *);
/* Nothing may be in hand any more. */
void		 lanes_free(struct lanes *);
/*
 * Claim jobs that are due, no more than there is room for, and begin them.
 * Says for how many ms nobody need try again; the arena may be reset after.
 */
long		 lanes_fill(struct lanes *, struct arena *);
/*
 * Wait up to "ms" for something to happen, or until "fd" has something to
 * say, and let all go on that can.  True: a job has ended, and may have left
 * an event for the feed.
 */
bool		 lanes_turn(struct lanes *, struct arena *, long ms, int fd);
/* The runner has to leave: calls that may be given up are, now, and what else
 * is in hand comes to its end in some seconds. */
void		 lanes_hurry(struct lanes *);
bool		 lanes_are_empty(const struct lanes *);

#endif
