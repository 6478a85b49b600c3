/*
 * lanes: the jobs that one runner has in hand, and which of them may keep which
 * others waiting.
 *
 * A runner has a fixed number of slots.  Each job that it has claimed takes one
 * and runs as a task of its own.  A job whose call to Calendly has no answer
 * after SLOW_CALL_MS counts as hung.  It moves to the slow lane, which has half
 * of the slots at most.  If that lane is full and the call only reads, the call
 * is given up and the job waits for a place in the slow lane.  A call that may
 * not be given up (a refresh, a change) stays in the fast lane.  The database
 * records for a while that Calendly hangs for the job's account, so that all
 * runners take the account's next jobs to the slow lane from the start; a call
 * that is answered removes the record.
 */
#ifndef APP_JOB_LANES_H
#define APP_JOB_LANES_H

#include <stdbool.h>

struct arena;
struct service;
struct lanes;

/*
 * Makes a runner's lanes.  The service, which all jobs share, is borrowed and
 * must outlive them.
 */
struct lanes	*lanes_new(struct service *);
/* Frees the lanes; no job may be in hand any more. */
void		 lanes_free(struct lanes *);
/*
 * Claims jobs that are due, as many as there is room for, and starts them.
 * Returns the ms until the next call is worthwhile.  The arena is for scratch
 * and may be reset afterwards.
 */
long		 lanes_fill(struct lanes *, struct arena *);
/* There are new jobs: lanes_fill() looks for them at once. */
void		 lanes_hint(struct lanes *);
/*
 * Waits up to "ms" until a call is answered or "fd" (-1: none) can be read,
 * then resumes every job that can go on.  True: a job has ended, and may have
 * left an event for the feed.
 */
bool		 lanes_turn(struct lanes *, struct arena *, long ms, int fd);
/*
 * Called when the runner has to leave: gives up at once the calls that may be
 * given up, and allows all other jobs 20 s for their calls.
 */
void		 lanes_hurry(struct lanes *);
bool		 lanes_are_empty(const struct lanes *);

#endif
