/*
 * engine: see engine.h.
 */
#include <stdlib.h>

#include "app/service/push/engine.h"
#include "app/service/push/engine_own.h"
#include "app/service/push/flight.h"
#include "app/service/service.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/db.h"
#include "lib/err.h"
#include "lib/http_many.h"

enum {
	MEMORY_MAX = 256 * 1024 * 1024,	/* of one turn */
	IN_FLIGHT_MOST = 1000,
	DESCRIPTORS_OTHERS = 64,	/* for all but calls */
	TOTAL_MS = 15 * 1000,
	LEAVE_MS = 5 * 1000,
	WAIT_MOST_MS = 1000,
};

/*
 * A call needs a descriptor, and a connection that is kept for later needs one,
 * too.
 */
static int
most_in_flight(long descriptors)
{
	const long	 n = (descriptors - DESCRIPTORS_OTHERS) / 2;

	if (n >= IN_FLIGHT_MOST)
		return IN_FLIGHT_MOST;
	return n < HEALTH_IN_FLIGHT ? HEALTH_IN_FLIGHT : (int)n;
}

struct engine *
engine_new(struct service *cal, long descriptors)
{
	struct engine	*e = calloc(1, sizeof(*e));

	if (e == NULL)
		err_nomem("pushes");
	e->cal = cal;
	e->guard = guard_new(cal->mem, cal->set->deliver_allow);
	e->most = most_in_flight(descriptors);
	e->many = flight_client(cal->set, e->guard, TOTAL_MS, e->most);
	e->mem = arena_new(MEMORY_MAX);
	e->record_at = INT64_MAX;
	return e;
}

void
engine_free(struct engine *e)
{
	http_many_free(e->many);
	engine_forget(e);
	guard_free(e->guard);
	arena_free(e->mem);
	free(e);
}

/*
 * Connects again if needed, but not in a hurry: meanwhile the calls under way
 * would not go on.
 */
static bool
has_connection(struct engine *e)
{
	if (db_is_connected(e->cal->db))
		return true;
	if (clock_ms() < e->connect_at)
		return false;
	if (db_connect(e->cal->db) == CAL_OK)
		return true;
	e->connect_at = clock_ms() + ENGINE_AWAY_MS;
	return false;
}

static int64_t
earlier_of(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Returns the milliseconds until the next statements are due. */
static int
wait_ms(const struct engine *e)
{
	const int64_t	 now = clock_ms();
	int64_t		 due;

	due = earlier_of(engine_record_due(e), engine_take_due(e));
	due = earlier_of(due, e->claim_at);
	if (due < e->due)
		due = e->due;
	if (!db_is_connected(e->cal->db) && due < e->connect_at)
		due = e->connect_at;
	if (due <= now)
		return 0;
	return (int)earlier_of(due - now, WAIT_MOST_MS);
}

void
engine_turn(struct engine *e, int fd)
{
	http_many_turn(e->many, wait_ms(e), fd);
	engine_settle(e);
	if (clock_ms() < e->due || !has_connection(e))
		return;
	if (engine_record(e)) {
		engine_claim(e);
		engine_take(e);
	}
	if (e->due <= clock_ms())
		e->due = clock_ms() + ENGINE_SOON_MS;
	arena_reset(e->mem);
}

static void
await_flights(struct engine *e)
{
	const int64_t	 until = clock_ms() + LEAVE_MS;
	int64_t		 left;

	while (e->in_flight > 0 && (left = until - clock_ms()) > 0) {
		http_many_turn(e->many, (int)left, -1);
		engine_settle(e);
	}
	e->leaving = true;
	http_many_give_up(e->many, "the pusher had to leave");
	engine_settle(e);
}

void
engine_leave(struct engine *e)
{
	int64_t	 until;

	await_flights(e);
	until = clock_ms() + LEAVE_MS;
	while (e->targets != NULL && clock_ms() < until) {
		if (has_connection(e))
			(void)engine_record(e);
		arena_reset(e->mem);
		if (e->targets != NULL)
			clock_pause(ENGINE_HELD_MS);
	}
}
