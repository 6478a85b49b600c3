/*
 * http_sink: see http_sink.h.
 */
#include <string.h>
#include <strings.h>

#include "lib/arena.h"
#include "lib/http_sink.h"
#include "lib/text.h"

void
http_sink_init(struct http_sink *s, struct arena *mem, size_t keep,
    size_t body_max)
{
	*s = (struct http_sink){ .mem = mem, .body_max = body_max };
	buf_init(&s->body, mem, keep);
}

/*
 * Returns whether this line begins a reply.  What came before it, such as a
 * "100 Continue", is then forgotten.
 */
static bool
is_status_line(const char *p, size_t n)
{
	return n >= 5 && memcmp(p, "HTTP/", 5) == 0;
}

static bool
add_reply_header(struct http_sink *s, const char *p, size_t n)
{
	const char	*colon;
	struct text	 name, value;

	if ((colon = memchr(p, ':', n)) == NULL ||
	    text_is_blank(*p))
		return true;	/* no header, or the continuation of one */
	if (s->nheaders == HTTP_SINK_HEADERS) {
		s->why = "more than 100 headers in the reply";
		return false;
	}
	name = text_trimmed(p, (size_t)(colon - p));
	value = text_trimmed(colon + 1, (size_t)(p + n - colon - 1));
	s->header[s->nheaders++] = (struct http_header){
		arena_ndup(s->mem, name.p, name.n),
		arena_ndup(s->mem, value.p, value.n),
	};
	return true;
}

size_t
http_sink_head(char *p, size_t size, size_t count, void *arg)
{
	struct http_sink	*s = arg;
	size_t			 n = size * count;

	if (n > HTTP_SINK_HEADER_BYTES - s->header_bytes) {
		s->why = "over 64 KiB of headers in the reply";
		return 0;
	}
	s->header_bytes += n;
	if (is_status_line(p, n)) {
		memset(s->header, 0, sizeof(s->header));
		s->nheaders = 0;
		s->headers_done = false;
	} else if (n <= 2 && text_is_blank(*p)) {
		s->headers_done = true;
	} else if (!s->headers_done && !add_reply_header(s, p, n)) {
		return 0;
	}
	return n;
}

size_t
http_sink_body(char *p, size_t size, size_t count, void *arg)
{
	struct http_sink	*s = arg;
	const size_t		 room = s->body.cap - s->body.n;
	const size_t		 n = size * count;

	(void)buf_add(&s->body, p, n < room ? n : room);
	s->body_bytes += n;
	if (s->body_bytes <= s->body_max)
		return n;
	s->too_large = true;
	s->why = arena_printf(s->mem, "over %zu bytes in the reply",
	    s->body_max);
	return 0;
}

const char *
http_header(const struct http_reply *reply, const char *name)
{
	const struct http_header	*h;

	if (reply->headers == NULL)
		return NULL;
	for (h = reply->headers; h->name != NULL; h++)
		if (strcasecmp(h->name, name) == 0)
			return h->value;
	return NULL;
}
