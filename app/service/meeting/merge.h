/*
 * merge: combines everything that was seen of a meeting into one picture.
 *
 * A meeting and each of its invitees are made of registers (lib/reg.h), so the
 * picture depends only on the set of sightings: it does not matter in which
 * order they come, or how often.
 */
#ifndef APP_SERVICE_MEETING_MERGE_H
#define APP_SERVICE_MEETING_MERGE_H

#include "app/service/meeting/news.h"

struct arena;
struct meeting;
struct sighting;

/*
 * Adds a sighting to its meeting.  A meeting whose content.version is NULL is
 * new.  The meeting borrows the sighting's texts.  If the sighting says that
 * the meeting is gone, all the meeting's invitees must be there.
 */
struct news	 meeting_see(struct arena *, struct meeting *,
		    const struct sighting *);

#endif
