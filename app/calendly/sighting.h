/*
 * sighting: what one delivery, or one look at the API, says of a meeting and
 * one of its invitees.
 *
 * It says up to five things, each a write to a register (lib/reg.h).  Their
 * versions order them as they were true at Calendly, not as they came:
 *
 *   content	updated_at, else created_at, else when it was sent; then when
 *		it was sent, for not all that changes a meeting touches its
 *		updated_at; for a meeting, then the invitee's own times, for
 *		those of the event have whole seconds; then a hash
 *   canceled	said only of what is canceled, which is final; a sighting that
 *		knows more (of a reschedule, of who and why) outranks others
 *   no_show	see no_show.h
 */
#ifndef APP_CALENDLY_SIGHTING_H
#define APP_CALENDLY_SIGHTING_H

#include <stdbool.h>

#include "lib/reg.h"

struct arena;
struct json_node;

struct sighting_source {
	const char	*connection_id;
	const char	*kind;		/* of the event; NULL: the API */
	const char	*sent_at;	/* the envelope's created_at; when the
					 * API was asked; may be NULL */
	const char	*received_at;	/* stands in for what is missing */
	const struct json_node *invitee;
	const struct json_node *event;	/* NULL: not shown */
};

struct sighting {
	const char	*meeting_id;	/* ours */
	const char	*invitee_id;
	const char	*start_at;	/* of the meeting's content; NULL: */
	const char	*end_at;	/* not said */
	const char	*booked_at;	/* of the invitee's */
	struct reg	 meeting;	/* version NULL: nothing is said */
	struct reg	 meeting_canceled;
	struct reg	 invitee;
	struct reg	 invitee_canceled;
	struct reg	 no_show;		/* of no_show.h */
	bool		 rescheduled;	/* what canceled the meeting */
};

/* False if it can't be made out which meeting or invitee it is. */
bool		 sighting_read(struct arena *, const struct sighting_source *,
		    struct sighting *);
/*
 * Our id of a "meeting" or an "invitee" of a connection: always the same for
 * the same thing at Calendly, so that it is known before the thing is seen.
 */
const char	*sighting_id(struct arena *, const char *what,
		    const char *connection_id, const char *calendly_id);

#endif
