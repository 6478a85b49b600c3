/*
 * fuzz meeting: whatever a delivery says about a meeting can be stored and
 * shown.  What is shown is valid JSON, holds no password and no "data" member,
 * and stays the same when the delivery is seen again.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app/calendly/payload.h"
#include "app/calendly/sighting.h"
#include "app/repo/meeting.h"
#include "app/service/meeting/json.h"
#include "app/service/meeting/merge.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/json.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const struct json_caps	wide = { 8 << 20, 32, 1 << 17 };

static void
must(bool so)
{
	if (!so)
		abort();
}

static bool
is_secret(const struct json_node *n)
{
	return n->key != NULL && (strcasestr(n->key, "password") != NULL ||
	    strcasestr(n->key, "passcode") != NULL ||
	    strcmp(n->key, "data") == 0);
}

static bool
holds_secret(const struct json_node *n)
{
	const struct json_node	*e;

	for (e = n->child; e != NULL; e = e->next)
		if (is_secret(e) || holds_secret(e))
			return true;
	return false;
}

static const char *
shown(struct arena *mem, const struct meeting *m)
{
	struct json	*j = json_new(mem);

	meeting_write(j, NULL, m);
	return json_done(j, NULL);
}

static void
test_sighting(struct arena *mem, const struct sighting *s)
{
	struct meeting		 m = { .id = s->meeting_id, .user_id = "u" };
	const struct json_node	*root;
	const char		*text, *why;

	must(meeting_see(mem, &m, s).change != MEETING_SAME);
	text = shown(mem, &m);
	must(json_parse(mem, text, strlen(text), &wide, &root, &why) ==
	    CAL_OK);
	must(root->type == JSON_OBJECT && !holds_secret(root));
	must(json_text(root, "id") != NULL &&
	    json_text(root, "invitees") == NULL &&
	    json_find(root, "invitees")->child != NULL);
	must(meeting_see(mem, &m, s).change == MEETING_SAME);
	must(strcmp(shown(mem, &m), text) == 0);
}

static void
test_payload(struct arena *mem, const struct payload *p)
{
	struct sighting_source	 src = {
		.connection_id = "c",
		.kind = p->kind,
		.sent_at = p->created_at,
		.received_at = "2026-11-20T12:00:00.000000Z",
		.invitee = json_find(p->root, "payload"),
	};
	struct sighting		 s, again;

	src.event = json_find(src.invitee, "scheduled_event");
	if (!sighting_read(mem, &src, &s))
		return;
	must(sighting_read(mem, &src, &again));
	must(reg_same(&s.meeting, &again.meeting) &&
	    strcmp(s.meeting.version, again.meeting.version) == 0);
	test_sighting(mem, &s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bytes	 body = { (const char *)p, n };
	struct payload	 got;
	struct arena	*mem;

	if (crypto_init() != CAL_OK)
		abort();
	mem = arena_new((size_t)128 << 20);
	payload_read(mem, body, &got);
	if (got.flaw == NULL)
		test_payload(mem, &got);
	arena_free(mem);
	return 0;
}
