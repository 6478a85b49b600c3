/*
 * news: what sightings of a meeting changed in what hosts see of it.
 */
#ifndef APP_SERVICE_MEETING_NEWS_H
#define APP_SERVICE_MEETING_NEWS_H

#include <stdbool.h>

enum meeting_change {
	MEETING_SAME,
	MEETING_CREATED,
	MEETING_UPDATED,
	MEETING_CANCELED,
	MEETING_RESCHEDULED,
	MEETING_NO_SHOW,
	MEETING_GONE,
	MEETING_CHANGE__MAX
};

struct news {
	enum meeting_change change;
	const char	*invitee_id;	/* the only invitee that changed;
					 * NULL: none did, or several */
	bool		 several;	/* several invitees changed */
	const char	*since;		/* the latest time that Calendly gives
					 * to what changed; NULL: none */
	const char	*webhook_since;	/* the same of that of which webhooks
					 * tell: bookings, cancellations and
					 * no-shows */
};

/* "created", "updated", ...; NULL for MEETING_SAME. */
const char	*meeting_change_name(enum meeting_change);
/*
 * Notes a change that hosts see, and since when it is so (NULL: not known).
 */
void		 news_note(struct news *, const char *since);
/* Notes besides that a webhook tells of such a change. */
void		 news_note_webhook(struct news *, const char *since);
/*
 * Adds what another sighting of the same meeting changed, so that both are told
 * as one change: the one that matters most to people.  Begin with a "sum" that
 * is all zero.
 */
void		 news_add(struct news *sum, const struct news *);

#endif
