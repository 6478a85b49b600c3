/*
 * merge: combines everything that was seen of a meeting into one picture.
 *
 * A meeting and each of its invitees are made of registers (lib/reg.h), so the
 * picture depends only on the set of sightings: it does not matter in which
 * order they come, or how often.
 */
#ifndef APP_SERVICE_MEETING_MERGE_H
#define APP_SERVICE_MEETING_MERGE_H

#include <stdbool.h>

struct arena;
struct meeting;
struct sighting;

/* What a sighting changed in what hosts see. */
enum meeting_change {
	MEETING_SAME,
	MEETING_CREATED,
	MEETING_UPDATED,
	MEETING_CANCELED,
	MEETING_RESCHEDULED,
	MEETING_NO_SHOW,
	MEETING_CHANGE__MAX
};

/* What one sighting, or several of one meeting, changed in what hosts see. */
struct news {
	enum meeting_change change;
	const char	*invitee_id;	/* the only invitee that changed;
					 * NULL: none did, or several */
	bool		 several;	/* several invitees changed */
	const char	*since;		/* the latest time that Calendly gives
					 * to what changed; NULL: none */
};

/* "created", "updated", ...; NULL for MEETING_SAME. */
const char	*meeting_change_name(enum meeting_change);
/*
 * Adds a sighting to its meeting.  A meeting whose content.version is NULL is
 * new.  The meeting borrows the sighting's texts.
 */
struct news	 meeting_see(struct arena *, struct meeting *,
		    const struct sighting *);
/*
 * Adds what another sighting of the same meeting changed, so that both are told
 * as one change: the one that matters most to people.  Begin with a "sum" that
 * is all zero.
 */
void		 news_add(struct news *sum, const struct news *);

#endif
