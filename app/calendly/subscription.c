/*
 * subscription: see subscription.h.
 */
#include <string.h>

#include "app/calendly/client.h"
#include "app/calendly/id.h"
#include "app/calendly/paging.h"
#include "app/calendly/subscription.h"
#include "app/calendly/subscription_parse.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/secret.h"
#include "lib/uri.h"

enum {
	PAGE_SIZE = 100,	/* the most that Calendly allows */
	PAGES_MAX = 10,
	ENTRIES_MAX = PAGES_MAX * PAGE_SIZE,
	HTTP_GONE = 410,
};

static size_t
count_entries(const struct json_node *list)
{
	size_t	 n = 0;

	for (; list != NULL; list = list->next)
		n++;
	return n;
}

/* A page, and the token with which it was asked for. */
struct page_taker {
	const struct settings	*set;
	struct subscription_page *page;
	const char		*token;
};

static void
add_entries(struct arena *mem, const struct json_node *list,
    struct subscription_page *page)
{
	const struct json_node	*e;
	struct subscription	 s;
	size_t			 mute = 0;

	page->all = arena_array(mem, count_entries(list->child),
	    sizeof(*page->all));
	page->n = 0;
	for (e = list->child; e != NULL; e = e->next) {
		s = subscription_parse(mem, e);
		if (s.uri == NULL && s.callback_url == NULL)
			mute++;
		else
			page->all[page->n++] = s;
	}
	if (mute > 0)
		log_warn("calendly: subscription_list: %zu entries of page %d "
		    "with neither uri nor callback_url are passed over: "
		    "nobody can tell whose they are", mute, page->number);
}

static const char *
take_page(void *arg, struct arena *mem, const struct json_node *json)
{
	const struct page_taker	*t = arg;
	struct subscription_page *page = t->page;
	const struct json_node	*list = json_find(json, "collection");
	const char		*why;

	if (list == NULL || list->type != JSON_ARRAY)
		return "the reply holds no collection";
	/*
	 * A page may be longer than was asked for, so entries are counted too.
	 */
	page->seen += count_entries(list->child);
	if (page->seen > ENTRIES_MAX)
		return "the listing holds over 1000 entries";
	add_entries(mem, list, page);
	if ((why = paging_next(mem, t->set, json, &page->next)) != NULL)
		return why;
	if (page->next != NULL && (page->number >= PAGES_MAX ||
	    (t->token != NULL && strcmp(t->token, page->next) == 0)))
		return "the listing does not end";
	return NULL;
}

enum cal_err
subscription_page(struct behalf by, const struct secret *token,
    const char *organization, const char *user, const char *page_token,
    struct subscription_page *page)
{
	struct page_taker	 taker = {
		client_settings(by.api), page, page_token
	};
	struct client_request	 q = {
		.purpose = "subscription_list",
		.method = "GET",
		.token = token,
		.take = take_page,
		.taker = &taker,
	};
	struct client_reply	 r;
	struct buf		 b;

	page->number++;
	buf_init(&b, by.mem, 0);
	uri_add(&b, "organization", organization);
	uri_add(&b, "user", user);
	uri_add(&b, "scope", "user");
	uri_add(&b, "count", arena_printf(by.mem, "%d", PAGE_SIZE));
	if (page_token != NULL)
		uri_add(&b, "page_token", page_token);
	q.path = arena_printf(by.mem, "/webhook_subscriptions?%s", b.p);
	return client_send(by, &q, &r);
}

/*
 * The status decides first; the wording of the message only tells a missing
 * plan from a missing role.
 */
static enum refusal
refusal_from(enum cal_err rc, const struct json_node *json)
{
	const char	*message = json_text(json, "message");

	if (rc == CAL_INVALID)
		return REFUSAL_REJECTED;
	if (json_find(json, "required_scopes") != NULL)
		return REFUSAL_SCOPE;
	if (message != NULL && (strstr(message, "upgrade") != NULL ||
	    strstr(message, "Standard") != NULL ||
	    strstr(message, "Professional") != NULL))
		return REFUSAL_PLAN;
	return REFUSAL_ROLE;
}

