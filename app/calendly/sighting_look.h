/*
 * sighting_look: for app/calendly/sighting*.c alone: one look, and what its
 * parts need to know.
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
	bool		 is_canceled;	/* the invitee */
	bool		 is_rescheduled;
	bool		 is_alone;	/* nobody else can book the meeting */
};

bool		 look_is_kind(const struct look *, const char *kind);
/* A time, or NULL. */
const char	*look_time(const struct look *, const struct json_node *,
		    const char *path);
/* Since when what a node says is true. */
const char	*look_since(const struct look *, const struct json_node *);
/* When that was said; if that is not known "-", which is before any time. */
const char	*look_sent(const struct look *);
/* The later of two times, either of which may be NULL; "-" if both are. */
const char	*look_later(const char *, const char *);
/*
 * Of a text, to end its version: less where some of it could not be read, so
 * that of two that are told for the same moment the whole one wins.
 */
const char	*look_hash(const struct look *, const char *);
/* Where a reschedule led to or came from; null if to nowhere. */
void		 look_put_link(const struct look *, struct json *,
		    const char *name, const char *uri);

/* In sighting_canceled.c: what is said of an end, of either. */
void		 look_for_canceled(const struct look *, struct sighting *);
/* In sighting_no_show.c. */
void		 look_for_no_show(const struct look *, struct sighting *);

#endif
