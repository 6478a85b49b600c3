/*
 * test: see test.h.
 */
#include <stdbool.h>
#include <stddef.h>

#include "app/repo/destination.h"
#include "app/repo/push.h"
#include "app/service/keys/clone_guard.h"
#include "app/service/push/flight.h"
#include "app/service/push/guard.h"
#include "app/service/push/target.h"
#include "app/service/push/test.h"
#include "app/service/service.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/crypto.h"
#include "lib/http.h"
#include "lib/http_many.h"
#include "lib/json.h"
#include "lib/when.h"

enum {
	TOTAL_MS = 10 * 1000,
	TURN_MS = 1000,
};

static struct event
test_event(struct arena *mem, const char *destination_id)
{
	const char	*now = when_now(mem, 0);
	struct json	*j = json_new(mem);
	size_t		 n;

	json_object(j, NULL);
	json_str(j, "destination_id", destination_id);
	json_end(j);
	return (struct event){
		.id = crypto_uuid(mem),
		.type = "destination.test",
		.source = SOURCE_SYSTEM,
		.occurred_at = now,
		.received_at = now,
		.body = json_done(j, &n),
	};
}

/* Waits for the call's end, which its own limit brings about. */
static void
await_landing(struct http_many *many, struct http_reply *reply)
{
	enum cal_err	 rc;

	while (http_many_landed(many, reply, &rc) == NULL)
		http_many_turn(many, TURN_MS, -1);
}

static void
send_test(struct service *cal, struct arena *mem, struct target *t,
    struct outcome *o, int64_t *ms)
{
	struct guard		*guard = guard_new(mem,
				    cal->set->deliver_allow);
	struct http_many	*many = flight_client(cal->set, guard,
				    TOTAL_MS, 0);
	const struct push_taken	 taken = { .event = test_event(mem, t->id),
				    .lane = t->id };
	const int64_t		 begun = clock_ms();
	struct flight		*f = flight_new(t, &taken, false, 0);
	struct http_reply	 reply;
	const char		*why;

	*o = (struct outcome){ .error = NULL };
	if ((why = flight_begin(many, f, &taken.event)) != NULL)
		o->error = arena_dup(mem, why);
	else {
		await_landing(many, &reply);
		outcome_read(mem, &reply, t->hide, t->nhide, o);
	}
	*ms = clock_ms() - begun;
	http_many_free(many);
	guard_free(guard);
	flight_free(f);
}

enum cal_err
destination_test(struct service *cal, struct arena *mem,
    const char *tenant_id, const struct destination *d, struct outcome *o,
    int64_t *ms, const char **why)
{
	const struct push_target	 p = {
		.id = d->id,
		.tenant_id = tenant_id,
		.url = d->url,
		.headers_sealed = d->headers_sealed,
		.secret_sealed = d->secret_sealed,
		.former_sealed = d->former_sealed,
		.former_until = INT64_MAX,
	};
	struct target			*t;

	if ((*why = clone_guard_shut(cal, mem)) != NULL)
		return CAL_UNAVAILABLE;
	t = target_new(cal, &p);
	*ms = 0;
	if (t->unfit != NULL)
		*o = (struct outcome){ .error = arena_dup(mem, t->unfit) };
	else
		send_test(cal, mem, t, o, ms);
	target_free(t);
	return CAL_OK;
}
