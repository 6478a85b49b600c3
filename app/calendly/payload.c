/*
 * payload: see payload.h.
 */
#include <string.h>

#include "app/calendly/id.h"
#include "app/calendly/payload.h"
#include "app/calendly/redact.h"
#include "app/calendly/scheduled.h"
#include "app/domain/event_kind.h"
#include "lib/arena.h"
#include "lib/json.h"
#include "lib/when.h"

enum { KIND_MAX = 64 };

static const struct json_caps BODY_CAPS = {
	.size = 1024 * 1024,
	.depth = 32,
	.count = 50 * 1000,
};

static const struct event_kind *
kind_of(const struct payload *p)
{
	return p->kind == NULL ? NULL :
	    event_kind_find(p->kind, strlen(p->kind));
}

/*
 * Says whether this is a type of event that calendlyd itself makes: nobody else
 * may use those names.
 */
static bool
is_reserved(const char *s)
{
	return strncmp(s, "connection.", 11) == 0 ||
	    strncmp(s, "meeting.", 8) == 0 || strncmp(s, "webhook.", 8) == 0;
}

/*
 * Says whether this has the form "thing.happened" in lower case, which is safe
 * as an event's type.
 */
static bool
is_kind(const char *s)
{
	const char	*dot = strchr(s, '.');

	return !is_reserved(s) && dot != NULL && dot != s && dot[1] != '\0' &&
	    strlen(s) <= KIND_MAX &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_.") == strlen(s);
}

static const char *
flaw_of(struct arena *mem, const struct payload *p)
{
	const struct json_node	*content = json_find(p->root, "payload");
	const struct event_kind	*kind;

	if (p->kind == NULL || !is_kind(p->kind))
		return "it names no kind of event";
	if (content == NULL || content->type != JSON_OBJECT)
		return "it has no payload";
	if ((kind = kind_of(p)) != NULL &&
	    id_from_uri(mem, json_text(p->root, kind->subject)) == NULL)
		return "its payload names no subject";
	return NULL;
}

void
payload_read(struct arena *mem, struct bytes body, struct payload *p)
{
	const char	*why = NULL;

	memset(p, 0, sizeof(*p));
	if (json_parse_spoiled(mem, body.p, body.n, &BODY_CAPS, &p->root,
	    &why) != CAL_OK) {
		p->root = NULL;
		p->flaw = arena_printf(mem, "it is not JSON: %s",
		    why == NULL ? "unreadable" : why);
		return;
	}
	p->kind = json_text(p->root, "event");
	p->created_at = when_read_loose(mem, json_text(p->root,
	    "created_at"));
	if ((p->flaw = flaw_of(mem, p)) != NULL)
		p->kind = NULL;
}

static const char *
apart_from(struct arena *mem, const struct payload *p,
    const struct event_kind *kind)
{
	const char	*id;

	switch (kind->apart) {
	case APART_NO_SHOW:
		id = id_from_uri(mem, json_text(p->root,
		    "payload.no_show.uri"));
		return id != NULL ? id : json_text(p->root, "created_at");
	case APART_UPDATED:
		return json_text(p->root, kind->updated_at);
	case APART_NOT:
		break;
	}
	return NULL;
}

/*
 * Appends a part with its NUL, so that two different lists of parts can't give
 * the same bytes.
 */
static void
add_part(struct buf *b, const char *s)
{
	(void)buf_add(b, s == NULL ? "" : s, s == NULL ? 1 : strlen(s) + 1);
}

struct bytes
payload_known(struct arena *mem, const struct payload *p, struct bytes body)
{
	const struct event_kind	*kind = kind_of(p);
	struct buf		 b;

	buf_init(&b, mem, 0);
	add_part(&b, p->kind);
	if (kind == NULL) {
		(void)buf_add(&b, body.p, body.n);
	} else {
		add_part(&b, id_from_uri(mem, json_text(p->root,
		    kind->subject)));
		add_part(&b, apart_from(mem, p, kind));
	}
	return (struct bytes){ b.p, b.n };
}

const char *
payload_about(struct arena *mem, const struct payload *p)
{
	const struct json_node	*invitee = json_find(p->root, "payload");

	if (event_kind_about(p->kind) != ABOUT_INVITEE)
		return NULL;
	return id_from_uri(mem, scheduled_uri(mem, invitee,
	    json_find(invitee, "scheduled_event")));
}

const char *
payload_content(struct arena *mem, const struct payload *p)
{
	struct json	*j = json_new(mem);
	size_t		 n;

	json_node(j, NULL, json_find(p->root, "payload"), redact_keeps, NULL);
	return json_done(j, &n);
}
