/*
 * pictures: some meetings as they are after a number of sightings.
 */
#ifndef T_UNIT_PICTURES_H
#define T_UNIT_PICTURES_H

#include "t/unit/helper.h"

#include "app/calendly/sighting.h"
#include "app/repo/meeting.h"
#include "app/service/meeting/json.h"
#include "app/service/meeting/merge.h"
#include "lib/buf.h"
#include "lib/json.h"

enum { MEETINGS = 16 };

struct picture {
	struct meeting	 meetings[MEETINGS];
	int		 n;
};

/* Adds a sighting to its meeting and returns what it changed. */
static inline struct news
seen_in(struct picture *p, const struct sighting *s)
{
	int	 i;

	for (i = 0; i < p->n; i++)
		if (strcmp(p->meetings[i].id, s->meeting_id) == 0)
			break;
	assert_true(i < MEETINGS);
	if (i == p->n)
		p->meetings[p->n++] = (struct meeting){
			.id = s->meeting_id, .user_id = "u"
		};
	return meeting_see(mem, &p->meetings[i], s);
}

static inline int
by_id(const void *x, const void *y)
{
	const struct meeting	*a = x, *b = y;

	return strcmp(a->id, b->id);
}

static inline void
put_reg(struct buf *b, const struct reg *r)
{
	buf_printf(b, " %s=%s", r->version, r->text);
}

/*
 * Returns all that is known of the meetings as text: what hosts see, and the
 * versions and times that they do not see.
 */
static inline const char *
text_of(struct picture *p)
{
	const struct invitee	*v;
	struct json		*j = json_new(mem);
	struct buf		 b;
	int			 i, k;

	qsort(p->meetings, (size_t)p->n, sizeof(p->meetings[0]), by_id);
	buf_init(&b, mem, 0);
	json_array(j, NULL);
	for (i = 0; i < p->n; i++) {
		const struct meeting	*m = &p->meetings[i];

		meeting_write(j, NULL, m);
		buf_printf(&b, "\n%s %s %s %s", m->start_at, m->end_at,
		    m->presence.seen_at, m->presence.gone_at);
		put_reg(&b, &m->content);
		put_reg(&b, &m->canceled);
		for (k = 0; k < m->ninvitees; k++) {
			v = &m->invitees[k];
			buf_printf(&b, "\n%s %s %s %s", v->id, v->booked_at,
			    v->presence.seen_at, v->presence.gone_at);
			put_reg(&b, &v->content);
			put_reg(&b, &v->canceled);
			put_reg(&b, &v->no_show);
		}
	}
	json_end(j);
	return arena_printf(mem, "%s%s", json_done(j, NULL), b.p);
}

#endif
