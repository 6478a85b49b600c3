/*
 * event: the feed.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "app/repo/event.h"
#include "app/route.h"
#include "app/route/answer.h"
#include "app/route/query.h"
#include "app/service/calendly.h"
#include "lib/arena.h"
#include "lib/json.h"
#include "lib/req.h"

enum { CURSOR = 'e' };

static void
event_write(struct json *j, const char *key, const struct event *ev)
{
	json_object(j, key);
	json_str(j, "id", ev->id);
	json_str(j, "type", ev->type);
	json_str(j, "source", ev->source);
	json_str(j, "user_id", ev->user_id);
	json_str(j, "occurred_at", ev->occurred_at);
	json_str(j, "received_at", ev->received_at);
	json_str(j, "meeting_id", ev->meeting_id);
	json_raw(j, "data", ev->body);
	json_end(j);
}

static enum cal_err
read_position(struct req *r, int64_t *seq)
{
	const char	*last;
	char		*end = NULL;
	enum cal_err	 rc;

	*seq = 0;
	if ((rc = cursor_read(r, CURSOR, &last)) != CAL_OK || last == NULL)
		return rc;
	*seq = strtoll(last, &end, 10);
	if (strspn(last, "0123456789") != strlen(last) || strlen(last) > 18)
		return cursor_refuse(r);
	return CAL_OK;
}

/* How many fit: no more than asked for, and only with their bodies. */
static int
page_size(const struct event *all, int n, int limit)
{
	int	 i;

	for (i = 0; i < n && i < limit && all[i].body != NULL; i++)
		;
	return i;
}

/* "next" goes on after what was shown, or stays where it was. */
static void
page_answer(struct req *r, const struct event *all, int n, bool more,
    int64_t position)
{
	struct json	*j = list_open(r);
	int		 i;

	for (i = 0; i < n; i++)
		event_write(j, NULL, &all[i]);
	if (n > 0)
		position = all[n - 1].seq;
	list_next(j, cursor_write(r, CURSOR,
	    arena_printf(r->mem, "%" PRId64, position)));
	json_bool(j, "more", more);
	json_end(j);
	answer_json(r, 200, j);
}

static enum cal_err
event_list(struct calendly *cal, struct req *r)
{
	struct event	*all;
	int64_t		 position;
	enum cal_err	 rc;
	int		 limit, n, shown;

	if ((rc = query_limit(r, &limit)) != CAL_OK ||
	    (rc = read_position(r, &position)) != CAL_OK)
		return rc;
	/* One more than asked for tells whether there is more. */
	rc = feed_list(cal->db, r->mem, position, limit + 1, &all, &n);
	if (rc != CAL_OK)
		return rc;
	shown = page_size(all, n, limit);
	page_answer(r, all, shown, shown < n, position);
	return CAL_OK;
}

static enum cal_err
event_show(struct calendly *cal, struct req *r)
{
	struct event	 ev;
	struct json	*j;
	const char	*id;
	enum cal_err	 rc;

	if ((rc = path_uuid(r, &id)) != CAL_OK ||
	    (rc = event_find(cal->db, r->mem, id, &ev)) != CAL_OK)
		return rc;
	j = json_new(r->mem);
	event_write(j, NULL, &ev);
	answer_json(r, 200, j);
	return CAL_OK;
}

const struct route event_routes[] = {
	{ "GET", "/v1/events", event_list, ROUTE_KEY | ROUTE_READ },
	{ "GET", "/v1/events/{id}", event_show, ROUTE_KEY | ROUTE_READ },
	{ NULL, NULL, NULL, 0 },
};
