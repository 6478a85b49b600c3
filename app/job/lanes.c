/*
 * lanes: see lanes.h.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "app/job/claims.h"
#include "app/job/lanes.h"
#include "app/job/lock_wait.h"
#include "app/job/run.h"
#include "app/job/slots.h"
#include "app/repo/account.h"
#include "app/repo/job.h"
#include "app/service/calls/split.h"
#include "app/service/keys/clone_guard.h"
#include "app/service/service.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/db.h"
#include "lib/err.h"
#include "lib/http_loop.h"
#include "lib/log.h"
#include "lib/task.h"

enum {
	CLAIMS = 16,			/* jobs claimed in a row before those in
					 * hand get a turn */
	NOTHING_MS = 200,		/* until the next look for due jobs */
	FULL_MS = 20,			/* until the next look for free slots */
	LOOK_MS = 50,			/* until calls' ages and contested jobs
					 * are looked at again */
	AWAY_MS = 500,			/* pause while the database is away */
	HURRY_MS = 20 * 1000,		/* for calls, when the runner leaves */
	MEMORY_MAX = 256 * 1024 * 1024,	/* that one job may take */
};

struct lanes {
	struct service	*cal;
	struct http_loop *loop;
	struct slots	 slots;
	struct lock_wait lock_wait;
	struct job_wish	 wish[2];	/* what to claim next, by lane */
	int64_t		 next_claim;	/* clock_ms() of the next claim */
	int64_t		 next_try;	/* next try to reach the database */
	int64_t		 next_renewal;	/* next renewal of claims */
	bool		 ended;		/* a job ended since the last turn */
};

/*
 * A task must not rest in an open transaction, because the next task would run
 * its statements inside it: all share one connection.
 */
static void
must_be_closed(void *arg)
{
	assert(!db_in_transaction(arg));
}

struct lanes *
lanes_new(struct service *cal)
{
	struct lanes	*l = calloc(1, sizeof(*l));

	if (l == NULL)
		err_nomem("jobs in hand");
	l->cal = cal;
	l->wish[false] = l->wish[true] = (struct job_wish){
		.owner = cal->owner, .seconds = CLAIM_SECONDS
	};
	l->wish[true].slow = true;
	l->loop = http_loop_new();
	task_before_rest(must_be_closed, cal->db);
	return l;
}

void
lanes_free(struct lanes *l)
{
	if (l == NULL)
		return;
	assert(l->slots.n == 0);
	task_before_rest(NULL, NULL);
	http_loop_free(l->loop);
	free(l);
}

bool
lanes_are_empty(const struct lanes *l)
{
	return l->slots.n == 0;
}

static void
resume_run(struct lanes *l, struct run *r)
{
	if (task_resume(r->task))
		return;
	run_note_answer(r);
	if (r->held)
		lock_wait_note(&l->lock_wait, r->job.tenant_id);
	slots_drop(&l->slots, r);
	run_free(r);
	l->ended = true;
}

/*
 * Says whether a change at Calendly must wait.  A change is never given up, so
 * it holds its slot for as long as Calendly takes, and only a limited number
 * of them may be under way outside of the slow lane.
 */
static bool
must_wait(void *arg)
{
	const struct lanes	*l = arg;

	return slots_are_stuck(&l->slots);
}

static enum cal_err
start_run(struct lanes *l, struct run *r, bool slow)
{
	long	 limit;

	r->cal = split_new(l->cal, r->mem, l->loop);
	if (!slow)
		split_ask_before_changes(r->cal, must_wait, l);
	if ((r->task = task_new(run_job, r)) == NULL) {
		if (job_put_back(l->cal->db, r->mem, &r->job, AWAY_MS,
		    slow, NULL) != CAL_OK)
			log_warn("job: %s of %s: not put back, see above",
			    r->job.kind_name, r->job.subject);
		run_free(r);
		return CAL_UNAVAILABLE;
	}
	slots_add(&l->slots, r);
	if (slow)
		slots_make_slow(&l->slots, r);
	limit = lock_wait_begin(&l->lock_wait, l->cal->db, r->job.tenant_id);
	resume_run(l, r);
	lock_wait_end(l->cal->db, limit);
	return CAL_OK;
}

static enum cal_err
claim_for_lane(struct lanes *l, bool slow)
{
	struct arena		*mem = arena_new(MEMORY_MAX);
	struct run		*r = arena_alloc(mem, sizeof(*r));
	enum cal_err		 rc;

	rc = job_claim(l->cal->db, mem, &l->wish[slow], &r->job);
	if (rc != CAL_OK) {
		arena_free(mem);
		return rc;
	}
	l->wish[slow].newest = !l->wish[slow].newest;
	r->mem = mem;
	r->was_slow = slow;
	return start_run(l, r, slow);
}

