/*
 * outcome: see outcome.h.
 */
#include <string.h>

#include "app/calendly/redact.h"
#include "app/domain/policy.h"
#include "app/service/push/outcome.h"
#include "lib/arena.h"
#include "lib/buf.h"
#include "lib/http.h"
#include "lib/http_after.h"
#include "lib/utf8.h"

enum {
	SECOND = 1000,
	LOCATION_MAX = 200,	/* bytes of a redirect's target */
	ERROR_MAX = 500,
	GONE = 410,
	TOO_MANY = 429,
	UNAVAILABLE = 503,
};

/* Returns the text with U+FFFD for each byte that is NUL or not UTF-8. */
static const char *
as_utf8(struct arena *mem, const char *s, size_t n)
{
	struct buf	 b;
	size_t		 i, len;

	buf_init(&b, mem, 0);
	for (i = 0; i < n; i += len) {
		len = s[i] == '\0' ? 0 : utf8_len(s + i, n - i);
		if (len > 0) {
			(void)buf_add(&b, s + i, len);
			continue;
		}
		(void)buf_puts(&b, UTF8_REPLACEMENT);
		len = 1;
	}
	return b.n == 0 ? "" : b.p;
}

/* Cuts it to "most" bytes, between two characters. */
static const char *
cut_to(struct arena *mem, const char *s, size_t most)
{
	const size_t	 n = strlen(s);
	size_t		 i, len;

	if (n <= most)
		return s;
	for (i = 0; (len = utf8_len(s + i, n - i)) > 0 && i + len <= most;
	    i += len)
		;
	return arena_ndup(mem, s, i);
}

/* What to hide, and where the texts are made. */
struct hiding {
	struct arena			*mem;
	const struct secret *const	*hide;
	size_t				 n;
};

static const char *
safe_text(const struct hiding *h, const char *s, size_t n, size_t most)
{
	s = as_utf8(h->mem, s, n);
	return cut_to(h->mem, redact(h->mem, s, strlen(s), h->hide, h->n),
	    most);
}

/* The same for what becomes a part of a sentence: one line. */
static const char *
safe_words(const struct hiding *h, const char *s, size_t most)
{
	char	*words = arena_dup(h->mem, safe_text(h, s, strlen(s), most));
	char	*end;

	for (end = words; (end = strchr(end, '\n')) != NULL; end++)
		*end = ' ';
	return words;
}

/*
 * Where a redirect leads, without what may be a secret: the query, which often
 * holds a token, and credentials.
 */
static const char *
redirect_target(const struct hiding *h, const char *to)
{
	const size_t	 n = strcspn(to, "?#");
	const char	*path = arena_ndup(h->mem, to, n), *at, *host;

	if ((host = strstr(path, "//")) != NULL &&
	    (at = memchr(host, '@', strcspn(host + 2, "/") + 2)) != NULL)
		path = arena_printf(h->mem, "%.*s//%s", (int)(host - path),
		    path, at + 1);
	return safe_words(h, to[n] == '\0' ? path :
	    arena_printf(h->mem, "%s%c...", path, to[n]), LOCATION_MAX);
}

static const char *
redirect_words(const struct hiding *h, const struct http_reply *r)
{
	const char	*to = http_header(r, "location");

	if (to == NULL || *to == '\0')
		return arena_printf(h->mem, "answers %d, which is not a "
		    "success: give the final URL", r->status);
	return arena_printf(h->mem, "answers %d with Location %s: give the "
	    "final URL", r->status, redirect_target(h, to));
}

static const char *
status_words(const struct hiding *h, const struct http_reply *r,
    int64_t hold_ms)
{
	if (r->status / 100 == 3)
		return redirect_words(h, r);
	if (r->status == GONE)
		return "answers 410: it wants no more pushes";
	if (hold_ms > 0)
		return arena_printf(h->mem, "answers %d and asks for a pause "
		    "of %lld s", r->status, (long long)hold_ms / SECOND);
	return arena_printf(h->mem, "answers %d", r->status);
}

static int64_t
hold_of(const struct http_reply *r)
{
	long	 seconds;

	if (r->status != TOO_MANY && r->status != UNAVAILABLE)
		return 0;
	seconds = http_retry_after(r);
	if (seconds == HTTP_UNSAID)
		return 0;
	if (seconds > POLICY_PUSH_HOLD_MOST)
		seconds = POLICY_PUSH_HOLD_MOST;
	/* A pause of no length, or one that is over, is a pause, too. */
	return seconds > 0 ? (int64_t)seconds * SECOND : 1;
}

void
outcome_read(struct arena *mem, const struct http_reply *r,
    const struct secret *const *hide, size_t nhide, struct outcome *o)
{
	const struct hiding	 h = { mem, hide, nhide };

	memset(o, 0, sizeof(*o));
	if (r->body != NULL && r->bodysz > 0)
		o->answer = safe_text(&h, r->body, r->bodysz,
		    OUTCOME_ANSWER_MAX);
	if (r->fate != HTTP_ANSWERED) {
		o->error = safe_words(&h, r->error, ERROR_MAX);
		return;
	}
	o->status = r->status;
	if (r->status / 100 == 2) {
		o->delivered = true;
		return;
	}
	o->gone = r->status == GONE;
	o->hold_ms = hold_of(r);
	o->error = status_words(&h, r, o->hold_ms);
}
