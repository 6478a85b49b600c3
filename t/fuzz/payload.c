/*
 * fuzz payload: reading a body always ends in either a kind or a flaw; the
 * content of what is read is valid JSON without passwords; and the bytes that a
 * delivery is known by begin with its kind.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app/calendly/payload.h"
#include "lib/arena.h"
#include "lib/json.h"
#include "lib/utf8.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const struct json_caps	wide = { 8 << 20, 40, 1 << 17 };

static void
must(bool so)
{
	if (!so)
		abort();
}

static bool
holds_password(const struct json_node *n)
{
	const struct json_node	*e;

	if (n->key != NULL && (strcasestr(n->key, "password") != NULL ||
	    strcasestr(n->key, "passcode") != NULL))
		return true;
	for (e = n->child; e != NULL; e = e->next)
		if (holds_password(e))
			return true;
	return false;
}

static void
test_content(struct arena *mem, const struct payload *p)
{
	const struct json_node	*n;
	const char		*text = payload_content(mem, p), *why;

	must(json_parse(mem, text, strlen(text), &wide, &n, &why) == CAL_OK);
	must(n->type == JSON_OBJECT && !holds_password(n));
}

static void
test_kind(const struct payload *p)
{
	size_t	 n = strlen(p->kind);

	must(n >= 3 && n <= 64);
	must(strspn(p->kind, "abcdefghijklmnopqrstuvwxyz0123456789_.") == n);
	if (p->created_at != NULL)
		must(strlen(p->created_at) <= 30 &&
		    strspn(p->created_at, "0123456789-:.TZ") ==
		    strlen(p->created_at));
}

static void
test_known(struct arena *mem, const struct payload *p, struct bytes body)
{
	const size_t	 kindsz = p->kind == NULL ? 0 : strlen(p->kind);
	struct bytes	 a = payload_known(mem, p, body);
	struct bytes	 b = payload_known(mem, p, body);

	must(a.n == b.n && memcmp(a.p, b.p, a.n) == 0);
	must(a.n > kindsz && ((const char *)a.p)[kindsz] == '\0');
	must(memcmp(a.p, p->kind == NULL ? "" : p->kind, kindsz) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bytes	 body = { (const char *)p, n };
	struct payload	 got;
	struct arena	*mem;

	mem = arena_new((size_t)64 << 20);
	payload_read(mem, body, &got);
	if (got.flaw != NULL) {
		must(got.kind == NULL && utf8_valid(got.flaw,
		    strlen(got.flaw)));
	} else {
		must(got.kind != NULL && got.root != NULL);
		test_kind(&got);
		test_content(mem, &got);
	}
	test_known(mem, &got, body);
	arena_free(mem);
	return 0;
}
