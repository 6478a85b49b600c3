/*
 * fuzz order: the deliveries of one meeting lead to the same meeting in
 * whatever order and however often they are applied.  It can be stored and
 * shown, and does not show a location's "data", which may hold passwords.  Each
 * body has a time at which it was received, which may decide where nothing else
 * does; the order in which bodies are applied decides nothing.
 *
 * The input is up to six bodies, separated by NULs.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app/calendly/payload.h"
#include "app/calendly/sighting.h"
#include "app/domain/event_kind.h"
#include "app/repo/meeting.h"
#include "app/service/meeting/json.h"
#include "app/service/meeting/merge.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/json.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum { BODIES = 6 };

static const struct json_caps	wide = { 8 << 20, 40, 1 << 17 };

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
is_object(struct arena *mem, const char *text)
{
	const struct json_node	*n;
	const char		*why;

	must(json_parse(mem, text, strlen(text), &wide, &n, &why) == CAL_OK);
	must(n->type == JSON_OBJECT);
	must(json_find(n, "location.data") == NULL);
}

static void
test_reg(struct arena *mem, const struct reg *r)
{
	must(r->text == NULL || r->version != NULL);
	must(r->version == NULL || *r->version != '\0');
	if (r->text != NULL)
		is_object(mem, r->text);
}

static void
test_sighting(struct arena *mem, const struct sighting *s)
{
	must(s->meeting_id != NULL && s->invitee_id != NULL);
	must(s->meeting.text != NULL && s->invitee.text != NULL);
	test_reg(mem, &s->meeting);
	test_reg(mem, &s->meeting_canceled);
	test_reg(mem, &s->invitee);
	test_reg(mem, &s->invitee_canceled);
	test_reg(mem, &s->no_show);
}

static bool
read_one(struct arena *mem, const char *p, size_t n, int nth,
    struct sighting *s)
{
	struct sighting_source	 src = {
		.connection_id = "c0ffee00-0000-4000-8000-000000000000",
		.received_at = arena_printf(mem,
		    "2026-11-22T12:00:0%d.000000Z", nth),
	};
	struct payload		 got;

	payload_read(mem, (struct bytes){ p, n }, &got);
	if (got.flaw != NULL || event_kind_about(got.kind) != ABOUT_INVITEE)
		return false;
	src.kind = got.kind;
	src.sent_at = got.created_at;
	src.invitee = json_find(got.root, "payload");
	src.event = json_find(src.invitee, "scheduled_event");
	if (!sighting_read(mem, &src, s))
		return false;
	test_sighting(mem, s);
	return true;
}

/*
 * Reads the bodies into "s", skips those that are not about the same meeting as
 * the first, and returns how many there are.
 */
static int
read_all(struct arena *mem, const char *p, size_t n, struct sighting *s)
{
	const char	*end;
	int		 found = 0, i;

	for (i = 0; i < BODIES && n > 0; i++) {
		end = memchr(p, '\0', n);
		if (end == NULL)
			end = p + n;
		if (read_one(mem, p, (size_t)(end - p), i, &s[found]) &&
		    strcmp(s[found].meeting_id, s[0].meeting_id) == 0)
			found++;
		n -= (size_t)(end - p);
		p = end;
		if (n > 0) {
			p++;
			n--;
		}
	}
	return found;
}

/*
 * Applies all sightings, from number "from" on and in steps of "step", which
 * must lead to each of them, and returns the meeting as it is shown.
 */
static const char *
picture(struct arena *mem, const struct sighting *s, int n, int from, int step)
{
	struct meeting	 m = { .id = s[0].meeting_id, .user_id = "u" };
	struct json	*j = json_new(mem);
	const char	*text;
	int		 i;

	for (i = 0; i < n; i++)
		(void)meeting_see(mem, &m, &s[(from + i * step) % n]);
	for (i = 0; i < n; i++)
		must(meeting_see(mem, &m, &s[i]).change ==
		    MEETING_SAME);
	meeting_write(j, NULL, &m);
	text = json_done(j, NULL);
	is_object(mem, text);
	return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t size)
{
	struct sighting	 s[BODIES];
	struct arena	*mem;
	const char	*first;
	int		 from, n;

	if (crypto_init() != CAL_OK)
		abort();
	mem = arena_new((size_t)64 << 20);
	n = read_all(mem, (const char *)p, size, s);
	if (n > 0) {
		first = picture(mem, s, n, 0, 1);
		for (from = 0; from < n; from++) {
			must(strcmp(picture(mem, s, n, from, 1), first) == 0);
			must(strcmp(picture(mem, s, n, from, n - 1),
			    first) == 0);
		}
	}
	arena_free(mem);
	return 0;
}
