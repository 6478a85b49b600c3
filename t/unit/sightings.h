/*
 * sightings: writes Calendly's events from a few words, reads what is seen in
 * them, and finds what is shown of a meeting.
 */
#ifndef T_UNIT_SIGHTINGS_H
#define T_UNIT_SIGHTINGS_H

#include "t/unit/helper.h"

#include <stdbool.h>

#include "app/calendly/payload.h"
#include "app/calendly/sighting.h"
#include "app/repo/meeting.h"
#include "app/service/meeting/json.h"
#include "lib/crypto.h"
#include "lib/json.h"

#define API	"https://api.calendly.com"
#define EVENT	API "/scheduled_events/00000000-0000-4000-8000-00000000000%d"
#define DAY	"2026-11-20T"

/*
 * An event of Calendly's.  Times are minutes and seconds after ten ("05:30").
 */
struct said {
	const char	*kind;
	const char	*sent;		/* created_at, NULL if none; after an @
					 * the second after noon when it was
					 * received */
	int		 event;		/* number of the scheduled event */
	const char	*event_at;	/* its updated_at, NULL if none */
	const char	*event_more;	/* its other members, each after a
					 * comma */
	int		 invitee;
	const char	*invitee_at;
	const char	*invitee_more;
	const char	*change;	/* the change that it makes when the
					 * story is applied in this order */
};

static inline void
put_time(struct buf *b, const char *name, const char *at)
{
	if (at != NULL)
		buf_printf(b, ",\"%s\":\"" DAY "10:%.*sZ\"", name,
		    (int)strcspn(at, "@"), at);
}

/* Returns the body of the event, as Calendly would write it. */
static inline const char *
body_of(const struct said *said)
{
	struct buf	 b;

	buf_init(&b, mem, 0);
	buf_printf(&b, "{\"event\":\"%s\"", said->kind);
	put_time(&b, "created_at", said->sent);
	buf_printf(&b, ",\"payload\":{\"uri\":\"" EVENT "/invitees/"
	    "00000000-0000-4000-8000-00000000010%d\",\"event\":\"" EVENT "\"%s",
	    said->event, said->invitee, said->event, said->invitee_more);
	put_time(&b, "updated_at", said->invitee_at);
	if (said->invitee_at != NULL)
		buf_printf(&b, ",\"created_at\":\"" DAY "09:00:0%dZ\"",
		    said->invitee);
	if (said->event_more != NULL) {
		buf_printf(&b, ",\"scheduled_event\":{\"uri\":\"" EVENT "\"%s",
		    said->event, said->event_more);
		put_time(&b, "updated_at", said->event_at);
		buf_puts(&b, "}");
	}
	buf_puts(&b, "}}");
	return b.p;
}

static inline bool
sighting_received(const char *body, const char *second, struct sighting *s)
{
	struct sighting_source	 src = {
		.connection_id = "c",
		.received_at = arena_printf(mem, DAY "12:00:%s.000000Z",
		    second == NULL ? "00" : second),
	};
	struct payload		 p;

	payload_read(mem, (struct bytes){ body, strlen(body) }, &p);
	assert_null(p.flaw);
	src.kind = p.kind;
	src.sent_at = p.created_at;
	src.invitee = json_find(p.root, "payload");
	src.event = json_find(src.invitee, "scheduled_event");
	return sighting_read(mem, &src, s);
}

static inline bool
sighting_from(const char *body, struct sighting *s)
{
	return sighting_received(body, NULL, s);
}

static inline bool
sighting_of(const struct said *said, struct sighting *s)
{
	const char	*at = said->sent == NULL ? NULL :
			    strchr(said->sent, '@');

	return sighting_received(body_of(said), at == NULL ? NULL : at + 1, s);
}

static inline const struct json_node *
json_of(const char *text)
{
	static const struct json_caps	 caps = { 8 << 20, 32, 1 << 20 };
	const struct json_node		*root;
	const char			*why;

	assert_int_equal(json_parse(mem, text, strlen(text), &caps, &root,
	    &why), CAL_OK);
	return root;
}

/* Returns meeting number "event" as it is shown; fails if it is not there. */
static inline const struct json_node *
meeting_shown(const struct meeting *list, int n, int event)
{
	const char	*uri = arena_printf(mem, EVENT, event);
	struct json	*j;
	const struct json_node	*root;
	const char	*shown;
	int		 i;

	for (i = 0; i < n; i++) {
		j = json_new(mem);
		meeting_write(j, NULL, &list[i]);
		root = json_of(json_done(j, NULL));
		shown = json_text(root, "calendly_uri");
		if (shown != NULL && strcmp(shown, uri) == 0)
			return root;
	}
	fail_msg("no meeting %d", event);
	return NULL;
}

/*
 * Returns the value at a path of keys and numbers ("invitees.0.name"): the text
 * of a string, the JSON of anything else, "missing" if there is none.
 */
static inline const char *
shown_at(const struct json_node *n, const char *path)
{
	struct json	*j = json_new(mem);
	const char	*part;
	size_t		 len;
	int		 i;

	for (; n != NULL && *path != '\0'; path += len + (path[len] == '.')) {
		len = strcspn(path, ".");
		part = arena_ndup(mem, path, len);
		if (n->type != JSON_ARRAY) {
			n = json_find(n, part);
			continue;
		}
		i = (int)strtol(part, NULL, 10);
		for (n = n->child; n != NULL && i > 0; i--)
			n = n->next;
	}
	if (n == NULL)
		return "missing";
	if (n->type == JSON_STRING)
		return n->text;
	json_node(j, NULL, n, NULL, NULL);
	return json_done(j, NULL);
}

#endif
