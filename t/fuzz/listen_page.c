/*
 * fuzz listen_page: the events that are cut out of a page of the feed are JSON,
 * stand in it in this order, and are what its array "data" holds; and a page
 * that is made of them has the same events.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app/ctl/listen_page.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/json.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const struct json_caps	caps = { 1 << 16, 200, 1 << 16 };

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
test_event(struct arena *mem, const struct listen_event *ev)
{
	const struct json_node	*node;
	const char		*why;

	must(strlen(ev->json.p) == ev->json.n);
	must(json_parse(mem, ev->json.p, ev->json.n, &caps, &node, &why) ==
	    CAL_OK && node->type == JSON_OBJECT);
	must(strcmp(json_text(node, "id"), ev->id) == 0);
	must(strcmp(json_text(node, "type"), ev->type) == 0);
}

/* Returns a page that is made of the events of another. */
static const char *
made_of(struct arena *mem, const struct listen_page *page)
{
	struct buf	 b;
	size_t		 i;

	buf_init(&b, mem, 0);
	(void)buf_puts(&b, "{\"more\":true,\"next\":\"e\",\"data\":[");
	for (i = 0; i < page->n; i++) {
		(void)buf_puts(&b, i == 0 ? "" : " ,");
		(void)buf_add(&b, page->events[i].json.p,
		    page->events[i].json.n);
	}
	(void)buf_puts(&b, "]}");
	return b.p;
}

static void
test_page(struct arena *mem, const char *text, const struct listen_page *page)
{
	const char		*made = made_of(mem, page);
	struct listen_page	 again;
	size_t			 i;

	must(listen_page_read(mem, made, strlen(made), &again) == NULL);
	must(again.n == page->n);
	for (i = 0; i < page->n; i++) {
		test_event(mem, &page->events[i]);
		must(strcmp(again.events[i].json.p,
		    page->events[i].json.p) == 0);
		text = strstr(text, page->events[i].json.p);
		must(text != NULL);
		text += page->events[i].json.n;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct listen_page	 page;
	struct arena		*mem;
	const char		*text;

	if (n > 1 << 14)
		return 0;
	mem = arena_new((size_t)64 << 20);
	text = arena_ndup(mem, p, n);
	if (listen_page_read(mem, text, n, &page) == NULL)
		test_page(mem, text, &page);
	arena_free(mem);
	return 0;
}
