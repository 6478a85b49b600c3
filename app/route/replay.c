/* replay: the API's replays of events and redrives of dead letters. */
#include <stddef.h>
#include <string.h>

#include "app/repo/destination.h"
#include "app/repo/tx.h"
#include "app/route/answer.h"
#include "app/route/body.h"
#include "app/route/feed_cursor.h"
#include "app/route/router.h"
#include "app/route/write.h"
#include "app/service/push/destination_check.h"
#include "app/service/push/replay.h"
#include "app/service/service.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/json.h"
#include "lib/req.h"

static enum cal_err
take_event_id(struct req *r, const struct json_node *body, const char **out)
{
	enum cal_err	 rc;

	if ((rc = body_text(r, body, "event_id", out)) != CAL_OK ||
	    *out == NULL || crypto_is_uuid(*out))
		return rc;
	return req_fail_field(r, "event_id", "must be an event's id, a UUID");
}

static enum cal_err
take_position(struct req *r, const struct json_node *body, const char *name,
    int64_t *seq)
{
	const char	*cursor;
	enum cal_err	 rc;

	*seq = 0;
	if ((rc = body_text(r, body, name, &cursor)) != CAL_OK ||
	    cursor == NULL || feed_cursor_read(r, cursor, seq))
		return rc;
	return req_fail_field(r, name, "must be a cursor of the feed, such as "
	    "the \"next\" of GET /v1/events");
}

static enum cal_err
take_types(struct req *r, const struct json_node *body,
    struct replay_query *q)
{
	const char	*fault;
	enum cal_err	 rc;

	if ((rc = body_texts(r, body, "types", &q->types)) != CAL_OK ||
	    q->types == NULL)
		return rc;
	fault = destination_types_fault(r->mem, q->types);
	if (strcmp(q->types[0] == NULL ? "" : q->types[0], "*") == 0)
		q->types = NULL;
	return fault == NULL ? CAL_OK : req_fail_field(r, "types", fault);
}

/* A replay says what it is about, so that nobody replays all by accident. */
static enum cal_err
check_choice(struct req *r, const struct json_node *body,
    const struct replay_query *q)
{
	const bool	 range = body_has(body, "after") ||
			    body_has(body, "until") || q->from != NULL ||
			    q->to != NULL;

	if (q->event_id != NULL && (range || q->types != NULL ||
	    q->user_id != NULL))
		return req_fail_field(r, "event_id", "must be alone: it names "
		    "one event, which no filter is for");
	if (q->event_id == NULL && !range)
		return req_fail(r, CAL_INVALID, "invalid_request", "Say what "
		    "to push again: event_id, or at least one of after, "
		    "until, from and to.");
	return CAL_OK;
}

static enum cal_err
take_query(struct req *r, struct replay_query *q)
{
	static const char *const	 known[] = {
		"event_id", "after", "until", "from", "to", "types", "user_id",
		"dry_run", NULL
	};
	const struct json_node		*body;
	enum cal_err			 rc;

	memset(q, 0, sizeof(*q));
	q->most = REPLAY_MOST;
	if ((rc = body_json(r, &body)) != CAL_OK)
		return rc;
	rc = body_known(r, body, known);
	rc = fail_also(rc, take_event_id(r, body, &q->event_id));
	rc = fail_also(rc, take_position(r, body, "after", &q->after));
	rc = fail_also(rc, take_position(r, body, "until", &q->until));
	rc = fail_also(rc, body_time(r, body, "from", &q->from));
	rc = fail_also(rc, body_time(r, body, "to", &q->to));
	rc = fail_also(rc, take_types(r, body, q));
	rc = fail_also(rc, body_user(r, body, &q->user_id));
	rc = fail_also(rc, body_bool(r, body, "dry_run", &q->dry));
	return rc != CAL_OK ? rc : check_choice(r, body, q);
}

static enum cal_err
replay_within(struct service *cal, struct tx *tx, struct req *r,
    struct idempotent_answer *a)
{
	struct replay_query	 q;
	struct replayed		 done;
	struct json		*j;
	const char		*id;
	enum cal_err		 rc;

	(void)cal;
	if ((rc = path_uuid(r, &id)) != CAL_OK ||
	    (rc = take_query(r, &q)) != CAL_OK ||
	    (rc = replay_events(tx, "api", id, &q, &done)) != CAL_OK)
		return rc;
	j = json_new(r->mem);
	json_object(j, NULL);
	json_num(j, "count", done.n);
	json_bool(j, "more", done.more);
	json_str(j, "next", done.more ? feed_cursor_write(r, done.next) :
	    NULL);
	json_end(j);
	write_json(a, q.dry ? 200 : 202, j);
	return CAL_OK;
}

static enum cal_err
destination_replay(struct service *cal, struct req *r)
{
	return write_once(cal, r, replay_within);
}

static enum cal_err
redrive_within(struct service *cal, struct tx *tx, struct req *r,
    struct idempotent_answer *a)
{
	struct replayed	 done;
	struct json	*j;
	const char	*id;
	enum cal_err	 rc;

	(void)cal;
	if ((rc = path_uuid(r, &id)) != CAL_OK ||
	    (rc = redrive_all(tx, "api", id, &done)) != CAL_OK)
		return rc;
	j = json_new(r->mem);
	json_object(j, NULL);
	json_num(j, "count", done.n);
	json_bool(j, "more", done.more);
	json_end(j);
	write_json(a, 202, j);
	return CAL_OK;
}

static enum cal_err
destination_redrive(struct service *cal, struct req *r)
{
	return write_once(cal, r, redrive_within);
}

const struct route replay_routes[] = {
	{ "POST", "/v1/destinations/{id}/replay", destination_replay, NULL,
	    ROUTE_KEY },
	{ "POST", "/v1/destinations/{id}/redrive", destination_redrive, NULL,
	    ROUTE_KEY },
	{ NULL, NULL, NULL, NULL, 0 },
};
