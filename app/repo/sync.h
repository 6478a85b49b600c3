/*
 * sync: the walks that read a connection's meetings back from Calendly
 * (docs/design.md, "Sync").
 *
 * All functions but sync_due() need a tenant's transaction.
 */
#ifndef APP_REPO_SYNC_H
#define APP_REPO_SYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/domain/status.h"
#include "lib/buf.h"
#include "lib/err.h"

struct arena;
struct db;
struct tx;

/* A connection's walk, as a runner needs it. */
struct sync {
	const char	*user_id;
	enum connection_status status;
	const char	*grant_id;	/* NULL: it has no live grant */
	const char	*user_uri;	/* of the grant's account */
	const char	*account_id;
	const char	*const *scopes;
	int64_t		 walk;
	enum sync_purpose purpose;
	enum sync_phase	 phase;
	enum sync_purpose asked;
	const char	*walk_account;	/* the account that the walk is of */
	const char	*boundary_at;	/* all events that start before it are
					 * listed */
	const char	*list_from;	/* a second earlier */
	const char	*list_beyond;	/* a second later */
	int64_t		 nboundary;	/* events listed that start in between,
					 * or then */
	int		 at_once;	/* how many events to read at the same
					 * time */
	const char	*fed_since;	/* since when a webhook serves it; NULL:
					 * none does */
	/*
	 * Changes before these times should be known already: by the walk
	 * before (NULL: there was none), and by a webhook.
	 */
	const char	*known_until;
	const char	*overdue;
	bool		 long_unreachable;	/* nothing could be read for
						 * long */
};

/* CAL_NOTFOUND: the connection is gone, or nothing was ever asked for. */
enum cal_err	sync_load(struct tx *, const char *connection_id,
		    struct sync *) ERR_CHECK;
/*
 * Asks for a walk, and for the job that makes it.  A request is met by a walk
 * over everything that is under way.
 */
enum cal_err	sync_ask(struct tx *, const char *connection_id,
		    enum sync_purpose) ERR_CHECK;
/*
 * Called when a connection's subscription was seen to, or could not be for now:
 * has the connection polled or not, and asks for the walk that it needs, if
 * any.
 */
enum cal_err	sync_settle(struct tx *, const char *connection_id,
		    const char *grant_id) ERR_CHECK;
/*
 * Begins a walk of this purpose.  It reads the events that start "past" seconds
 * ago or later, of this account.  "catch_up": it reads back at least to a day
 * before the last complete walk.  If another purpose was asked for meanwhile,
 * that walk comes next.
 */
enum cal_err	sync_begin(struct tx *, const char *connection_id,
		    const char *account_id, enum sync_purpose, int64_t past,
		    bool catch_up) ERR_CHECK;
/*
 * Drops the walk of a connection that is being ended, all that it had still to
 * read, and what was asked for.  The next connect begins with a backfill.
 */
enum cal_err	sync_drop(struct tx *, const char *connection_id) ERR_CHECK;
/* Notes what keeps the walk from going on; SYNC_WELL: nothing. */
enum cal_err	sync_mark_trouble(struct tx *, const char *connection_id,
		    int64_t walk, enum sync_trouble) ERR_CHECK;

/* A scheduled event as a page of Calendly's list shows it. */
struct sync_listed {
	const char	*meeting_id;
	const char	*uri;
	const char	*start_at;
	const char	*event;		/* as JSON text */
	struct bytes	 hash;		/* of that text */
};

/* A page, and what it says about the list. */
struct sync_page {
	int64_t		 walk;
	const char	*account_id;
	const char	*asked_at;	/* when Calendly was asked for it */
	bool		 whole;		/* invitees are read whether the event
					 * was altered or not */
	const struct sync_listed *all;
	size_t		 n;
	size_t		 unread;	/* entries that could not be read */
	/*
	 * With those listed before, it shows all events that start at "after"
	 * or later and before "until"; NULL: all that are ahead.
	 */
	const char	*after;
	const char	*until;
};

/*
 * Stores a page: what must be read, what is missing in it, and how far the walk
 * has come.  The page without "until" ends the phase.  "fresh" is how many of
 * its events carry the list on: they were not listed before, and do not start
 * before those that were.  CAL_NOTFOUND: another runner has carried
 * the walk on; nothing is stored.
 */