static const char *
create_body(struct arena *mem, const struct subscription_wish *w, size_t *n)
{
	const char *const	*event;
	struct json		*j = json_new(mem);

	json_object(j, NULL);
	json_str(j, "url", w->url);
	json_array(j, "events");
	for (event = w->events; *event != NULL; event++)
		json_str(j, NULL, *event);
	json_end(j);
	json_str(j, "organization", w->organization);
	json_str(j, "user", w->user);
	json_str(j, "scope", "user");
	if (w->signing_key != NULL)
		json_str(j, "signing_key", secret_text(w->signing_key));
	json_end(j);
	return json_done(j, n);
}

/* Takes the answer to a creation, which must name the new subscription. */
static const char *
take_made(void *arg, struct arena *mem, const struct json_node *json)
{
	struct subscription	*made = arg;

	*made = subscription_parse(mem, json_find(json, "resource"));
	return made->uri == NULL ? "the reply names no subscription" : NULL;
}

enum cal_err
subscription_create(struct behalf by, const struct secret *token,
    const struct subscription_wish *w, struct subscription *s,
    enum refusal *why)
{
	struct client_request	 q = {
		.purpose = "subscription_create",
		.method = "POST",
		.path = "/webhook_subscriptions",
		.token = token,
		/* The URL's last part is the endpoint, which is secret. */
		.hide = {
			secret_from_text(by.mem, strrchr(w->url, '/') + 1),
			w->signing_key,
		},
		.take = take_made,
		.taker = s,
	};
	struct client_reply	 r;
	enum cal_err		 rc;

	*why = REFUSAL_NONE;
	q.body = create_body(by.mem, w, &q.bodysz);
	rc = client_send(by, &q, &r);
	/* 404: the organization or the user does not exist for us. */
	if (rc == CAL_NOTFOUND)
		rc = CAL_DENIED;
	if (rc == CAL_DENIED || rc == CAL_INVALID)
		*why = refusal_from(rc, r.json);
	return rc;
}

/* Makes a call about one subscription.  CAL_NOTFOUND: 404 or 410. */
static enum cal_err
call_one(struct behalf by, struct client_request *q, const char *uri,
    struct client_reply *r)
{
	enum cal_err	 rc;

	q->path = id_path(by.mem, "/webhook_subscriptions", uri);
	if (q->path == NULL)
		return CAL_INVALID;
	rc = client_send(by, q, r);
	return rc == CAL_INVALID && r->status == HTTP_GONE ? CAL_NOTFOUND : rc;
}

enum cal_err
subscription_find(struct behalf by, const struct secret *token, const char *uri,
    struct subscription *s)
{
	struct client_request	 q = {
		.purpose = "subscription_show",
		.method = "GET",
		.token = token,
	};
	const struct json_node	*resource;
	struct client_reply	 r;
	enum cal_err		 rc;

	if ((rc = call_one(by, &q, uri, &r)) != CAL_OK)
		return rc;
	resource = json_find(r.json, "resource");
	if (resource == NULL || resource->type != JSON_OBJECT) {
		log_warn("calendly: subscription_show: no resource in the "
		    "reply");
		return CAL_UPSTREAM;
	}
	*s = subscription_parse(by.mem, resource);
	if (!id_same(by.mem, s->uri, uri))
		s->uri = uri;
	return CAL_OK;
}

enum cal_err
subscription_delete(struct behalf by, const struct secret *token,
    const char *uri)
{
	struct client_request	 q = {
		.purpose = "subscription_delete",
		.method = "DELETE",
		.token = token,
	};
	struct client_reply	 r;
	enum cal_err		 rc;

	rc = call_one(by, &q, uri, &r);
	if (rc == CAL_NOTFOUND)
		return CAL_OK;
	/* Callers take CAL_CONFLICT for a lease that another process holds. */
	return rc == CAL_CONFLICT ? CAL_UPSTREAM : rc;
}
