/*
 * engine_room: see engine_own.h.
 */
#include "app/service/push/engine_own.h"

enum {
	BYTES_MOST = 64 * 1024 * 1024,	/* in flight to those that answer; and
					 * as many to those that may hang */
};

struct budget
engine_budget(const struct engine *e)
{
	struct budget		 b = { .all = e->most - e->in_flight,
				    .doubtful = e->most / 2,
				    .proven_bytes = e->bytes };
	const struct target	*t;

	for (t = e->targets; t != NULL; t = t->next)
		if (!t->proven) {
			b.doubtful -= t->in_flight;
			b.doubtful_bytes += t->bytes;
			b.proven_bytes -= t->bytes;
		}
	return b;
}

/*
 * How many more there may be for a target, by the budget.  When half of the
 * bytes are taken by those that may hang, each of them still gets one, so that
 * who is new shows soon that it answers.
 */
static int
most_for(const struct budget *b, const struct target *t)
{
	const int	 places = b->all < b->doubtful ? b->all : b->doubtful;

	if (t->proven)
		return b->proven_bytes < BYTES_MOST ? b->all : 0;
	if (b->doubtful_bytes < BYTES_MOST / 2)
		return places;
	if (b->doubtful_bytes >= BYTES_MOST || t->in_flight > 0)
		return 0;
	return places < 1 ? places : 1;
}

int
engine_room(const struct engine *e, const struct budget *b,
    const struct target *t, bool *probe)
{
	const int	 most = most_for(b, t);
	const int	 room = target_room(t, engine_db_now(e), probe);

	return room < most ? room : most > 0 ? most : 0;
}
