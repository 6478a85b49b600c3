/*
 * idempotency: answers to requests with an Idempotency-Key, kept to be given
 * again.
 *
 * All functions need a tenant's transaction; keys belong to the tenant.
 */
#ifndef APP_REPO_IDEMPOTENCY_H
#define APP_REPO_IDEMPOTENCY_H

#include <stdint.h>

#include "lib/buf.h"
#include "lib/err.h"

struct tx;

struct idempotency {
	const char	*id;
	struct bytes	 request_hash;	/* what was asked */
	int		 status;	/* of the answer */
	struct bytes	 answer_sealed;
};

/*
 * Makes sure that no other transaction deals with this key until ours ends,
 * however that happens.  CAL_CONFLICT: another one does, now.
 */
enum cal_err	idempotency_lock(struct tx *, int64_t lock) ERR_CHECK;
/*
 * Gives the answer that is kept for the key.  To be called after
 * idempotency_lock(), so that it sees what the last holder of the lock has
 * written.  CAL_NOTFOUND: there is none.
 */
enum cal_err	idempotency_find(struct tx *, struct bytes key_hash,
		    struct idempotency *) ERR_CHECK;
/* Keeps an answer.  CAL_CONFLICT: one is kept for this key already. */
enum cal_err	idempotency_keep(struct tx *, struct bytes key_hash,
		    const struct idempotency *) ERR_CHECK;

#endif
