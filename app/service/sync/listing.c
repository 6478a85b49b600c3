/*
 * listing: reads the list of a user's scheduled events, page by page.
 *
 * The list is ordered by the events' start.  What was listed is remembered as a
 * boundary in time with the events at it, because Calendly's page tokens live
 * for some minutes only.  A token is used for the very next call.
 */
#include <string.h>

#include "app/calendly/scheduled_list.h"
#include "app/calendly/sighting.h"
#include "app/domain/policy.h"
#include "app/repo/tx.h"
#include "app/service/sync/walk.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/log.h"
#include "lib/when.h"

enum {
	COUNT_MIN = 5,		/* events on the smallest page asked for */
	EMPTY_MAX = 100,	/* empty pages in a row, although more follow */
};

/* For the database: the start of an event whose start can't be read. */
static const char	no_start[] = "infinity";

static void
add_listed(struct walk *w, const struct scheduled_page *page,
    struct sync_page *out)
{
	struct arena		*mem = w->e.mem;
	struct sync_listed	*all = arena_array(mem, page->n, sizeof(*all));
	size_t			 i;

	for (i = 0; i < page->n; i++)
		all[i] = (struct sync_listed){
			.meeting_id = sighting_id(mem, "meeting",
			    w->e.connection_id, page->all[i].id),
			.uri = page->all[i].uri,
			.start_at = page->all[i].start_at != NULL ?
			    page->all[i].start_at : no_start,
			.event = page->all[i].text,
			.hash = crypto_hash_text(mem, page->all[i].text),
		};
	out->all = all;
	out->n = page->n;
	out->unread = page->unread;
}

/* The latest start on the page, or the boundary if none is later. */
static const char *
latest_start(const struct walk *w, const struct scheduled_page *page)
{
	const char	*latest = w->s.boundary_at;
	size_t		 i;

	for (i = 0; i < page->n; i++)
		if (page->all[i].start_at != NULL &&
		    strcmp(page->all[i].start_at, latest) > 0)
			latest = page->all[i].start_at;
	return latest;
}

static enum cal_err
store_page(struct walk *w, const struct scheduled_page *page,
    const char *asked_at, const char *until, int64_t *fresh)
{
	struct sync_page	 p = {
		.walk = w->s.walk,
		.account_id = w->s.account_id,
		.asked_at = asked_at,
		.whole = walk_is_whole(w->s.purpose),
		.after = w->s.boundary_at,
		.until = until,
	};
	struct tx		 tx;
	enum cal_err		 rc;

	add_listed(w, page, &p);
	p.unread += w->hidden;
	if ((rc = errand_begin(&w->e, &tx)) != CAL_OK)
		return rc;
	rc = tx_end(&tx, sync_store_page(&tx, w->e.connection_id, &p, fresh));
	if (rc == CAL_OK)
		w->hidden = 0;
	return rc;
}

/*
 * After a page that showed nothing new: says whether the list leads nowhere but
 * back into itself, as Calendly's lists have been seen to do.  If the boundary
 * has moved on since the list was asked for, it is asked for anew from there.
 * Else it may go on: the events that are listed at the boundary can fill some
 * pages without anything new, but no more.
 */
static bool
is_circle(struct walk *w, const struct scheduled_page *page)
{
	if (page->n == 0)
		return ++w->empty_pages > EMPTY_MAX;
	w->empty_pages = 0;
	w->stale_pages++;
	if (w->moved) {
		w->page_token = NULL;
		return false;
	}
	return page->repeats ||
	    w->stale_pages > w->s.nboundary / COUNT_MIN + 2;
}

/*
 * Says whether a page that leads nowhere may hide events: it is full of such as
 * start at the boundary, and shows all of these that were ever listed.
 */
static bool
may_hide_some(const struct walk *w, const struct scheduled_page *page)
{
	const size_t	 count = w->page_count == 0 ? SCHEDULED_COUNT :
			    (size_t)w->page_count;
	size_t		 i;

	for (i = 0; i < page->n; i++)
		if (page->all[i].start_at == NULL ||
		    strcmp(page->all[i].start_at, w->s.list_from) < 0)
			return false;
	return page->n >= count && page->n >= (size_t)w->s.nboundary;
}

/*
 * The list has led back into itself.  It goes on behind the boundary, because
 * that may be all that it does not get over; if it has been asked for from
 * there, it has ended.
 */
static bool
step_beyond(struct walk *w, const struct scheduled_page *page)
{
	if (w->beyond || page->n == 0)
		return false;
	w->beyond = true;
	w->page_token = NULL;
	w->stale_pages = 0;
	if (!may_hide_some(w, page))
		return true;
	w->hidden++;
	log_warn("sync: connection %s: the list of events shows %zu that start "
	    "at %s, and does not go on: others that start then are left out",
	    w->e.connection_id, page->n, w->s.boundary_at);
	return true;
}

/*
 * Stores the page.  If the list has led back into itself, the page is stored
 * once more as the last one.
 */
static enum cal_err
list_page(struct walk *w, const struct scheduled_page *page,
    const char *asked_at)
{
	const bool	 last = page->next == NULL && !page->repeats;
	const char	*latest = latest_start(w, page);
	int64_t		 fresh = 0;
	enum cal_err	 rc;

	w->moved = w->moved || strcmp(latest, w->s.boundary_at) > 0;
	w->page_token = page->next == NULL ? NULL :
	    arena_dup(w->mem, page->next);
	rc = store_page(w, page, asked_at, last ? NULL : latest, &fresh);
	if (fresh > 0) {
		w->stale_pages = 0;
		w->beyond = false;
	}
	if (rc != CAL_OK || last || fresh > 0 || !is_circle(w, page) ||
	    step_beyond(w, page))
		return rc;
	log_warn("sync: connection %s: the list of events leads back into "
	    "itself: it counts as ended", w->e.connection_id);
	w->page_token = NULL;
	w->s.boundary_at = latest;
	return store_page(w, page, asked_at, NULL, &fresh);
}

/*
 * A page failed in a way that another question may avoid: its token has died,
 * or it was too big.
 */
static bool
may_ask_otherwise(struct walk *w, const struct scheduled_page *page)
{
	const int	 count = w->page_count == 0 ? SCHEDULED_COUNT :
			    w->page_count;

	if (page->token_refused && w->page_token != NULL) {
		w->page_token = NULL;
		return ++w->stale_pages < COUNT_MIN;
	}
	if (!page->too_big || count <= COUNT_MIN)
		return false;
	w->page_token = NULL;
	w->page_count = count / 2;
	return true;
}

/* How far back the list begins that the next call asks for. */
static const char *
question_from(struct walk *w)
{
	if (w->page_token == NULL) {
		w->page_from = arena_dup(w->mem, w->beyond ?
		    w->s.list_beyond : w->s.list_from);
		w->moved = false;
	}
	return w->page_from;
}

enum cal_err
listing_step(struct walk *w)
{
	const struct scheduled_query	 q = {
		.user = w->s.user_uri,
		.from = question_from(w),
		.page_token = w->page_token,
		.count = w->page_count,
	};
	const char			*asked_at = when_now(w->e.mem,
					    -POLICY_READ_LAG);
	struct scheduled_page		 page;
	enum cal_err			 rc;

	rc = scheduled_page(errand_behalf(&w->e), w->token, &q, &page);
	if (rc == CAL_OK)
		return list_page(w, &page, asked_at);
	return may_ask_otherwise(w, &page) ? CAL_OK : rc;
}
