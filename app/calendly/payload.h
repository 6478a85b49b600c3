/*
 * payload: reads the body of a delivery: what it is about, and by what it is
 * recognised when it is repeated.
 */
#ifndef APP_CALENDLY_PAYLOAD_H
#define APP_CALENDLY_PAYLOAD_H

#include "lib/buf.h"

struct arena;
struct json_node;

struct payload {
	const char	*kind;		/* such as "invitee.created";
					 * NULL: unreadable */
	const char	*flaw;		/* why it is unreadable; else NULL */
	const char	*created_at;	/* a time as in
					 * lib/when.h; NULL: none */
	const struct json_node *root;	/* the whole body;
					 * NULL: it is not JSON */
};

/*
 * Reads a body.  This never fails: if the body can't be read, "flaw" says why,
 * without quoting the body.
 */
void		payload_read(struct arena *, struct bytes body,
		    struct payload *);
/*
 * The key by which a delivery is known among those of its connection, so that a
 * repeated one is one event.  For a known kind: the kind, the subject's id and,
 * for no-shows, the no-show's id (else created_at), for *.updated its
 * updated_at.  For an unknown kind or an unreadable body: the kind and the
 * whole body.  Each part but the body ends in a NUL.
 */
struct bytes	payload_known(struct arena *, const struct payload *,
		    struct bytes body);
/*
 * The id of the scheduled event, if the delivery is about an invitee; else
 * NULL.  Invitees with one id in two events are different invitees.
 */
const char	*payload_about(struct arena *, const struct payload *);
/* Calendly's "payload" as JSON, without the passwords of meeting rooms. */
const char	*payload_content(struct arena *, const struct payload *);

#endif
