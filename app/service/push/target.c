/*
 * target: see target.h.
 */
#include <string.h>
#include <strings.h>

#include "app/repo/sealed.h"
#include "app/service/keys/seal.h"
#include "app/service/push/flight.h"
#include "app/service/push/target.h"
#include "app/service/service.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/http.h"
#include "lib/json.h"
#include "lib/secret.h"

enum {
	MEMORY_MAX = 256 * 1024,
	HEADERS_SIZE = 64 * 1024,	/* of the JSON text */
	HEADERS_COUNT = 200,
	/*
	 * A destination that has not shown yet that it answers gets few pushes
	 * at the same time, so that many hanging ones leave room for others.
	 */
	WINDOW_FIRST = 2,
	PROMPT_MS = 2000,	/* a success that takes longer does not prove
				 * that the next one won't hang */
	SECRET_LEAST = 6,	/* a shorter value is not hidden: it would be
				 * found in ordinary words */
};

bool
target_header_is_ours(const char *name)
{
	static const char *const	names[] = {
		"accept-encoding", "connection", "expect", "host",
		"keep-alive", "te", "trailer", "transfer-encoding",
		"upgrade", "user-agent",
	};
	static const char *const	prefixes[] = {
		"calendlyd-", "content-", "proxy-", "webhook-",
	};
	size_t				 i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(name, names[i]) == 0)
			return true;
	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (strncasecmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

/* Opens a sealed column; NULL if it is empty. */
static enum cal_err
open_sealed(struct service *cal, struct target *t, enum sealed what,
    struct bytes sealed, struct secret **out)
{
	const struct seal_place	 place = seal_at(what, t->id, 0);
	const enum cal_err	 rc = unseal_value(cal, t->mem, &place, sealed,
				    out);

	if (rc != CAL_OK)
		t->unfit = "its secret or its headers can't be opened with "
		    "the keyring";
	return rc;
}

static void
hide_value(struct target *t, const struct secret **list, const char *value)
{
	if (strlen(value) >= SECRET_LEAST)
		list[t->nhide++] = secret_from_text(t->mem, value);
}

/*
 * Hides the values of headers, and of each also its last word: an answer may
 * repeat the token of "Bearer token" alone.
 */
static void
hide_all(struct target *t, size_t nheaders)
{
	const struct secret	**list = arena_array(t->mem, 2 * nheaders + 2,
				    sizeof(*list));
	const struct http_header *h;
	const char		*word;
	size_t			 i;

	for (i = 0; i < t->nsecrets; i++)
		list[t->nhide++] = t->secrets[i];
	for (h = t->headers; h->name != NULL; h++) {
		hide_value(t, list, h->value);
		if ((word = strrchr(h->value, ' ')) != NULL)
			hide_value(t, list, word + 1);
	}
	t->hide = list;
}

/* Reads the host app's headers and returns how many there are. */
static size_t
read_headers(struct target *t, const struct secret *text)
{
	static const struct json_caps	 caps = {
		.size = HEADERS_SIZE, .depth = 1, .count = HEADERS_COUNT
	};
	const struct json_node		*all = NULL, *h;
	struct http_header		*list;
	const char			*why;
	size_t				 n = 0;

	if (text != NULL && json_parse(t->mem, secret_text(text),
	    secret_len(text), &caps, &all, &why) != CAL_OK)
		t->unfit = "its headers can't be read";
	list = arena_array(t->mem, HEADERS_COUNT + 1, sizeof(*list));
	for (h = all == NULL ? NULL : all->child; h != NULL; h = h->next)
		if (h->type == JSON_STRING && !target_header_is_ours(h->key))
			list[n++] = (struct http_header){ h->key, h->text };
	t->headers = list;
	return n;
}

static void
open_secrets(struct service *cal, struct target *t,
    const struct push_target *p)
{
	struct secret	*secret, *former, *headers;

	if (open_sealed(cal, t, SEALED_HEADERS, p->headers_sealed,
	    &headers) != CAL_OK ||
	    open_sealed(cal, t, SEALED_SECRET, p->secret_sealed,
	    &secret) != CAL_OK ||
	    open_sealed(cal, t, SEALED_FORMER, p->former_sealed,
	    &former) != CAL_OK)
		headers = secret = former = NULL;
	else if (secret == NULL)
		t->unfit = "it has no secret";
	if (secret != NULL)
		t->secrets[t->nsecrets++] = secret;
	if (former != NULL)
		t->secrets[t->nsecrets++] = former;
	hide_all(t, read_headers(t, headers));
}

struct target *
target_new(struct service *cal, const struct push_target *p)
{
	struct arena	*mem = arena_new(MEMORY_MAX);
	struct target	*t = arena_alloc(mem, sizeof(*t));

	t->mem = mem;
	t->id = arena_dup(mem, p->id);
	t->tenant_id = arena_dup(mem, p->tenant_id);
	t->url = arena_dup(mem, p->url);
	t->version = p->version;
	t->health = p->health;
	if (p->health.failure != NULL)
		t->health.failure = arena_dup(mem, p->health.failure);
	t->after = p->cursor;
	t->former_until = p->former_until;
	t->window = WINDOW_FIRST;
	t->more = true;
	t->busy_at = clock_ms();
	open_secrets(cal, t, p);
	return t;
}

void
target_free(struct target *t)
{
	arena_free(t->mem);
}

void
target_widen(struct target *t, int64_t ms)
{
	t->proven = ms <= PROMPT_MS;
	if (t->window < HEALTH_IN_FLIGHT)
		t->window++;
}

void
target_narrow(struct target *t)
{
	t->proven = false;
	t->window /= 2;
	if (t->window < WINDOW_FIRST)
		t->window = WINDOW_FIRST;
}

int
target_room(const struct target *t, int64_t db_now, bool *probe)
{
	const int	 room = health_room(&t->health, t->in_flight, db_now,
			    probe);
	const int	 window = t->window - t->in_flight;

	return room < window ? room : window > 0 ? window : 0;
}

/* The first number of an event that this target has taken and that is open. */
static int64_t
first_open(const struct target *t, int64_t most)
{
	const struct flight	*f;

	for (f = t->flights; f != NULL; f = f->next)
		if (f->is_new && !f->ended && f->seq < most)
			most = f->seq;
	return most;
}

int64_t
target_cursor(const struct target *all, const struct target *t)
{
	int64_t		 first = first_open(t, t->after + 1);

	for (; all != NULL; all = all->next)
		if (all->lost && all != t && all->flights != NULL &&
		    strcmp(all->id, t->id) == 0)
			first = first_open(all, first);
	return first - 1;
}
