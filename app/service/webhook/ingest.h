/*
 * ingest: verifies webhook requests and stores them before they are answered.
 *
 * If a request is answered with 2xx, its event is committed.  Repeating a
 * delivery, by Calendly or by an attacker, changes nothing.  A different body
 * about an event that is known makes no second event, but is applied to the
 * meeting as well.
 */
#ifndef APP_SERVICE_WEBHOOK_INGEST_H
#define APP_SERVICE_WEBHOOK_INGEST_H

#include <stddef.h>

#include "lib/buf.h"

struct arena;
struct service;

enum ingest_result {
	INGEST_STORED,
	INGEST_KNOWN,		/* the same body is stored already */
	INGEST_RETOLD,		/* the event is known, but this body is
				 * different: it is stored for the meeting */
	INGEST_UNKEPT,		/* the event is known, and has as many
				 * bodies as may be stored: not stored */
	INGEST_NO_SIGNATURE,
	INGEST_BAD_HEADER,
	INGEST_WRONG_SIGNATURE,
	INGEST_STALE,		/* signed outside the time window */
	INGEST_UNKNOWN,		/* there is no such endpoint */
	INGEST_RETIRED,
	INGEST_NO_KEY,		/* no key is configured to verify it with */
	INGEST_NOT_STORED,	/* not stored, but a later try may succeed */
};

struct ingest {
	const char		*request_id;	/* for log lines */
	const char		*endpoint;
	const char		*signature;	/* the header's
						 * value; NULL: none */
	struct bytes		 body;
	enum ingest_result	 result;	/* set by ingest_batch_store()
						 * at the latest */
};

/* Requests that are stored in one commit. */
struct ingest_batch;

/* Makes a batch for at most so many requests; it is the arena's. */
struct ingest_batch *ingest_batch_new(struct arena *, size_t most);
/*
 * Adds a request, verified and read as far as that needs no database.  "in"
 * must stay where it is until the batch is stored.
 */
void	ingest_batch_add(struct service *, struct ingest_batch *,
	    struct ingest *);
/*
 * Stores all that are accepted in one commit, and sets the results.  Refused
 * ones are reported to refused.h; the caller must call refused_write() after it
 * has answered.
 */
void	ingest_batch_store(struct service *, struct ingest_batch *);

#endif