/*
 * CAL_NOTFOUND: no more jobs are due, or there is no room.  CAL_CONFLICT: a job
 * may be due but another transaction holds its row; every try says so until the
 * row is released.
 */
static enum cal_err
fill_lane(struct lanes *l, bool slow)
{
	enum cal_err	 rc;
	int		 i;

	for (i = 0; i < CLAIMS; i++)
		if (!slots_have_room(&l->slots, slow))
			return CAL_NOTFOUND;
		else if ((rc = claim_for_lane(l, slow)) != CAL_OK)
			return rc;
	return CAL_OK;
}

void
lanes_hint(struct lanes *l)
{
	l->next_claim = 0;
}

long
lanes_fill(struct lanes *l, struct arena *mem)
{
	const int64_t	 now = clock_ms();
	enum cal_err	 fast, slow;

	if (now < l->next_claim)
		return (long)(l->next_claim - now);
	if (!slots_have_room(&l->slots, false))
		return FULL_MS;
	l->next_claim = now + NOTHING_MS;
	/*
	 * While the clone guard is shut no job may act, so none is claimed and
	 * none of its tries is used up.
	 */
	if (clone_guard_shut(l->cal, mem) != NULL)
		return NOTHING_MS;
	fast = fill_lane(l, false);
	slow = fast == CAL_UNAVAILABLE ? fast : fill_lane(l, true);
	slots_count(&l->slots);
	if (fast == CAL_OK || slow == CAL_OK ||
	    !slots_have_room(&l->slots, false))
		l->next_claim = now;
	else if (fast == CAL_CONFLICT || slow == CAL_CONFLICT)
		l->next_claim = now + LOOK_MS;
	return (long)(l->next_claim - now);
}

/*
 * Connects again if needed.  Without a connection no task is resumed, because
 * it would block the whole runner until the database answers.
 */
static bool
has_database(struct lanes *l)
{
	if (db_is_connected(l->cal->db))
		return true;
	if (clock_ms() < l->next_try)
		return false;
	if (db_connect(l->cal->db) == CAL_OK)
		return true;
	l->next_try = clock_ms() + AWAY_MS;
	return false;
}

static void
resume_landed(struct lanes *l)
{
	struct task	*t;

	while (has_database(l) && (t = http_loop_landed(l->loop)) != NULL)
		resume_run(l, slots_find(&l->slots, t));
}

static void
resume_due(struct lanes *l)
{
	const int64_t	 now = clock_ms();
	struct run	*r, *next;

	for (r = l->slots.runs; r != NULL && has_database(l); r = next) {
		next = r->next;
		if (task_due(r->task) <= now)
			resume_run(l, r);
	}
}

/*
 * Records for the account that a call hangs, so that its next jobs go to the
 * slow lane.
 */
static void
note_hang(struct lanes *l, struct arena *mem, struct run *r)
{
	if (r->hung || !db_is_connected(l->cal->db))
		return;
	r->hung = true;
	if (r->job.account_id != NULL && account_slow(l->cal->db, mem,
	    r->job.account_id, SLOW_ACCOUNT_SECONDS) != CAL_OK)
		log_warn("job: that Calendly hangs for account %s is not "
		    "kept, see above", r->job.account_id);
}

static void
sort_out(struct lanes *l, struct arena *mem)
{
	struct run	*r;
	bool		 reads;

	for (r = l->slots.runs; r != NULL; r = r->next) {
		if (run_age(r, &reads) < SLOW_CALL_MS)
			continue;
		note_hang(l, mem, r);
		if (r->slow)
			continue;
		if (slots_have_room_to_hang(&l->slots)) {
			slots_make_slow(&l->slots, r);
		} else if (reads) {
			r->slow = r->put_back = true;
			split_give_up(r->cal, "no answer for so long that "
			    "others need the place: tried again with more "
			    "patience");
		}
	}
	slots_count(&l->slots);
}

bool
lanes_turn(struct lanes *l, struct arena *mem, long ms, int fd)
{
	const bool	 ended = l->ended;

	if (ended)
		ms = 0;
	else if (l->slots.n > 0 && ms > LOOK_MS)
		ms = LOOK_MS;
	http_loop_turn(l->loop, (int)ms, fd);
	if (l->slots.n > 0)
		claims_renew(l->cal, mem, &l->next_renewal);
	l->ended = false;
	sort_out(l, mem);
	resume_landed(l);
	resume_due(l);
	return ended || l->ended;
}

void
lanes_hurry(struct lanes *l)
{
	struct run	*r;
	bool		 reads;

	for (r = l->slots.runs; r != NULL; r = r->next) {
		split_hurry(r->cal, HURRY_MS);
		r->put_back = true;
		if (run_age(r, &reads) >= 0 && reads)
			split_give_up(r->cal, "the process has to leave: "
			    "tried again by another one");
	}
}
