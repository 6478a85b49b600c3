/*
 * ingest: webhook requests, verified and stored before they are answered.
 *
 * An event answered 2xx is committed.  Repeating a delivery, by Calendly or
 * by somebody who replays it, changes nothing.  Another body about an event
 * that is known is no other event, but its meeting takes both.
 */
#ifndef APP_SERVICE_WEBHOOK_INGEST_H
#define APP_SERVICE_WEBHOOK_INGEST_H

#include <stddef.h>

#include "lib/buf.h"

struct arena;
struct service;

enum ingest_result {
	INGEST_STORED,
	INGEST_KNOWN,		/* stored already */
	INGEST_RETOLD,		/* its event is known; this body, with other
				 * content, is stored for the meeting */
	INGEST_UNKEPT,		/* the same, but too many such bodies came */
	INGEST_NO_SIGNATURE,
	INGEST_BAD_HEADER,
	INGEST_WRONG_SIGNATURE,
	INGEST_STALE,		/* outside the time window */
	INGEST_UNKNOWN,		/* no such endpoint */
	INGEST_RETIRED,
	INGEST_NO_KEY,		/* none is configured to verify with */
	INGEST_NOT_STORED,	/* a later try may be */
};

struct ingest {
	const char		*request_id;	/* for the log */
	const char		*endpoint;
	const char		*signature;	/* the header; NULL if none */
	struct bytes		 body;
	enum ingest_result	 result;	/* of ingest_run() */
};

/*
 * All at once: what there is to store is stored in one commit.  What was
 * refused is told to refused.h, and written down by refused_write().
 */
void	ingest_run(struct service *, struct arena *, struct ingest *,
	    size_t n);

#endif