enum cal_err	sync_store_page(struct tx *, const char *connection_id,
		    const struct sync_page *, int64_t *fresh) ERR_CHECK;

/* An event that has to be read. */
struct sync_work {
	const char	*meeting_id;
	const char	*uri;
	const char	*event;		/* JSON; NULL: the event is missing */
	struct bytes	 hash;
	const char	*asked_at;	/* when Calendly was asked for it */
	int		 tries;
};

/* Lists what the walk reads next; "missing": events that the list lacks. */
enum cal_err	sync_next(struct tx *, const char *connection_id, bool missing,
		    int most, struct sync_work **, int *n) ERR_CHECK;

/* What became of an event that was to be read. */
struct sync_done {
	const struct sync_work *work;
	bool		 failed;	/* it is to be tried again */
	bool		 missing;	/* Calendly says that it is gone: look
					 * again in the phase "missing" */
	bool		 gone;		/* it is, for good */
	bool		 unread;	/* not all of it could be read */
	const char	*invitees_at;	/* the moment for which the list of its
					 * invitees speaks */
};

/* What a walk has read. */
struct sync_count {
	int64_t		 events;
	int64_t		 invitees;
	int64_t		 unread;
	int64_t		 changes;
	int64_t		 missed_by_webhook;
	int64_t		 missed_by_poll;
};

/*
 * Stores what became of "n" events, and adds to the walk's counts.  Of an event
 * that was read completely, the invitees who were there before and whom the
 * list does not show become absent (absent.h); what it showed must be stored
 * already.  Stores "at_once", too.  CAL_NOTFOUND: the walk is not the one under way any more.
 */
enum cal_err	sync_store_done(struct tx *, const char *connection_id,
		    const struct sync *, const struct sync_done *, size_t n,
		    const struct sync_count *) ERR_CHECK;
/*
 * Ends the phase.  The phase "missing" is left out if an entry of the list
 * could not be read, because that entry might be the one that is missing.
 */
enum cal_err	sync_next_phase(struct tx *, const char *connection_id,
		    int64_t walk) ERR_CHECK;

/*
 * Has these connections, which may come twice, looked at again soon, because a
 * conference's room is still being made: no webhook tells when it is there.
 */
enum cal_err	sync_look(struct tx *, const char *const *connection_id,
		    size_t n) ERR_CHECK;

/* A walk that is complete. */
struct sync_complete {
	enum sync_purpose purpose;
	int64_t		 events;
	int64_t		 invitees;
	int64_t		 unread;
	const char	*from_at;
	const char	*started_at;
	const char	*completed_at;
};

/*
 * Ends the walk, and sets the times of the next poll and of the next look for
 * rooms, if any is still being made.  CAL_NOTFOUND: it is not
 * the one under way any more.
 */
enum cal_err	sync_end(struct tx *, const char *connection_id, int64_t walk,
		    struct sync_complete *) ERR_CHECK;

/*
 * A connection's sync as the API shows it; a part of struct connection_view.
 */
struct sync_view {
	enum sync_state	 state;
	enum sync_purpose purpose;	/* of the walk under way, or the last */
	enum sync_phase	 phase;
	int64_t		 events;
	int64_t		 events_done;
	int64_t		 invitees;
	int64_t		 unread;
	const char	*from;
	const char	*to;		/* NULL: all that is ahead */
	const char	*started_at;
	const char	*eta;		/* NULL: not known */
	const char	*last_complete_at;	/* start of the last complete
					 * walk over everything */
	const char	*as_of;		/* changes before it are known; NULL:
					 * webhooks tell of changes, or nothing
					 * was read yet */
	const char	*next_at;	/* when the next poll is due */
	enum sync_trouble trouble;
	enum fed_by	 fed_by;
	int64_t		 missed_by_webhook;
	int64_t		 missed_by_poll;
};

/*
 * Asks for the polls and the looks for rooms that are due, at most "most" of
 * each; "n" is how many those were.
 */
enum cal_err	sync_due(struct db *, struct arena *, int most, int64_t *n)
		    ERR_CHECK;

#endif
