/*
 * replay: see replay.h.
 */
#include <stddef.h>

#include "app/repo/event.h"
#include "app/repo/tenant.h"
#include "app/repo/tx.h"
#include "app/service/push/replay.h"

enum cal_err
replay_events(struct tx *tx, const char *actor, const char *id,
    const struct replay_query *q, struct replayed *out)
{
	struct event	 ev;
	enum cal_err	 rc;

	if (q->event_id != NULL &&
	    (rc = event_find(tx, q->event_id, &ev)) != CAL_OK)
		return rc;
	rc = push_replay(tx, id, q, &out->n, &out->more, &out->next);
	if (rc != CAL_OK || q->dry)
		return rc;
	return audit_add(tx, actor, "destination.replay", id);
}

enum cal_err
redrive_all(struct tx *tx, const char *actor, const char *id,
    struct replayed *out)
{
	struct destination	 d;
	enum cal_err		 rc;

	if ((rc = destination_find(tx, id, &d)) != CAL_OK)
		return rc;
	rc = push_redrive(tx, id, NULL, REPLAY_MOST, &out->n, &out->more);
	if (rc != CAL_OK)
		return rc;
	return audit_add(tx, actor, "destination.redrive", id);
}

enum cal_err
redrive_one(struct tx *tx, const char *actor, const char *push_id,
    struct push *out)
{
	enum cal_err	 rc;
	int64_t		 n;
	bool		 more;

	if ((rc = push_find(tx, push_id, out)) != CAL_OK ||
	    (rc = push_redrive(tx, NULL, push_id, 1, &n, &more)) != CAL_OK)
		return rc;
	if (n == 0)
		return CAL_CONFLICT;
	if ((rc = audit_add(tx, actor, "push.retry", push_id)) != CAL_OK)
		return rc;
	return push_find(tx, push_id, out);
}

const char *
redrive_refusal(const struct push *p)
{
	switch (p->status) {
	case PUSH_DELIVERED:
		return "It is delivered: to have its event pushed once more, "
		    "replay the event.";
	case PUSH_HELD:
		return "It is held behind an earlier push of the same "
		    "meeting, which has to be delivered first.";
	case PUSH_DEAD:
		return "Its event is no longer kept: retention has removed "
		    "it.";
	default:
		return "It is being sent just now.";
	}
}
