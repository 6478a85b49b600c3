/*
 * sighting_no_show: reads whether an invitee did not come.
 */
#include <string.h>

#include "app/calendly/no_show.h"
#include "app/calendly/sighting_look.h"
#include "lib/arena.h"
#include "lib/json.h"

enum { SECONDSZ = 19 };		/* bytes of a timestamp that precede its
				 * fraction: "2026-11-20T10:00:00" */

static const char	no_fraction[] = ".000000Z";

/*
 * Orders messages of one second: by when the message was sent, if that is in
 * microseconds, else by when it was received.
 */
static const char *
order_of(const struct look *l)
{
	const char	*sent = l->src->sent_at;

	return sent != NULL && strcmp(sent + SECONDSZ, no_fraction) != 0 ?
	    sent : l->src->received_at;
}

static const char *
sent_or_received(const struct look *l)
{
	return l->src->sent_at != NULL ? l->src->sent_at :
	    l->src->received_at;
}

static const char *
sighted_text(const struct look *l, const struct json_node *n, const char *at)
{
	struct json	*j = json_new(l->mem);

	json_object(j, NULL);
	json_str(j, "uri", json_text(n, "uri"));
	json_str(j, "created_at", at);
	json_end(j);
	return json_done(j, NULL);
}

/* A clearing that names no no-show ends whatever was set until then. */
static struct no_show
clears_all(const struct look *l, const char *order)
{
	return (struct no_show){
		.at = arena_printf(l->mem, "%.*s%s", SECONDSZ,
		    sent_or_received(l), no_fraction),
		.order = "",
		.hash = "",
		.cleared_by = order,
	};
}

/* Says that the no-show "n" was set, or has ended, except in what order. */
static void
say_named(const struct look *l, const struct json_node *n, struct no_show *said,
    struct sighting *s)
{
	const char	*at = look_time(l, n, "created_at");

	said->at = at != NULL ? at : sent_or_received(l);
	said->cleared_by = "";
	if (!said->cleared)
		s->no_show.text = sighted_text(l, n, said->at);
	said->hash = look_hash(l, said->cleared ? "" : s->no_show.text);
	s->no_show_since = said->cleared ? NULL : at;
}

/*
 * An answer of the API shows what was so at the moment for which it speaks.  A
 * no-show was there until then, or was set afterwards.  If there is none, any
 * that was set before has ended, which is like a clearing that names none.
 */
static void
read_no_show(const struct look *l, const struct json_node *n,
    struct sighting *s)
{
	struct no_show	 said = { .cleared = false };

	if (l->src->sent_at == NULL)
		return;
	if (n->type == JSON_OBJECT) {
		say_named(l, n, &said, s);
		said.order = look_later(said.at, l->src->sent_at);
	} else if (n->type == JSON_NULL)
		said = clears_all(l, l->src->sent_at);
	else
		return;
	s->no_show.version = no_show_version(l->mem, &said);
}

/*
 * Only the two kinds about no-shows say for certain what is true.  An event of
 * another kind may show a no-show that has ended since, so all that it says is
 * that this one began; and if it shows none, that says nothing.
 */
static void
hear_no_show(const struct look *l, const struct json_node *n,
    struct sighting *s)
{
	const bool	 set = look_is_kind(l, "invitee_no_show.created");
	struct no_show	 said = {
		.cleared = look_is_kind(l, "invitee_no_show.deleted")
	};

	if (n != NULL && n->type != JSON_OBJECT)
		n = NULL;
	if (n == NULL && !set && !said.cleared)
		return;
	if (said.cleared && look_time(l, n, "created_at") == NULL) {
		said = clears_all(l, order_of(l));
	} else {
		say_named(l, n, &said, s);
		said.order = set || said.cleared ? order_of(l) : said.at;
	}
	s->no_show.version = no_show_version(l->mem, &said);
}

void
look_for_no_show(const struct look *l, struct sighting *s)
{
	const struct json_node	*n = json_find(l->src->invitee, "no_show");

	if (l->src->kind != NULL)
		hear_no_show(l, n, s);
	else if (n != NULL)
		read_no_show(l, n, s);
}
