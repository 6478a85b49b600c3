/*
 * fuzz uri: encoded text decodes to itself; a URL that is parsed and put
 * together again has the same parts, and none of them contains a character that
 * could make it lead elsewhere.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/uri.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
test_parse(struct arena *mem, const char *text)
{
	struct uri	 u, v;
	const char	*p;

	if (!uri_parse(mem, text, &u))
		return;
	for (p = text; *p != '\0'; p++)
		must(*p > ' ' && *p < 0x7f && *p != '\\' && *p != '#');
	must(strpbrk(u.origin, "@?") == NULL && *u.host != '\0');
	must(u.port > 0 && u.port <= 65535);
	must(*u.path == '\0' || *u.path == '/');
	must(uri_parse(mem, arena_printf(mem, "%s%s", u.origin, u.path), &v));
	must(strcmp(u.scheme, v.scheme) == 0 && u.port == v.port &&
	    strcmp(u.host, v.host) == 0 && strcmp(u.path, v.path) == 0 &&
	    strcmp(u.origin, v.origin) == 0);
	must(uri_is_loopback(&u) == uri_is_loopback(&v));
}

static void
test_encode(struct arena *mem, const char *text)
{
	const char	*e = uri_encode(mem, text);
	struct buf	 b;

	must(e[strspn(e, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789-._~%")] == '\0');
	must(strcmp(uri_decode(mem, e, strlen(e), true), text) == 0);
	must(strcmp(uri_decode(mem, e, strlen(e), false), text) == 0);
	buf_init(&b, mem, 0);
	must(uri_add(&b, "other", text));
	must(uri_add(&b, "name", text));
	must(strcmp(uri_query(mem, b.p, "name"), text) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena	*mem;
	const char	*text;

	if (n > 4096)
		return 0;
	mem = arena_new((size_t)16 << 20);
	text = arena_ndup(mem, p, n);
	test_parse(mem, text);
	test_encode(mem, text);
	(void)uri_decode(mem, (const char *)p, n, true);
	(void)uri_query(mem, text, "state");
	arena_free(mem);
	return 0;
}
