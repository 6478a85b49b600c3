/*
 * picture: see picture.h.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "app/calendly/sighting.h"
#include "app/domain/policy.h"
#include "app/domain/presence.h"
#include "app/repo/meeting.h"
#include "app/repo/tx.h"
#include "app/service/meeting/json.h"
#include "app/service/meeting/picture.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/json.h"
#include "lib/when.h"

static int
by_id(const void *x, const void *y)
{
	const struct meeting	*a = x, *b = y;

	return strcmp(a->id, b->id);
}

/* Lists the meetings that the items are about, each once. */
static void
list_meetings(struct picture *p, struct arena *mem,
    const struct picture_item *items, size_t n)
{
	size_t	 i;

	p->n = 0;
	p->meetings = arena_array(mem, n, sizeof(*p->meetings));
	for (i = 0; i < n; i++)
		p->meetings[i] = (struct meeting){
			.id = items[i].s->meeting_id,
			.connection_id = items[i].connection_id,
			.user_id = items[i].user_id,
		};
	qsort(p->meetings, n, sizeof(*p->meetings), by_id);
	for (i = 0; i < n; i++)
		if (p->n == 0 || by_id(&p->meetings[p->n - 1],
		    &p->meetings[i]) != 0)
			p->meetings[p->n++] = p->meetings[i];
}

/*
 * Lists the invitees that must be loaded of meetings that are gone: all of
 * them, because each of them is forgotten.
 */
static enum cal_err
list_gone(struct tx *tx, const struct picture_item *items, size_t n,
    struct invitee_ref **who, int *nwho)
{
	const char	**id = arena_array(tx->mem, n, sizeof(*id));
	size_t		  i, nid = 0;

	*nwho = 0;
	for (i = 0; i < n; i++)
		if (items[i].s->meeting_presence.gone_at != NULL)
			id[nid++] = items[i].s->meeting_id;
	return nid == 0 ? CAL_OK : meeting_invitees_of(tx, id, nid, who, nwho);
}

/* The time from which on meetings are kept; NULL: all are. */
static const char *
picture_kept_from(struct arena *mem, const struct settings *set)
{
	return set->retention_meetings == 0 ? NULL : when_now(mem,
	    -(int64_t)set->retention_meetings * POLICY_DAY);
}

enum cal_err
picture_open(struct picture *p, struct tx *tx, const struct settings *set,
    const struct picture_item *items, size_t n)
{
	struct invitee_ref	*gone = NULL, *who;
	enum cal_err		 rc;
	size_t			 i, nwho;
	int			 ngone;

	p->kept_from = picture_kept_from(tx->mem, set);
	list_meetings(p, tx->mem, items, n);
	if (n == 0)
		return CAL_OK;
	if ((rc = list_gone(tx, items, n, &gone, &ngone)) != CAL_OK)
		return rc;
	nwho = (size_t)ngone;
	who = arena_array(tx->mem, nwho + n, sizeof(*who));
	if (nwho > 0)
		memcpy(who, gone, nwho * sizeof(*who));
	for (i = 0; i < n; i++)
		if (items[i].s->invitee_id != NULL)
			who[nwho++] = (struct invitee_ref){
				.meeting_id = items[i].s->meeting_id,
				.id = items[i].s->invitee_id,
			};
	return meeting_load(tx, p->meetings, p->n, who, nwho);
}

static struct meeting *
meeting_in(const struct picture *p, const struct sighting *s)
{
	const struct meeting	 key = { .id = s->meeting_id };

	return bsearch(&key, p->meetings, p->n, sizeof(key), by_id);
}

/*
 * Says whether the meeting, as it is stored and as it is seen now, has been
 * over for longer than meetings are kept.  One without times is not.
 */
static bool
is_past_keeping(const struct picture *p, const struct meeting *m,
    const struct sighting *s)
{
	const char	*end = NULL;

	if (p->kept_from == NULL)
		return false;
	(void)presence_move(&end, m->start_at);
	(void)presence_move(&end, m->end_at);
	(void)presence_move(&end, s->start_at);
	(void)presence_move(&end, s->end_at);
	return end != NULL && strcmp(end, p->kept_from) < 0;
}

struct news
picture_see(struct picture *p, struct arena *mem, const struct sighting *s)
{
	struct meeting	*m = meeting_in(p, s);

	assert(m != NULL);
	if (is_past_keeping(p, m, s))
		return (struct news){ .change = MEETING_SAME };
	return meeting_see(mem, m, s);
}

enum cal_err
picture_save(const struct picture *p, struct tx *tx)
{
	return meeting_save(tx, p->meetings, p->n);
}

const struct meeting *
picture_meeting(const struct picture *p, const struct sighting *s)
{
	return meeting_in(p, s);
}

const char *
picture_told(struct arena *mem, const struct meeting *m,
    enum meeting_change change, const char *invitee_id)
{
	struct json	*j = json_new(mem);

	json_object(j, NULL);
	json_str(j, "change", meeting_change_name(change));
	json_str(j, "invitee_id", invitee_id);
	meeting_tell(j, "meeting", m, invitee_id);
	json_end(j);
	return json_done(j, NULL);
}
