/*
 * alone: see alone.h.
 */
#include <string.h>

#include "app/repo/meeting.h"
#include "app/service/meeting/alone.h"
#include "lib/arena.h"
#include "lib/json.h"

/*
 * How the version of a derived end begins.  '-' sorts before digits, and the
 * versions of sightings begin with a digit, so any sighting outranks it.
 */
#define FOUND	"-|"

static bool
is_found(const struct reg *r)
{
	return r->version != NULL && strncmp(r->version, FOUND,
	    strlen(FOUND)) == 0;
}

static const struct json_node *
parse_alone(struct arena *mem, const char *text)
{
	static const struct json_caps	 caps = { 8 << 20, 32, 1 << 17 };
	const struct json_node		*root;
	const char			*why;

	return json_parse(mem, text, strlen(text), &caps, &root, &why) ==
	    CAL_OK ? root : NULL;
}

/*
 * The invitee with the latest cancellation, if the meeting has ended with it.
 * NULL if nobody has canceled; if the event has room for several invitees; or
 * if nothing is known of the event and somebody is still coming.
 */
static const struct invitee *
who_ended(struct arena *mem, const struct meeting *m)
{
	const bool		 unseen = m->content.version[0] == '-';
	const struct invitee	*v, *last = NULL;
	int64_t			 limit;
	int			 active = 0;

	for (v = m->invitees; v < m->invitees + m->ninvitees; v++) {
		if (v->canceled.text == NULL)
			active++;
		else if (last == NULL || strcmp(v->canceled.version,
		    last->canceled.version) > 0)
			last = v;
	}
	if (last == NULL || unseen)
		return active > 0 || m->invitees_more ? NULL : last;
	return json_int(parse_alone(mem, m->content.text),
	    "invitees_counter.limit", &limit) && limit <= 1 ? last : NULL;
}

static struct reg
end_of(struct arena *mem, const struct invitee *v)
{
	const struct json_node	*said = parse_alone(mem, v->canceled.text);
	struct json		*j = json_new(mem);

	json_object(j, NULL);
	json_node(j, "cancellation", json_find(said, "cancellation"), NULL,
	    NULL);
	json_bool(j, "rescheduled", json_is_true(said, "rescheduled"));
	json_end(j);
	return (struct reg){
		.text = json_done(j, NULL),
		.version = arena_printf(mem, FOUND "%s", v->canceled.version),
	};
}

bool
meeting_see_alone(struct arena *mem, struct meeting *m, bool *rescheduled)
{
	const struct reg	 was = m->canceled;
	const struct invitee	*v;

	if (was.version != NULL && !is_found(&was))
		return false;
	m->canceled = (struct reg){ .text = NULL };
	if ((v = who_ended(mem, m)) != NULL) {
		m->canceled = end_of(mem, v);
		*rescheduled = json_is_true(parse_alone(mem, m->canceled.text),
		    "rescheduled");
	}
	if (was.version == NULL ? m->canceled.version != NULL :
	    m->canceled.version == NULL || strcmp(was.version,
	    m->canceled.version) != 0 || !reg_same(&was, &m->canceled))
		m->altered = true;
	return !reg_same(&was, &m->canceled);
}
