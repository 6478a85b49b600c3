/*
 * absent: asks for invitees whom the list of their event did not show any more.
 *
 * A list may be short or late, so it proves nothing.  Who is gone, such as
 * after a deletion by law, is told by a 404 at the invitee's own URI.
 */
#include <stdbool.h>
#include <string.h>

#include "app/calendly/scheduled_invitees.h"
#include "app/calendly/sighting.h"
#include "app/domain/policy.h"
#include "app/repo/absent.h"
#include "app/repo/tx.h"
#include "app/service/calls/together.h"
#include "app/service/sync/changes.h"
#include "app/service/sync/walk.h"
#include "lib/arena.h"
#include "lib/when.h"

enum {
	BATCH = 16,		/* asked for in one step */
	TRIES_MOST = 3,		/* then one is left as is until the next walk */
};

/* One who is asked for, and the answer. */
struct asked {
	const struct absent *who;
	enum cal_err	 rc;		/* CAL_CONFLICT: not asked yet */
	const char	*at;		/* the moment that it speaks for */
};

struct question {
	struct walk	*w;
	struct asked	*all;
	size_t		 n;
};

static enum cal_err
ask_for(const struct errand *e, size_t i, void *arg)
{
	struct question	*q = arg;
	struct asked	*a = &q->all[i];

	a->at = when_now(e->mem, -POLICY_READ_LAG);
	a->rc = scheduled_invitee(errand_behalf(e), q->w->token,
	    a->who->event_uri, a->who->uri);
	return a->rc == CAL_UNAUTHORIZED || a->rc == CAL_UNAVAILABLE ? a->rc :
	    CAL_OK;
}

static enum cal_err
take_absent(struct walk *w, struct question *q)
{
	struct absent	*who;
	struct tx	 tx;
	enum cal_err	 rc;
	int		 i, n;

	if ((rc = errand_begin(&w->e, &tx)) != CAL_OK)
		return rc;
	rc = tx_leave(&tx, absent_next(&tx, w->e.connection_id, BATCH, &who,
	    &n));
	if (rc != CAL_OK)
		return rc;
	*q = (struct question){ .w = w, .n = (size_t)n };
	q->all = arena_array(w->e.mem, q->n, sizeof(*q->all));
	for (i = 0; i < n; i++)
		q->all[i] = (struct asked){ &who[i], CAL_CONFLICT, NULL };
	return CAL_OK;
}

static bool
was_asked(const struct asked *a)
{
	return a->rc != CAL_CONFLICT && a->rc != CAL_UNAVAILABLE &&
	    a->rc != CAL_UNAUTHORIZED;
}

/* One whom Calendly does not tell about is asked for some more times. */
static bool
is_to_be_asked_again(const struct asked *a)
{
	return a->rc == CAL_UPSTREAM && a->who->tries + 1 < TRIES_MOST;
}

/* Reads the 404 as a sighting.  False: the URI names somebody else. */
static bool
see_gone(const struct walk *w, const struct asked *a, struct sighting *s)
{
	return sighting_gone(w->e.mem, w->e.connection_id, a->who->event_uri,
	    a->who->uri, a->at, s) &&
	    strcmp(s->meeting_id, a->who->meeting_id) == 0 &&
	    strcmp(s->invitee_id, a->who->invitee_id) == 0;
}

static enum cal_err
store_answers(struct changes *c, const struct absent_done *done, size_t n)
{
	struct walk	*w = c->w;
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(&w->e, &tx)) != CAL_OK)
		return rc;
	if ((rc = changes_apply(c, &tx)) == CAL_OK)
		rc = absent_store(&tx, w->e.connection_id, w->s.walk, done, n,
		    c->nevents);
	if (rc == CAL_OK)
		rc = changes_tell(c, &tx);
	if ((rc = tx_end(&tx, rc)) == CAL_OK)
		changes_count(c);
	return rc;
}

static enum cal_err
note_answers(const struct question *q)
{
	struct arena		*mem = q->w->e.mem;
	struct sighting		*seen = arena_array(mem, q->n, sizeof(*seen));
	struct absent_done	*done = arena_array(mem, q->n, sizeof(*done));
	struct changes		 c = { .w = q->w, .seen = seen };
	const struct asked	*a;
	size_t			 n = 0;

	for (a = q->all; a < q->all + q->n; a++) {
		if (!was_asked(a))
			continue;
		if (a->rc == CAL_NOTFOUND && see_gone(q->w, a, &seen[c.n]))
			c.n++;
		done[n++] = (struct absent_done){
			a->who, is_to_be_asked_again(a)
		};
	}
	return n == 0 ? CAL_OK : store_answers(&c, done, n);
}

/*
 * Says whether Calendly has told nothing about anybody.  It is about them if
 * each has failed before, beside others.
 */
static bool
nobody_is_told_of(const struct question *q)
{
	bool	 fresh = false;
	size_t	 i;

	for (i = 0; i < q->n; i++) {
		if (q->all[i].rc != CAL_UPSTREAM)
			return false;
		fresh = fresh || q->all[i].who->tries == 0;
	}
	return fresh;
}

/*
 * While Calendly is away, nothing is counted against anybody for some time.
 * What was answered before an error is stored all the same.
 */
enum cal_err
absent_step(struct walk *w)
{
	struct question	 q;
	enum cal_err	 rc, stored;

	if ((rc = take_absent(w, &q)) != CAL_OK)
		return rc;
	if ((w->complete = q.n == 0))
		return CAL_OK;
	rc = together(&w->e, q.n, (size_t)w->s.at_once, ask_for, &q);
	if (nobody_is_told_of(&q) && !w->s.long_unreachable)
		return CAL_UPSTREAM;
	stored = note_answers(&q);
	return stored != CAL_OK ? stored : rc;
}
