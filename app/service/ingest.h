/*
 * ingest: a webhook request, verified and stored before it is answered.
 *
 * An event answered 2xx is committed.  Repeating a delivery, by Calendly or
 * by somebody who replays it, changes nothing.
 */
#ifndef APP_SERVICE_INGEST_H
#define APP_SERVICE_INGEST_H

#include "lib/buf.h"
#include "lib/err.h"

struct arena;
struct calendly;

enum ingest_result {
	INGEST_STORED,
	INGEST_KNOWN,		/* stored already */
	INGEST_NO_SIGNATURE,
	INGEST_BAD_HEADER,
	INGEST_WRONG_SIGNATURE,
	INGEST_STALE,		/* outside the time window */
	INGEST_UNKNOWN,		/* no such endpoint */
	INGEST_RETIRED,
	INGEST_NO_KEY,		/* none is configured to verify with */
};

/*
 * "signature": the header, NULL if there is none.  CAL_UNAVAILABLE: not
 * stored, a later try may be.
 */
enum cal_err	ingest_run(struct calendly *, struct arena *,
		    const char *endpoint, const char *signature,
		    struct bytes body, enum ingest_result *) ERR_CHECK;

#endif
