/*
 * sighting_presence: when a meeting and its invitee were there.
 */
#include <ctype.h>
#include <string.h>

#include "app/calendly/sighting_look.h"
#include "lib/arena.h"
#include "lib/when.h"

const char *
sighting_time(struct arena *mem, const char *version)
{
	const char	*latest = NULL;
	size_t		 n;

	for (; *version != '\0'; version += n + (version[n] == '|')) {
		n = strcspn(version, "|");
		if (n != WHEN_SZ || !isdigit((unsigned char)version[0]) ||
		    version[n - 1] != 'Z')
			continue;
		if (latest == NULL || strncmp(version, latest, n) > 0)
			latest = version;
	}
	return latest == NULL ? NULL : arena_ndup(mem, latest, WHEN_SZ);
}

static void
note_seen(const struct look *l, const struct reg *r, const char **seen_at)
{
	if (r->version != NULL)
		(void)presence_move(seen_at, sighting_time(l->mem,
		    r->version));
}

/*
 * No value may be newer than the presence is, so that whatever is gone has no
 * newer value left.
 */
void
look_for_presence(const struct look *l, struct sighting *s)
{
	const char	*seen_at = arena_dup(l->mem, l->src->sent_at != NULL ?
			    l->src->sent_at : l->src->received_at);

	if (s->invitee_id != NULL) {
		note_seen(l, &s->invitee, &seen_at);
		note_seen(l, &s->invitee_canceled, &seen_at);
		s->invitee_presence.seen_at = seen_at;
	}
	if (presence_move(&seen_at, l->event_sent_at))
		seen_at = arena_dup(l->mem, seen_at);
	note_seen(l, &s->meeting, &seen_at);
	note_seen(l, &s->meeting_canceled, &seen_at);
	s->meeting_presence.seen_at = seen_at;
}
