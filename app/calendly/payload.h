/*
 * payload: the body of a delivery: what it is about, and what it is known by.
 */
#ifndef APP_CALENDLY_PAYLOAD_H
#define APP_CALENDLY_PAYLOAD_H

#include "lib/buf.h"

struct arena;
struct json_node;

struct payload {
	const char	*kind;		/* "invitee.created"; NULL: unreadable */
	const char	*flaw;		/* why it is unreadable; else NULL */
	const char	*created_at;	/* of when.h, or NULL */
	const struct json_node *root;	/* the envelope */
};

/*
 * Read a body.  It never fails: what can't be read has a flaw, in words that
 * hold none of the body.
 */
void		payload_read(struct arena *, struct bytes body,
		    struct payload *);
/*
 * What this delivery is known by among its connection's, so that a repeated
 * one is one event: the kind, the subject's id and, for no-shows, the
 * no-show's own id (else created_at), for *.updated its updated_at; for an
 * unknown kind, or an unreadable body, the kind and the body.  Each part but
 * the body ends in a NUL.
 */
struct bytes	payload_known(struct arena *, const struct payload *,
		    struct bytes body);
/*
 * The id of the scheduled event that an invitee's delivery is about, else
 * NULL: two invitees of one id in two events are two.
 */
const char	*payload_about(struct arena *, const struct payload *);
/* Calendly's "payload" as JSON, less the passwords of meeting rooms. */
const char	*payload_content(struct arena *, const struct payload *);

#endif
