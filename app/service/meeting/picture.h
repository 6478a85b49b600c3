/*
 * picture: adds sightings of several meetings to what is stored of them.
 *
 * Whoever learns something of meetings, from webhooks or from reading the API,
 * applies it here: in a tenant's transaction that has locked the connections of
 * all these meetings, and in these steps, of which each is one or two
 * statements whatever the number of sightings:
 *
 *	picture_open(&p, tx, set, items, n)	loads the meetings
 *	picture_see(&p, mem, s)			adds each sighting
 *	picture_save(&p, tx)			saves what changed
 *
 * Every sighting that is added must have been among the items.  For those that
 * say that a meeting is gone, picture_open() loads all the meeting's invitees,
 * which takes one more statement.
 */
#ifndef APP_SERVICE_MEETING_PICTURE_H
#define APP_SERVICE_MEETING_PICTURE_H

#include <stddef.h>

#include "app/service/meeting/merge.h"
#include "lib/err.h"

struct arena;
struct tx;
struct meeting;
struct settings;
struct sighting;

/* A sighting, and whose meeting it is about. */
struct picture_item {
	const struct sighting *s;
	const char	*connection_id;
	const char	*user_id;
};

struct picture {
	struct meeting	*meetings;	/* each once, ordered by id */
	size_t		 n;
	const char	*kept_from;	/* those that were over before are left
					 * to retention; NULL: none */
};

/* Loads the meetings that the items are about. */
enum cal_err	 picture_open(struct picture *, struct tx *,
		    const struct settings *, const struct picture_item *,
		    size_t n) ERR_CHECK;
/*
 * Adds a sighting to its meeting, which borrows the sighting's texts, and
 * returns what this changed.  A meeting that has been over for longer than
 * meetings are kept is not changed: retention has removed it, or is about to,
 * and what comes late must not bring it back.
 *
 * The news of several sightings of one meeting are combined with news_add()
 * where they are told as one.
 */
struct news	 picture_see(struct picture *, struct arena *,
		    const struct sighting *);
/* Saves what changed. */
enum cal_err	 picture_save(const struct picture *, struct tx *) ERR_CHECK;
/* The meeting of a sighting, as it is now. */
const struct meeting *picture_meeting(const struct picture *,
		    const struct sighting *);
/*
 * The body of meeting.changed.  "invitee_id" is whom the change is about, who
 * is always among the invitees that it shows; NULL: nobody alone.
 */
const char	*picture_told(struct arena *, const struct meeting *,
		    enum meeting_change, const char *invitee_id);

#endif
