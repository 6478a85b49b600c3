/*
 * sighting_look: one sighting while it is being read, and functions that its
 * parts share; for app/calendly/sighting*.c alone.
 */
#ifndef APP_CALENDLY_SIGHTING_LOOK_H
#define APP_CALENDLY_SIGHTING_LOOK_H

#include <stdbool.h>

#include "app/calendly/sighting.h"

struct json;

struct look {
	struct arena	*mem;
	const struct sighting_source *src;
	const char	*event_uri;
	const char	*event_sent_at;	/* may be NULL, like src->sent_at */
	bool		 is_canceled;	/* the invitee has canceled */
	bool		 is_rescheduled;
	bool		 is_unseen;	/* only the URIs are known */
	bool		 is_alone;	/* the event has room
					 * for one invitee only */
};

bool		 look_is_kind(const struct look *, const char *kind);
/* The time at this path in a form that sorts; NULL: none. */
const char	*look_time(const struct look *, const struct json_node *,
		    const char *path);
/* A node's updated_at, else its created_at; NULL: neither is there. */
const char	*look_own_since(const struct look *, const struct json_node *);
/*
 * Since when a node's content is true: its updated_at, else created_at, else
 * when it was sent ("sent_at", which may be NULL) or received.
 */
const char	*look_since(const struct look *, const struct json_node *,
		    const char *sent_at);
/* A time; if it is NULL, "-", which sorts before any time. */
const char	*look_known(const char *);
/* The later of two times, either of which may be NULL; "-" if both are. */
const char	*look_later(const char *, const char *);
/*
 * A hash of a text, for the end of its version.  It sorts lower if a part of
 * the text could not be read, so that of two sightings of the same moment the
 * complete one wins.
 */
const char	*look_hash(const struct look *, const char *);
/*
 * Writes the meeting and invitee that a reschedule led to or came from; null if
 * there was none.
 */
void		 look_put_link(const struct look *, struct json *,
		    const char *name, const char *uri);

/*
 * In sighting_canceled.c: reads the end of the invitee's part and of the
 * meeting.
 */
void		 look_for_canceled(const struct look *, struct sighting *);
/* In sighting_presence.c: reads when the meeting and invitee were there. */
void		 look_for_presence(const struct look *, struct sighting *);
/* In sighting_no_show.c: reads whether the invitee came. */
void		 look_for_no_show(const struct look *, struct sighting *);

#endif
