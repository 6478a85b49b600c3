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
	cal->loop = loop;
	cal->parts = cal->next_part = NULL;
	cal->was_answered = cal->had_to_wait = false;
	cal->pace = (struct pace){ 0 };
	outgoing_open(cal);
	client_use_loop(cal->api, loop);
	return cal;
}

void
split_free(struct service *cal)
{
	client_free(cal->api);
}

struct service *
split_part(struct service *of, struct arena *mem)
{
	struct service	*part = split_new(of, mem, of->loop);

	client_hurry_like(part->api, of->api);
	part->next_part = of->parts;
	of->parts = part;
	return part;
}

void
split_part_end(struct service *of, struct service *part)
{
	struct service	**at = &of->parts;

	while (*at != part)
		at = &(*at)->next_part;
	*at = part->next_part;
	of->was_answered = of->was_answered || part->was_answered;
	of->had_to_wait = of->had_to_wait || part->had_to_wait;
	pace_add(&of->pace, &part->pace);
	split_free(part);
}

int64_t
split_since(const struct service *cal, bool *reads)
{
	int64_t			 oldest = client_since(cal->api, reads), since;
	const struct service	*part;
	bool			 part_reads;

	*reads = *reads || oldest == 0;
	for (part = cal->parts; part != NULL; part = part->next_part) {
		if ((since = split_since(part, &part_reads)) == 0)
			continue;
		*reads = *reads && part_reads;
		if (oldest == 0 || since < oldest)
			oldest = since;
	}
	return oldest;
}

int
split_calls_since(const struct service *cal, int64_t begun)
{
	const struct service	*part;
	bool			 reads;
	const int64_t		 since = client_since(cal->api, &reads);
	int			 n = since != 0 && since >= begun ? 1 : 0;

	for (part = cal->parts; part != NULL; part = part->next_part)
		n += split_calls_since(part, begun);
	return n;
}

void
split_give_up(struct service *cal, const char *why)
{
	struct service	*part;

	client_give_up(cal->api, why);
	for (part = cal->parts; part != NULL; part = part->next_part)
		split_give_up(part, why);
}

void
split_hurry(struct service *cal, long ms)
{
	struct service	*part;

	client_hurry(cal->api, ms);
	for (part = cal->parts; part != NULL; part = part->next_part)
		split_hurry(part, ms);
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
