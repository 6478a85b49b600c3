/*
 * scheduled_invitees: see scheduled_invitees.h.
 */
#include <string.h>

#include "app/calendly/client.h"
#include "app/calendly/id.h"
#include "app/calendly/paging.h"
#include "app/calendly/scheduled_invitees.h"
#include "lib/arena.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/uri.h"

/*
 * With client.c's limits on one reply, these bound what the answer takes of the
 * arena: about 100 MiB.  An invitee has 60 values and 1.5 KiB.
 */
enum {
	CALLS_MAX = 50,
	ENTRIES_MAX = 5000,
	VALUES_MAX = 400 * 1000,
	BYTES_MAX = 12 * 1024 * 1024,
	COUNT_MOST = 100,	/* entries on a page; Calendly's maximum */
	COUNT_SHRINK = 5,	/* divides the count if a page is too big */
	HTTP_GONE = 410,
};

/* A list while it is read. */
struct reading {
	const struct settings	*set;
	struct scheduled_invitees *out;
	size_t			 room;		/* entries "all" can hold */
	size_t			 bytes;		/* of all replies so far */
	size_t			 values;	/* in all replies so far */
	int			 calls;
	int			 pages;
	const char		*token;		/* of the page asked for; NULL:
						 * the first */
	const char		*next;
	const char		*first[CALLS_MAX];	/* URIs: the first
							 * entry of each
							 * page */
	bool			 repeats;	/* the last page was there
						 * already */
	bool			 stands;	/* ... just before */
	size_t			 count;		/* entries asked for, and on the
						 * last page that was new */
	size_t			 n;
};

static bool
was_page_before(const struct reading *l, const char *first)
{
	int	 i;

	for (i = 0; first != NULL && i < l->pages; i++)
		if (l->first[i] != NULL && strcmp(l->first[i], first) == 0)
			return true;
	return false;
}

/* Says whether this is the page before, once more. */
static bool
is_page_before(const struct reading *l, const char *first)
{
	const char	*before = l->pages == 0 ? NULL : l->first[l->pages - 1];

	return before != NULL && first != NULL && strcmp(before, first) == 0;
}

/* Counts the values of a list and everything in them. */
static size_t
values_within(const struct json_node *n)
{
	size_t	 sum = 0;

	for (; n != NULL; n = n->next)
		sum += 1 + values_within(n->child);
	return sum;
}

static void
keep_invitee(struct arena *mem, struct reading *l, const struct json_node *e)
{
	struct scheduled_invitees	*out = l->out;
	const size_t			 size = sizeof(*out->all);

	if (out->n == l->room) {
		l->room += COUNT_MOST;
		out->all = arena_grow(mem, out->all, out->n * size,
		    l->room * size);
	}
	out->all[out->n++] = e;
}

static void
keep_page(struct arena *mem, struct reading *l, const struct json_node *list)
{
	const struct json_node	*e;

	l->n = 0;
	for (e = list->child; e != NULL; e = e->next, l->n++)
		if (l->out->n == ENTRIES_MAX)
			l->out->whole = false;
		else if (id_from_uri(mem, json_text(e, "uri")) == NULL)
			l->out->unread++;
		else
			keep_invitee(mem, l, e);
}

static const char *
take_invitee_page(void *arg, struct arena *mem, const struct json_node *json)
{
	struct reading		*l = arg;
	const struct json_node	*list = json_find(json, "collection");
	const char		*first, *why;

	if (list == NULL || list->type != JSON_ARRAY)
		return "the reply holds no collection";
	if ((why = paging_next(mem, l->set, json, &l->next)) != NULL)
		return why;
	l->values += values_within(list->child);
	first = list->child == NULL ? NULL : json_text(list->child, "uri");
	l->stands = is_page_before(l, first);
	if ((l->repeats = was_page_before(l, first)))
		return NULL;
	l->first[l->pages++] = first;
	keep_page(mem, l, list);
	return NULL;
}

/*
 * Says whether the list goes on behind the page that was read last.  A full
 * page that leads to nothing but itself hides what follows, if anything does.
 */
