/*
 * merge: the one picture of a meeting, out of all that was seen of it.
 *
 * A meeting and each of its invitees are made of registers (lib/reg.h), so
 * that the picture is a function of the set of sightings: their order and
 * repetition do not matter.
 */
#ifndef APP_SERVICE_MEETING_MERGE_H
#define APP_SERVICE_MEETING_MERGE_H

struct arena;
struct meeting;
struct sighting;

/* What a sighting did to what hosts see. */
enum meeting_change {
	MEETING_SAME,
	MEETING_CREATED,
	MEETING_UPDATED,
	MEETING_CANCELED,
	MEETING_RESCHEDULED,
	MEETING_NO_SHOW,
	MEETING_CHANGE__MAX
};

/* "created", ...; NULL for MEETING_SAME. */
const char		*meeting_change_name(enum meeting_change);
/*
 * Add a sighting to its meeting; one without a content.version is new.  Texts
 * are borrowed from the sighting.
 */
enum meeting_change	 meeting_see(struct arena *, struct meeting *,
			    const struct sighting *);

#endif
