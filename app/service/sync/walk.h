/*
 * walk: one slice of a walk over a user's scheduled events, and the steps that
 * it consists of (docs/design.md, "Sync").
 *
 * A walk can be long, so it is made in slices of a few seconds; between two of
 * them others have their turn.  A step makes some calls and stores what they
 * have brought in one transaction.  A process that dies within a step costs
 * that step, and no more.
 */
#ifndef APP_SERVICE_SYNC_WALK_H
#define APP_SERVICE_SYNC_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/repo/sync.h"
#include "app/service/errand.h"
#include "lib/err.h"

struct arena;
struct secret;

struct walk {
	struct errand	 e;		/* about the connection, in the
					 * background; each step has memory of
					 * its own */
	struct arena	*mem;		/* as long as the slice */
	const struct secret *token;
	const char	*grant_id;	/* the grant that it belongs to */
	struct sync	 s;		/* read anew before each step */
	int64_t		 until;		/* end of the slice, as clock_ms() */
	long		 again_ms;	/* pause before the next slice; -1:
					 * nothing is left to do */
	bool		 over;		/* the slice ends with this step */
	bool		 refused;	/* Calendly does not show the events,
					 * although, if may_read, the scope
					 * allows it */
	bool		 may_read;
	bool		 complete;	/* nothing is left to read */
	/*
	 * The list of events goes on with this token, which Calendly accepts
	 * for a short while, and only with the question that it came from: how
	 * far back the list begins, that is.  NULL: it goes on at the boundary.
	 */
	const char	*page_token;
	const char	*page_from;
	bool		 beyond;	/* the list is asked for from behind
					 * the boundary, because what is shown
					 * at it does not go on */
	size_t		 hidden;	/* times at which more events may start
					 * than are shown, not stored yet */
	bool		 moved;		/* the boundary has, since the list was
					 * asked for without a token */
	int		 page_count;	/* events on a page; 0: the most */
	int64_t		 stale_pages;	/* pages in a row that showed nothing
					 * new, and that were empty */
	int		 empty_pages;
};

/*
 * Says whether walks of this purpose read everything: all events back to
 * CALENDLYD_SYNC_PAST, with the invitees of each.  The others look at what is
 * recent or ahead, and read what has changed.
 */
static inline bool
walk_is_whole(enum sync_purpose purpose)
{
	return purpose != SYNC_WINDOW && purpose != SYNC_POLL;
}

/*
 * The steps.  Each ends its phase when nothing is left in it.
 * CAL_UNAUTHORIZED: the token is refused.  CAL_DENIED: Calendly refuses to show
 * the events. CAL_NOTFOUND: another runner has carried the walk on.
 */
enum cal_err	listing_step(struct walk *) ERR_CHECK;
enum cal_err	reading_step(struct walk *) ERR_CHECK;
enum cal_err	missing_step(struct walk *) ERR_CHECK;
enum cal_err	absent_step(struct walk *) ERR_CHECK;

#endif
