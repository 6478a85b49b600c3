/* event: the feed of events. */
#include <stdlib.h>
#include <string.h>

#include "app/metric/metric.h"
#include "app/repo/event.h"
#include "app/repo/feed.h"
#include "app/repo/tx.h"
#include "app/route/access.h"
#include "app/route/answer.h"
#include "app/route/feed_cursor.h"
#include "app/route/query.h"
#include "app/route/router.h"
#include "app/service/event_json.h"
#include "app/service/service.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/chance.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/req.h"

#define TYPE_LETTERS	"abcdefghijklmnopqrstuvwxyz" \
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._"

enum {
	TYPES_MAX = 20,
	WAIT_MAX_MS = 25 * 1000,
	LOOK_MS = 250,			/* between looks while a reader waits */
	LOOK_JITTER = 25,		/* per cent */
};

static enum cal_err
read_position(struct req *r, struct feed_query *q)
{
	const char	*after = req_query(r, "after");

	q->from_start = after == NULL;
	if (after != NULL && !feed_cursor_read(r, after, &q->after))
		return cursor_refuse(r);
	return CAL_OK;
}

/* Reads "type": one event type, or several with commas between them. */
static enum cal_err
read_types(struct req *r, struct feed_query *q)
{
	const char	*s = req_query(r, "type"), **list;
	size_t		 i, n;

	if (s == NULL)
		return CAL_OK;
	list = arena_array(r->mem, TYPES_MAX + 1, sizeof(*list));
	for (i = 0; i < TYPES_MAX; i++) {
		n = strspn(s, TYPE_LETTERS);
		list[i] = arena_ndup(r->mem, s, n);
		if (n == 0 || (s[n] != ',' && s[n] != '\0'))
			break;
		s += n;
		if (*s++ == '\0') {
			q->types = list;
			return CAL_OK;
		}
	}
	return req_fail_field(r, "type", "must be one event type, such as "
	    "meeting.changed, or up to 20 with commas between them");
}

static enum cal_err
read_wait(struct req *r, int64_t *ms)
{
	const char	*s = req_query(r, "wait");
	const size_t	 n = s == NULL ? 0 : strlen(s);

	*ms = 0;
	if (s == NULL)
		return CAL_OK;
	if (n == 0 || n > 2 || strspn(s, "0123456789") != n ||
	    (n == 2 && s[0] == '0') ||
	    (*ms = strtol(s, NULL, 10) * 1000) > WAIT_MAX_MS)
		return req_fail_field(r, "wait", "must be a number of seconds "
		    "from 0 to 25");
	return CAL_OK;
}

static enum cal_err
look_at_feed(struct service *cal, struct req *r, const struct feed_query *q,
    struct feed_page *p)
{
	struct tx	 tx;
	enum cal_err	 rc;

	rc = tx_begin(&tx, cal->db, r->mem, caller_tenant(r));
	if (rc == CAL_OK)
		rc = tx_leave(&tx, feed_list(&tx, q, p));
	if (rc == CAL_OK && p->expired)
		return req_fail(r, CAL_GONE, "cursor_expired", NULL);
	return rc;
}

/*
 * Returns the milliseconds until the next look; 0: the reader's time is over.
 */
static long
next_look(int64_t until)
{
	const int64_t	 left = until - clock_ms();
	const long	 ms = chance_spread(LOOK_MS, LOOK_JITTER);

	return left < ms ? (left > 0 ? (long)left : 0) : ms;
}

/*
 * Waits until there is an event that fits, the time is over, the client has
 * left, or this worker must leave.  No transaction is open while it waits, and
 * it reads only the feed's head until that has moved.
 */
static enum cal_err
wait_within(struct service *cal, struct req *r, struct feed_query *q,
    int64_t until, struct feed_page *p)
{
	enum cal_err	 rc = CAL_OK;
	int64_t		 head;
	long		 ms;

	while (rc == CAL_OK && p->n == 0 && !p->more &&
	    (ms = next_look(until)) > 0 && req_rest(r, cal->leash, ms)) {
		rc = feed_head(cal->db, r->mem, caller_tenant(r), &head);
		if (rc != CAL_OK || head == p->next)
			continue;
		q->after = p->next;
		q->from_start = false;
		rc = look_at_feed(cal, r, q, p);
	}
	return rc;
}

/*
 * Waits as the reader asked, unless too many readers wait already or other
 * requests wait for this worker: then it answers at once.
 */
static enum cal_err
wait_for_more(struct service *cal, struct req *r, struct feed_query *q,
    int64_t ms, struct feed_page *p)
{
	const int64_t	 until = clock_ms() + ms;
	enum cal_err	 rc;

	if (ms == 0 || p->n > 0 || p->more || cal->others_wait ||
	    !metrics_claim(METRIC_READERS_WAITING,
	    settings_most_waiting(cal->set)))
		return CAL_OK;
	rc = wait_within(cal, r, q, until, p);
	metrics_unclaim(METRIC_READERS_WAITING);
	/*
	 * The caller is let in anew, because the key may have been revoked
	 * during the wait.
	 */
	return rc == CAL_OK ? access_let_in(cal, r) : rc;
}

static void
page_answer(struct req *r, const struct feed_page *p)
{
	struct json	*j = list_open(r);
	int		 i;

	for (i = 0; i < p->n; i++)
		event_json(j, NULL, &p->events[i]);
	list_next(j, feed_cursor_write(r, p->next));
	json_bool(j, "more", p->more);
	json_end(j);
	answer_json(r, 200, j);
}

/* Reads what the reader asks for, and how long it would wait for it. */
static enum cal_err
read_query(struct req *r, struct feed_query *q, int64_t *wait_ms)
{
	static const char *const	known[] = {
		"after", "limit", "user_id", "type", "wait", NULL
	};
	enum cal_err			rc;

	memset(q, 0, sizeof(*q));
	rc = query_known(r, known);
	rc = fail_also(rc, query_limit(r, &q->limit));
	rc = fail_also(rc, query_user(r, &q->user_id));
	rc = fail_also(rc, read_position(r, q));
	rc = fail_also(rc, read_types(r, q));
	return fail_also(rc, read_wait(r, wait_ms));
}

static enum cal_err
event_list(struct service *cal, struct req *r)
{
	struct feed_query	 q;
	struct feed_page	 p;
	int64_t			 wait;
	enum cal_err		 rc;

	if ((rc = read_query(r, &q, &wait)) != CAL_OK ||
	    (rc = look_at_feed(cal, r, &q, &p)) != CAL_OK ||
	    (rc = wait_for_more(cal, r, &q, wait, &p)) != CAL_OK)
		return rc;
	page_answer(r, &p);
	return CAL_OK;
}

static enum cal_err
event_show(struct service *cal, struct tx *tx, struct req *r)
{
	struct event	 ev;
	struct json	*j;
	const char	*id;
	enum cal_err	 rc;

	(void)cal;
	if ((rc = path_uuid(r, &id)) != CAL_OK ||
	    (rc = event_find(tx, id, &ev)) != CAL_OK)
		return rc;
	j = json_new(r->mem);
	event_json(j, NULL, &ev);
	answer_json(r, 200, j);
	return CAL_OK;
}

const struct route event_routes[] = {
	/*
	 * The handler may wait, so it reads in short transactions of its own.
	 */
	{ "GET", "/v1/events", event_list, NULL, ROUTE_KEY | ROUTE_QUERY },
	{ "GET", "/v1/events/{id}", NULL, event_show, ROUTE_KEY },
	{ NULL, NULL, NULL, NULL, 0 },
};
