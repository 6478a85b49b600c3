/*
 * listen_follow: see listen.h.
 */
#include <stdio.h>
#include <string.h>

#include "app/ctl/ctl.h"
#include "app/ctl/listen.h"
#include "app/ctl/listen_words.h"
#include "app/ctl/out.h"
#include "lib/arena.h"
#include "lib/chance.h"
#include "lib/clock.h"

enum {
	PAGE_EVENTS = 20,	/* few: they come again after a stop within */
	PAGE_SKIPPED = 1000,
	WAIT = 25,		/* seconds; the API's most */
	EARLY_MS = 1500,	/* an empty page that comes sooner than this is
				 * followed by a pause */
	JITTER = 25,		/* per cent */
	ANEW_MS = 1000,
};

/* No event is of this type: such a page only moves the cursor. */
#define NO_TYPE	"calendlyctl.none"

static void
move_to(struct listen *l, const char *cursor)
{
	(void)snprintf(l->after, sizeof(l->after), "%s", cursor);
	l->within = false;
}

/*
 * Begins anew after the cursor has expired.  The pause is for a server that
 * says so of every cursor.
 */
static void
restart_feed(struct listen *l)
{
	move_to(l, "");
	listen_pause(l, ANEW_MS);
}

/*
 * Moves behind the newest event.  A cursor counts for any filter, and with a
 * filter that nothing passes each page moves it by thousands of events.
 */
static enum cal_err
find_now(struct listen *l)
{
	const struct listen_query	 q = { NO_TYPE, 1, 0 };
	struct listen_page		 page;
	enum cal_err			 rc;

	do {
		if ((rc = listen_ask(l, &q, &page)) == CAL_GONE)
			restart_feed(l);
		else if (rc == CAL_OK)
			move_to(l, page.next);
	} while (rc == CAL_GONE || (rc == CAL_OK && page.more));
	return rc;
}

static enum cal_err
find_start(struct listen *l)
{
	switch (l->since.start) {
	case LISTEN_CURSOR:
		move_to(l, l->since.cursor);
		return CAL_OK;
	case LISTEN_TIME:
		l->skip_to = l->since.time;
		return CAL_OK;
	case LISTEN_NOW:
		return find_now(l);
	default:
		return CAL_OK;
	}
}

static void
say_start(const struct listen *l)
{
	const char	*from = "from now on";

	if (l->since.start == LISTEN_OLDEST)
		from = "from its oldest event on";
	else if (l->since.start == LISTEN_CURSOR)
		from = "from that cursor on";
	else if (l->since.start == LISTEN_TIME)
		from = arena_printf(l->page_mem, "from %sZ on",
		    out_time(l->page_mem, l->since.time));
	ctl_say("following the feed of %s %s%s%s; Ctrl-C ends it", l->url,
	    from, l->forward == NULL ? "" : ", pushing to ",
	    l->forward == NULL ? "" : l->forward);
}

/* Says what was lost between the last event shown and the oldest there is. */
static void
say_gap(const struct listen *l, const struct listen_page *page)
{
	const char	*first = page->n == 0 ? NULL :
			    page->events[0].received_at;

	ctl_say("the cursor has expired: what was received after %s%s%s%s "
	    "is missed, if anything was; going on from the oldest event, so "
	    "that some may come again",
	    l->last[0] == '\0' ? "it" : out_time(l->page_mem, l->last),
	    l->last[0] == '\0' ? "" : "Z",
	    first == NULL ? "" : " and before ",
	    first == NULL ? "" : arena_printf(l->page_mem, "%sZ",
	    out_time(l->page_mem, first)));
}

/* Returns whether the event is done. */
static bool
show_event(struct listen *l, const struct listen_event *ev)
{
	if (l->forward != NULL)
		return listen_forward(l, ev);
	if (l->json)
		listen_print(l, arena_printf(l->page_mem,
		    "{\"event\":%s,\"push\":null}",
		    (const char *)ev->json.p));
	else
		listen_print(l, listen_line(l->page_mem, ev, ""));
	return !l->unread;
}

static bool
is_skipped(struct listen *l, const struct listen_event *ev)
{
	if (l->skip_to != NULL && ev->received_at != NULL &&
	    strcmp(ev->received_at, l->skip_to) < 0)
		return true;
	l->skip_to = NULL;
	return false;
}

static void
count_event(struct listen *l, const struct listen_event *ev)
{
	l->within = true;
	l->shown++;
	if (ev->received_at != NULL)
		(void)snprintf(l->last, sizeof(l->last), "%s",
		    ev->received_at);
}

static void
handle_page(struct listen *l, const struct listen_page *page)
{
	const struct listen_event	*ev = page->events;
	size_t				 i;

	for (i = 0; i < page->n && !l->over; i++, ev++) {
		if (is_skipped(l, ev))
			continue;
		if (!show_event(l, ev))
			return;
		count_event(l, ev);
	}
	if (i < page->n)
		return;
	move_to(l, page->next);
	if (!page->more)
		l->skip_to = NULL;	/* from here on all is new */
}

/* Reads a page and handles its events.  "gap": the cursor had expired. */
static enum cal_err
follow_page(struct listen *l, bool *started, bool *gap)
{
	const struct listen_query	 q = {
		NULL, l->skip_to != NULL ? PAGE_SKIPPED : PAGE_EVENTS,
		*started ? WAIT : 0
	};
	const int64_t			 began = clock_ms();
	struct listen_page		 page;
	enum cal_err			 rc;

	if ((rc = listen_ask(l, &q, &page)) == CAL_GONE) {
		restart_feed(l);
		*gap = true;
		return CAL_OK;
	}
	if (rc != CAL_OK)
		return rc;
	if (!*started)
		say_start(l);
	if (*gap)
		say_gap(l, &page);
	handle_page(l, &page);
	if (*started && page.n == 0 && !page.more &&
	    clock_ms() - began < EARLY_MS)
		listen_pause(l, chance_spread(EARLY_MS, JITTER));
	*started = true;
	*gap = false;
	return CAL_OK;
}

enum cal_err
listen_follow(struct listen *l)
{
	enum cal_err	 rc;
	bool		 started = false, gap = false;

	rc = find_start(l);
	while (rc == CAL_OK && !l->over)
		rc = follow_page(l, &started, &gap);
	return rc;
}
