/*
 * picture: see picture.h.
 */
#include <stdlib.h>
#include <string.h>

#include "app/calendly/sighting.h"
#include "app/repo/meeting.h"
#include "app/repo/tx.h"
#include "app/service/meeting/json.h"
#include "app/service/meeting/picture.h"
#include "lib/arena.h"
#include "lib/json.h"

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

	*p = (struct picture){
		.meetings = arena_array(mem, n, sizeof(*p->meetings))
	};
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

enum cal_err
picture_open(struct picture *p, struct tx *tx,
    const struct picture_item *items, size_t n)
{
	struct invitee_ref	*gone = NULL, *who;
	enum cal_err		 rc;
	size_t			 i, nwho;
	int			 ngone;

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

struct news
picture_see(struct picture *p, struct arena *mem, const struct sighting *s)
{
	return meeting_see(mem, meeting_in(p, s), s);
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
