/*
 * scheduled_list: see scheduled_list.h.
 */
#include <string.h>

#include "app/calendly/client.h"
#include "app/calendly/id.h"
#include "app/calendly/paging.h"
#include "app/calendly/redact.h"
#include "app/calendly/scheduled_list.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/uri.h"
#include "lib/when.h"

enum { HTTP_GONE = 410 };

#define NUL_ESCAPE	"\\u0000"
#define SUBSTITUTE	"\\ufffd"

/*
 * Writes an entry as JSON text, less passwords of rooms.  Our writer escapes a
 * NUL in one way only, so the pairs of a backslash and what follows it are all
 * that must be looked at.
 */
static const char *
entry_text(struct arena *mem, const struct json_node *json)
{
	struct json	*j = json_new(mem);
	char		*text, *p;
	size_t		 n;

	json_node(j, NULL, json, redact_keeps, NULL);
	text = arena_dup(mem, json_done(j, &n));
	for (p = text; (p = strchr(p, '\\')) != NULL; p += 2)
		if (strncmp(p, NUL_ESCAPE, strlen(NUL_ESCAPE)) == 0)
			memcpy(p, SUBSTITUTE, strlen(SUBSTITUTE));
	return text;
}

/* Reads an entry about the event that "uri" names. */
static struct scheduled_entry
entry_read(struct arena *mem, const struct json_node *json, const char *uri)
{
	return (struct scheduled_entry){
		.uri = uri,
		.id = id_from_uri(mem, uri),
		.start_at = when_read_loose(mem, json_text(json,
		    "start_time")),
		.json = json,
		.text = entry_text(mem, json),
	};
}

static size_t
list_length(const struct json_node *list)
{
	const struct json_node	*e;
	size_t			 n = 0;

	for (e = list->child; e != NULL; e = e->next)
		n++;
	return n;
}

/* A page that is asked for, and what becomes of it. */
struct event_page_taker {
	const struct settings	*set;
	const struct scheduled_query *query;
	struct scheduled_page	*page;
};

static void
list_events(struct arena *mem, const struct json_node *list,
    struct scheduled_page *page)
{
	const struct json_node	*e;
	const char		*uri;

	page->all = arena_array(mem, list_length(list), sizeof(*page->all));
	for (e = list->child; e != NULL; e = e->next) {
		uri = json_text(e, "uri");
		if (id_from_uri(mem, uri) == NULL)
			page->unread++;
		else
			page->all[page->n++] = entry_read(mem, e, uri);
	}
	if (page->unread > 0)
		log_warn("calendly: event_list: %zu entries of a page are "
		    "passed over: they name no event", page->unread);
}

static const char *
take_event_page(void *arg, struct arena *mem, const struct json_node *json)
{
	const struct event_page_taker	*t = arg;
	const struct json_node	*list = json_find(json, "collection");
	const char		*asked = t->query->page_token;
	const char		*why;

	if (list == NULL || list->type != JSON_ARRAY)
		return "the reply holds no collection";
	if ((why = paging_next(mem, t->set, json, &t->page->next)) != NULL)
		return why;
	t->page->repeats = asked != NULL && t->page->next != NULL &&
	    strcmp(asked, t->page->next) == 0;
	if (t->page->repeats)
		t->page->next = NULL;
	list_events(mem, list, t->page);
	return NULL;
}

static const char *
page_path(struct arena *mem, const struct scheduled_query *query)
{
	const int	 count = query->count == 0 ? SCHEDULED_COUNT :
			    query->count;
	struct buf	 b;

	buf_init(&b, mem, 0);
	(void)uri_add(&b, "user", query->user);
	(void)uri_add(&b, "sort", "start_time:asc");
	(void)uri_add(&b, "count", arena_printf(mem, "%d", count));
	if (query->from != NULL)
		(void)uri_add(&b, "min_start_time", query->from);
	if (query->to != NULL)
		(void)uri_add(&b, "max_start_time", query->to);
	if (query->page_token != NULL)
		(void)uri_add(&b, "page_token", query->page_token);
	return arena_printf(mem, "/scheduled_events?%s", b.p);
}

enum cal_err
scheduled_page(struct behalf by, const struct secret *token,
    const struct scheduled_query *query, struct scheduled_page *page)
{
	struct event_page_taker	 taker = {
		client_settings(by.api), query, page
	};
	const struct client_request q = {
		.purpose = "event_list",
		.method = "GET",
		.path = page_path(by.mem, query),
		.token = token,
		.take = take_event_page,
		.taker = &taker,
	};
	struct client_reply	 r;
	enum cal_err		 rc;

	*page = (struct scheduled_page){ 0 };
	rc = client_send(by, &q, &r);
	page->token_refused = rc == CAL_INVALID && query->page_token != NULL;
	page->too_big = rc == CAL_UPSTREAM && r.too_big;
	return rc == CAL_NOTFOUND ? CAL_UPSTREAM : rc;
}

/* One event that is asked for, and the answer. */
struct event_taker {
	const char		*uri;
	struct scheduled_entry	*entry;
};

static const char *
take_event(void *arg, struct arena *mem, const struct json_node *json)
{
	const struct event_taker *t = arg;
	const struct json_node	*event = json_find(json, "resource");
	const char		*uri = json_text(event, "uri");

	if (event == NULL || event->type != JSON_OBJECT)
		return "the reply holds no resource";
	*t->entry = entry_read(mem, event, id_same(mem, uri, t->uri) ? uri :
	    t->uri);
	return NULL;
}

enum cal_err
scheduled_find(struct behalf by, const struct secret *token, const char *uri,
    struct scheduled_entry *entry)
{
	struct event_taker	 taker = { uri, entry };
	const struct client_request q = {
		.purpose = "event_show",
		.method = "GET",
		.path = id_path(by.mem, "/scheduled_events", uri),
		.token = token,
		.take = take_event,
		.taker = &taker,
	};
	struct client_reply	 r;
	enum cal_err		 rc;

	if (q.path == NULL)
		return CAL_INVALID;
	rc = client_send(by, &q, &r);
	return rc == CAL_INVALID && r.status == HTTP_GONE ? CAL_NOTFOUND : rc;
}
