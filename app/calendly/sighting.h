/*
 * sighting: what one delivery, or one answer of the API, says about a meeting
 * and one of its invitees.
 *
 * It says up to five things, each of them a write to a register (lib/reg.h).
 * The registers' versions order the writes by when they were true at Calendly,
 * not by when they came:
 *
 *   content	updated_at, else created_at, else when it was sent; then when
 *		it was sent, because some changes of a meeting leave its
 *		updated_at alone; for a meeting in a delivery, then the
 *		invitee's own times, because the event's are in whole seconds;
 *		last, a hash
 *   canceled	written only for what is canceled, which is final; a sighting
 *		that knows more (of a reschedule, of who and why) outranks
 *		others
 *   no_show	see no_show.h
 *
 * It also says when the meeting and the invitee were there (presence.h): at the
 * latest time that it knows of them.
 *
 * An answer of the API was "sent" at a moment that its reader vouches for: the
 * answer may not be older.  Calendly's API can lag behind its webhooks, so that
 * moment lies before the question.
 */
#ifndef APP_CALENDLY_SIGHTING_H
#define APP_CALENDLY_SIGHTING_H

#include <stdbool.h>

#include "app/domain/presence.h"
#include "lib/reg.h"

struct arena;
struct json_node;

struct sighting_source {
	const char	*connection_id;
	const char	*kind;		/* the event's kind; NULL:
					 * an answer of the API */
	const char	*sent_at;	/* the envelope's created_at, or the
					 * moment that an answer of the API
					 * speaks for; may be NULL */
	const char	*event_sent_at;	/* the same for an event that came in
					 * another answer than its invitee;
					 * NULL: sent_at */
	const char	*received_at;	/* used where other times are missing */
	const struct json_node *invitee;/* may be NULL in an answer of the
					 * API: only the event was read */
	const struct json_node *event;	/* the scheduled event;
					 * NULL: not shown */
};

struct sighting {
	const char	*meeting_id;	/* our id */
	const char	*invitee_id;	/* NULL: nothing is said of any */
	const char	*start_at;	/* start_time in the meeting's
					 * content; NULL: not said */
	const char	*end_at;	/* end_time in the meeting's
					 * content; NULL: not said */
	const char	*booked_at;	/* created_at in the invitee's
					 * content; NULL: not said */
	struct reg	 meeting;	/* in each of these registers a NULL
					 * version means: nothing is said */
	struct reg	 meeting_canceled;
	struct reg	 invitee;
	struct reg	 invitee_canceled;
	struct reg	 no_show;		/* versions as in no_show.h */
	bool		 rescheduled;	/* the meeting was canceled
					 * by a reschedule */
	struct presence	 meeting_presence;
	struct presence	 invitee_presence;
	const char	*meeting_since;	/* since when each is so, as Calendly
					 * tells it; NULL: not said */
	const char	*invitee_since;
	const char	*no_show_since;
};

/*
 * Reads a sighting.  False: it does not say which meeting or invitee it is
 * about.
 */
bool		 sighting_read(struct arena *, const struct sighting_source *,
		    struct sighting *);
/*
 * Makes the sighting that says: at "sent_at", Calendly had no such meeting; or,
 * if "invitee_uri" is not NULL, the meeting but no such invitee.  False: the
 * URIs do not say which.
 */
bool		 sighting_gone(struct arena *, const char *connection_id,
		    const char *event_uri, const char *invitee_uri,
		    const char *sent_at, struct sighting *);
/*
 * The latest time in a register's version: then its value was true.  NULL:
 * there is none, because nothing is known but a URI.
 */
const char	*sighting_time(struct arena *, const char *version);
/*
 * Our id of a connection's "meeting" or "invitee".  It is computed from
 * Calendly's id, so it is always the same and known before the thing itself was
 * seen.
 */
const char	*sighting_id(struct arena *, const char *what,
		    const char *connection_id, const char *calendly_id);

#endif
