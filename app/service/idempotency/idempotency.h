/*
 * idempotency: does a request only once, however often it comes.
 *
 * A client names its request by a key of its own (Idempotency-Key).  The answer
 * to the first request is kept, sealed, in the very transaction that makes the
 * change, and given to the others.  So a process that dies in between leaves
 * neither a change without its answer nor a key that is never free again: the
 * database rolls both back.  A request that failed has changed nothing and is
 * not kept, so its key may be used again.
 */
#ifndef APP_SERVICE_IDEMPOTENCY_IDEMPOTENCY_H
#define APP_SERVICE_IDEMPOTENCY_IDEMPOTENCY_H

#include <stdbool.h>

#include "lib/buf.h"
#include "lib/err.h"

struct arena;
struct service;
struct tx;

/* A request with a key. */
struct idempotent_request {
	const char	*key;
	const char	*method;
	const char	*path;
	const char	*query;
	struct bytes	 body;
};

/* Its answer.  The body has no bytes (p NULL) if there is none. */
struct idempotent_answer {
	int		 status;
	struct bytes	 body;
};

/*
 * Begins the request, in the tenant's transaction that is to make the change.
 * If it was done before, "done" is true and the answer is given.  CAL_CONFLICT:
 * it is being done now.  CAL_INVALID: its key belongs to another request.
 */
enum cal_err	idempotency_begin(struct service *, struct tx *,
		    const struct idempotent_request *,
		    struct idempotent_answer *, bool *done) ERR_CHECK;
/*
 * Gives the answer if the request was done before, without being about to do
 * it.  CAL_NOTFOUND: it was not.  CAL_INVALID: its key belongs to another
 * request.
 */
enum cal_err	idempotency_look(struct service *, struct tx *,
		    const struct idempotent_request *,
		    struct idempotent_answer *) ERR_CHECK;
/* Keeps the answer.  In the same transaction, after the change. */
enum cal_err	idempotency_end(struct service *, struct tx *,
		    const struct idempotent_request *,
		    const struct idempotent_answer *) ERR_CHECK;

#endif
