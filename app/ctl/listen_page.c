/*
 * listen_page: see listen_page.h.
 *
 * A signature is over bytes, so an event must be passed on as it came: parsed
 * and written again, the same object could have other bytes.  The text is
 * therefore parsed once, which proves that it is JSON, and then searched for
 * where each event begins and ends.
 */
#include <string.h>

#include "app/ctl/listen_page.h"
#include "lib/arena.h"
#include "lib/json.h"
#include "lib/when.h"

enum {
	ID_MAX = 100,		/* characters */
	DEPTH_MAX = 100,
	COUNT_MAX = 2 * 1000 * 1000,
};

static const struct json_caps	page_caps = {
	.size = LISTEN_PAGE_MAX, .depth = DEPTH_MAX, .count = COUNT_MAX,
};

/* The functions below walk over text that is known to be JSON. */

static const char *
pass_blanks(const char *p)
{
	return p + strspn(p, " \t\r\n");
}

/* Returns what follows the string that begins here. */
static const char *
pass_string(const char *p)
{
	for (p++; *p != '"'; p++)
		if (*p == '\\')
			p++;
	return p + 1;
}

/* Returns what follows the value that begins here. */
static const char *
pass_value(const char *p)
{
	int	 open = 0;

	do {
		if (*p == '"') {
			p = pass_string(p);
			continue;
		}
		if (*p == '{' || *p == '[')
			open++;
		else if (*p == '}' || *p == ']')
			open--;
		else if (open == 0) {
			p += strcspn(p, ",}] \t\r\n");
			return p;
		}
		p++;
	} while (open > 0);
	return p;
}

/* Returns where the array "data" of the page begins, or NULL. */
static const char *
find_data(const char *p)
{
	static const char	 name[] = "\"data\"";
	bool			 found;

	p = pass_blanks(p);
	if (*p != '{')
		return NULL;
	for (p = pass_blanks(p + 1); *p == '"'; p = pass_blanks(p + 1)) {
		found = strncmp(p, name, sizeof(name) - 1) == 0;
		p = pass_blanks(pass_string(p));	/* the colon */
		p = pass_blanks(p + 1);
		if (found)
			return *p == '[' ? p : NULL;
		p = pass_blanks(pass_value(p));
		if (*p != ',')
			return NULL;
	}
	return NULL;
}

/* Sets where each of the "n" events stands.  False: there are not so many. */
static bool
cut_events(struct arena *mem, const char *text, struct listen_event *events,
    size_t n)
{
	const char	*p = find_data(text), *end;
	size_t		 i;

	if (p == NULL)
		return false;
	p = pass_blanks(p + 1);
	for (i = 0; i < n && *p == '{'; i++) {
		end = pass_value(p);
		events[i].json = (struct bytes){
			arena_ndup(mem, p, (size_t)(end - p)),
			(size_t)(end - p)
		};
		p = pass_blanks(end);
		if (*p == ',')
			p = pass_blanks(p + 1);
	}
	return i == n && *p == ']';
}

/* An id goes into a header: one short word without anything odd. */
static bool
is_event_id(const char *s)
{
	size_t	 i;

	if (s == NULL)
		return false;
	for (i = 0; s[i] != '\0'; i++)
		if (s[i] <= ' ' || s[i] > '~')
			return false;
	return i > 0 && i <= ID_MAX;
}

static bool
read_event(struct arena *mem, const struct json_node *node,
    struct listen_event *ev)
{
	ev->id = json_text(node, "id");
	ev->type = json_text(node, "type");
	ev->user_id = json_text(node, "user_id");
	ev->received_at = when_read(mem, json_text(node, "received_at"));
	ev->change = json_text(node, "data.change");
	return is_event_id(ev->id) && ev->type != NULL;
}

static bool
read_events(struct arena *mem, const char *text, const struct json_node *data,
    struct listen_page *page)
{
	const struct json_node	*node;
	size_t			 n = 0;

	for (node = data->child; node != NULL; node = node->next)
		n++;
	page->events = arena_array(mem, n, sizeof(*page->events));
	for (node = data->child; node != NULL; node = node->next)
		if (!read_event(mem, node, &page->events[page->n++]))
			return false;
	return cut_events(mem, text, page->events, n);
}

const char *
listen_page_read(struct arena *mem, const char *text, size_t n,
    struct listen_page *page)
{
	const struct json_node	*doc, *data, *more;
	const char		*why;

	memset(page, 0, sizeof(*page));
	if (json_parse(mem, text, n, &page_caps, &doc, &why) != CAL_OK)
		return why;
	data = json_find(doc, "data");
	more = json_find(doc, "more");
	page->next = json_text(doc, "next");
	if (data == NULL || data->type != JSON_ARRAY || more == NULL ||
	    more->type != JSON_BOOL || page->next == NULL ||
	    *page->next == '\0' || strlen(page->next) > LISTEN_CURSOR_MAX)
		return "it is JSON, but no page of a feed";
	page->more = more->truth;
	if (!read_events(mem, text, data, page))
		return "an event in it has no id or type";
	return NULL;
}