static bool
goes_on(struct reading *l)
{
	const bool	 same = l->next != NULL && l->token != NULL &&
			    strcmp(l->token, l->next) == 0;

	if ((l->stands || same) && l->n >= l->count)
		l->out->whole = false;
	if (l->next == NULL || l->repeats || same)
		return false;
	if (l->calls >= CALLS_MAX || l->bytes > BYTES_MAX ||
	    l->values > VALUES_MAX)
		l->out->whole = false;
	l->token = l->next;
	return l->out->whole;
}

/* Gets all pages, in this size. */
static enum cal_err
read_pages(struct behalf by, const struct secret *token, const char *path,
    int count, struct reading *l, bool *too_big)
{
	struct client_request	 q = {
		.purpose = "invitee_list",
		.method = "GET",
		.token = token,
		.take = take_invitee_page,
		.taker = l,
	};
	struct client_reply	 r;
	enum cal_err		 rc;

	do {
		q.path = arena_printf(by.mem, "%s/invitees?count=%d%s%s", path,
		    count, l->token == NULL ? "" : "&page_token=",
		    l->token == NULL ? "" : uri_encode(by.mem, l->token));
		rc = client_send(by, &q, &r);
		*too_big = rc == CAL_UPSTREAM && r.too_big;
		l->calls++;
		l->bytes += r.body.n;
		if (rc == CAL_INVALID && r.status == HTTP_GONE)
			return CAL_NOTFOUND;
		if (rc == CAL_INVALID && l->token != NULL)
			return CAL_UPSTREAM;
	} while (rc == CAL_OK && goes_on(l));
	return rc;
}

/*
 * Begins the list anew, in pages of this size; what it has cost so far counts
 * on.
 */
static void
begin_anew(struct reading *l, int count)
{
	l->count = (size_t)count;
	*l->out = (struct scheduled_invitees){ .whole = true };
	l->room = 0;
	l->pages = 0;
	l->token = NULL;
}

enum cal_err
scheduled_invitees(struct behalf by, const struct secret *token,
    const char *event_uri, struct scheduled_invitees *out)
{
	const char	*path = id_path(by.mem, "/scheduled_events", event_uri);
	struct reading	*l = arena_alloc(by.mem, sizeof(*l));
	int		 count = COUNT_MOST;
	enum cal_err	 rc;
	bool		 too_big;

	if (path == NULL)
		return CAL_INVALID;
	l->set = client_settings(by.api);
	l->out = out;
	do {
		begin_anew(l, count);
		rc = read_pages(by, token, path, count, l, &too_big);
	} while (too_big && l->calls < CALLS_MAX &&
	    (count /= COUNT_SHRINK) > 0);
	if (rc == CAL_OK && out->unread > 0)
		log_warn("calendly: invitee_list: %zu entries of an event are "
		    "passed over: they name no invitee", out->unread);
	return rc;
}

static const char *
take_invitee(void *arg, struct arena *mem, const struct json_node *json)
{
	const struct json_node	*invitee = json_find(json, "resource");

	(void)arg;
	(void)mem;
	return invitee == NULL || invitee->type != JSON_OBJECT ?
	    "the reply holds no resource" : NULL;
}

enum cal_err
scheduled_invitee(struct behalf by, const struct secret *token,
    const char *event_uri, const char *uri)
{
	const char	*event = id_path(by.mem, "/scheduled_events",
			    event_uri);
	const char	*invitee = id_path(by.mem, "/invitees", uri);
	const struct client_request q = {
		.purpose = "invitee_show",
		.method = "GET",
		.path = arena_printf(by.mem, "%s%s", event == NULL ? "" : event,
		    invitee == NULL ? "" : invitee),
		.token = token,
		.take = take_invitee,
	};
	struct client_reply	 r;
	enum cal_err		 rc;

	if (event == NULL || invitee == NULL)
		return CAL_INVALID;
	rc = client_send(by, &q, &r);
	return rc == CAL_INVALID && r.status == HTTP_GONE ? CAL_NOTFOUND : rc;
}
