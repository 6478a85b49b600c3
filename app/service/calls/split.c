/*
 * split: see split.h.
 */
#include <stddef.h>

#include "app/calendly/client.h"
#include "app/service/calls/outgoing.h"
#include "app/service/calls/split.h"
#include "app/service/service.h"
#include "lib/arena.h"
#include "lib/crypto.h"

struct service *
split_new(const struct service *of, struct arena *mem,
    struct http_loop *loop)
{
	struct service	*cal = arena_alloc(mem, sizeof(*cal));

	*cal = *of;
	cal->mem = mem;
	cal->owner = crypto_uuid(mem);
	cal->in_loop = true;
	outgoing_open(cal);
	client_use_loop(cal->api, loop);
	return cal;
}

void
split_free(struct service *cal)
{
	client_free(cal->api);
}

int64_t
split_since(const struct service *cal, bool *reads)
{
	return client_since(cal->api, reads);
}

void
split_give_up(struct service *cal, const char *why)
{
	client_give_up(cal->api, why);
}

void
split_hurry(struct service *cal, long ms)
{
	client_hurry(cal->api, ms);
}

void
split_ask_before_changes(struct service *cal, bool (*must_wait)(void *),
    void *arg)
{
	cal->must_wait = must_wait;
	cal->must_wait_arg = arg;
}

bool
split_was_answered(const struct service *cal)
{
	return cal->was_answered;
}

bool
split_had_to_wait(const struct service *cal)
{
	return cal->had_to_wait;
}
