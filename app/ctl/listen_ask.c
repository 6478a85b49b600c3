/*
 * listen_ask: see listen.h.
 *
 * The API may be away for as long as it likes.  A first failure is not even
 * told: a proxy may cut a request that waits, and a restart answers such
 * requests with 503.  The next request after a failure does not wait for
 * events, so that it shows at once whether the API is there.
 */
#include <inttypes.h>
#include <string.h>

#include "app/ctl/ctl.h"
#include "app/ctl/listen.h"
#include "app/ctl/listen_words.h"
#include "app/ctl/progress.h"
#include "lib/arena.h"
#include "lib/chance.h"
#include "lib/clock.h"
#include "lib/http.h"
#include "lib/http_after.h"
#include "lib/uri.h"

enum {
	ANSWER_MS = 20 * 1000,	/* for an answer, beyond what was waited for */
	JITTER = 20,		/* per cent */
	LONG_PAUSE_MS = 3000,	/* one that is told at once */
	AFTER_MAX = 300,	/* seconds of Retry-After that are believed */
};

static const long	pauses_ms[] = {
	250, 1000, 2000, 4000, 8000, 15000, 30000
};

enum { PAUSES = sizeof(pauses_ms) / sizeof(pauses_ms[0]) };

enum verdict {
	PAGE,			/* what was asked for */
	AWAY,			/* ask again */
	GONE,			/* the cursor has expired */
	DENIED,			/* asking again does not help */
};

/* The failures in a row of one request. */
struct away {
	int		 n;
	int64_t		 since;		/* clock_ms() */
	bool		 told;
};

static const char *
feed_url(const struct listen *l, const struct listen_query *q, int wait)
{
	const char	*types = q->types != NULL ? q->types : l->types;
	struct buf	 b;

	buf_init(&b, l->page_mem, 0);
	(void)buf_printf(&b, "limit=%d&wait=%d", q->limit, wait);
	if (l->after[0] != '\0')
		(void)uri_add(&b, "after", l->after);
	if (types != NULL)
		(void)uri_add(&b, "type", types);
	if (l->user != NULL)
		(void)uri_add(&b, "user_id", l->user);
	return arena_printf(l->page_mem, "%s/v1/events?%s", l->url, b.p);
}

/* Returns why the answer is not the page behind our cursor, or NULL. */
static const char *
read_page(const struct listen *l, const struct http_reply *r,
    struct listen_page *page)
{
	const char	*why;

	why = listen_page_read(l->page_mem, r->body, r->bodysz, page);
	if (why == NULL && (page->n > 0 || page->more) &&
	    strcmp(page->next, l->after) == 0)
		why = "its cursor does not move on";
	return why == NULL ? NULL : arena_printf(l->page_mem, "its answer is "
	    "not a page of the feed: %s", why);
}

static enum verdict
judge_status(const struct listen *l, int status)
{
	switch (status) {
	case 410:
		return l->after[0] != '\0' ? GONE : AWAY;
	case 400:
	case 401:
	case 403:
		return DENIED;
	case 408:
	case 429:
		return AWAY;
	default:
		/* Once it was there, only something between is wrong. */
		return status >= 300 && status < 500 && !l->answered ?
		    DENIED : AWAY;
	}
}

static enum verdict
judge(const struct listen *l, const struct http_reply *r,
    struct listen_page *page, const char **why)
{
	if (r->status == 200) {
		*why = read_page(l, r, page);
		return *why == NULL ? PAGE : AWAY;
	}
	*why = listen_trouble(l->page_mem, r);
	return r->status == 0 ? AWAY : judge_status(l, r->status);
}

/* Returns how long to wait before the next request. */
static long
pause_after(const struct away *a, const struct http_reply *r)
{
	const int	 step = a->n < PAUSES ? a->n : PAUSES;
	const long	 ours = chance_spread(pauses_ms[step - 1], JITTER);
	long		 asked = 0;

	if (r->status == 429 || r->status == 503)
		asked = http_retry_after(r);
	if (asked > AFTER_MAX)
		asked = AFTER_MAX;
	return asked * 1000 > ours ? asked * 1000 : ours;
}

static void
say_away(const struct listen *l, struct away *a, const char *why, long ms)
{
	if (a->told || (a->n == 1 && l->answered && ms < LONG_PAUSE_MS))
		return;
	ctl_say("%s: %s%s; trying again until it is there", l->url, why,
	    listen_reach(why));
	a->told = true;
}

static void
say_back(struct listen *l, const struct away *a)
{
	l->answered = true;
	if (a->told)
		ctl_say("%s is there again, after %s", l->url,
		    progress_span(l->page_mem,
		    (long)((clock_ms() - a->since) / 1000)));
}

static enum cal_err
ask_once(struct listen *l, const struct listen_query *q, int wait,
    struct http_reply *r)
{
	const struct http_request	 rq = {
		.method = "GET",
		.url = feed_url(l, q, wait),
		.bearer = l->key,
		.total_ms = wait * 1000L + ANSWER_MS,
		.patient = true,
	};

	return http_call(l->api, l->page_mem, &rq, r);
}

enum cal_err
listen_ask(struct listen *l, const struct listen_query *q,
    struct listen_page *page)
{
	struct away		 a = { .since = clock_ms() };
	struct http_reply	 r;
	enum verdict		 verdict;
	const char		*why;
	enum cal_err		 rc;
	long			 ms;

	for (;;) {
		arena_reset(l->page_mem);
		rc = ask_once(l, q, a.n == 0 ? q->wait : 0, &r);
		if (l->over)
			return CAL_UNAVAILABLE;
		if (rc == CAL_INVALID)
			return ctl_fail(rc, "%s: %s", l->url, r.error);
		if ((verdict = judge(l, &r, page, &why)) != AWAY)
			break;
		a.n++;
		ms = pause_after(&a, &r);
		say_away(l, &a, why, ms);
		listen_pause(l, ms);
		if (l->over)
			return CAL_UNAVAILABLE;
	}
	if (verdict == DENIED)
		return ctl_fail(CAL_DENIED, "%s: %s", l->url,
		    listen_denied(l->page_mem, &r));
	say_back(l, &a);
	return verdict == GONE ? CAL_GONE : CAL_OK;
}
