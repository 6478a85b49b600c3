/*
 * idempotency: see idempotency.h.
 */
#include <string.h>

#include "app/repo/idempotency.h"
#include "app/repo/tx.h"
#include "app/service/idempotency/idempotency.h"
#include "app/service/keys/seal.h"
#include "app/service/service.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/log.h"
#include "lib/secret.h"

static struct bytes
hash_parts(struct arena *mem, const struct bytes *parts, size_t n)
{
	uint8_t	*hash = arena_alloc(mem, CRYPTO_HASHSZ);

	crypto_sha256(hash, parts, n);
	return (struct bytes){ hash, CRYPTO_HASHSZ };
}

static struct bytes
hash_request(struct arena *mem, const struct idempotent_request *q)
{
	const struct bytes	 parts[] = {
		bytes_with_nul(q->method), bytes_with_nul(q->path),
		bytes_with_nul(q->query), q->body
	};

	return hash_parts(mem, parts, sizeof(parts) / sizeof(parts[0]));
}

/*
 * Returns the number of the lock for this key: 64 bits of a hash, so that two
 * keys practically never share one.  If they did, one of two requests at the
 * same instant would be told to wait.
 */
static int64_t
lock_number(const struct tx *tx, const struct idempotent_request *q)
{
	const struct bytes	 parts[] = {
		bytes_with_nul("idempotency"), bytes_with_nul(tx->tenant_id),
		bytes_with_nul(q->key)
	};
	uint8_t			 hash[CRYPTO_HASHSZ];
	int64_t			 number;

	crypto_sha256(hash, parts, sizeof(parts) / sizeof(parts[0]));
	memcpy(&number, hash, sizeof(number));
	return number;
}

static enum cal_err
open_answer(struct service *cal, struct arena *mem,
    const struct idempotency *kept, struct idempotent_answer *out)
{
	const struct seal_place	 place = seal_at(SEALED_ANSWER, kept->id, 0);
	struct secret		*body;
	enum cal_err		 rc;

	rc = keyring_unseal(cal->keys, mem, &place, kept->answer_sealed, &body);
	if (rc != CAL_OK) {
		log_warn("keyring: idempotency_keys.answer_sealed of %s: %s",
		    kept->id, rc == CAL_NOTFOUND ? "sealed with a key that "
		    "the keyring does not hold: put the newest copy of the "
		    "keyring here; if the key is lost for good: calendlyctl "
		    "keyring forget-lost" :
		    "does not open: it was damaged or moved");
		return CAL_INTERNAL;
	}
	out->status = kept->status;
	out->body = (struct bytes){ secret_text(body), secret_len(body) };
	if (out->body.n == 0)
		out->body.p = NULL;
	return CAL_OK;
}

enum cal_err
idempotency_look(struct service *cal, struct tx *tx,
    const struct idempotent_request *q, struct idempotent_answer *out)
{
	const struct bytes	 asked = hash_request(tx->mem, q);
	struct idempotency	 kept;
	enum cal_err		 rc;

	rc = idempotency_find(tx, crypto_hash_text(tx->mem, q->key), &kept);
	if (rc != CAL_OK)
		return rc;
	if (kept.request_hash.n != asked.n ||
	    memcmp(kept.request_hash.p, asked.p, asked.n) != 0)
		return CAL_INVALID;
	return open_answer(cal, tx->mem, &kept, out);
}

enum cal_err
idempotency_begin(struct service *cal, struct tx *tx,
    const struct idempotent_request *q, struct idempotent_answer *out,
    bool *done)
{
	enum cal_err	 rc;

	*done = false;
	if ((rc = idempotency_lock(tx, lock_number(tx, q))) != CAL_OK)
		return rc;
	rc = idempotency_look(cal, tx, q, out);
	*done = rc == CAL_OK;
	return rc == CAL_NOTFOUND ? CAL_OK : rc;
}

enum cal_err
idempotency_end(struct service *cal, struct tx *tx,
    const struct idempotent_request *q, const struct idempotent_answer *a)
{
	const char		*id = crypto_uuid(tx->mem);
	const struct seal_place	 place = seal_at(SEALED_ANSWER, id, 0);
	const struct idempotency kept = {
		.id = id,
		.request_hash = hash_request(tx->mem, q),
		.status = a->status,
		.answer_sealed = keyring_seal(cal->keys, tx->mem, &place,
		    secret_new(tx->mem,
		    a->body.p == NULL ? "" : a->body.p, a->body.n)),
	};

	return idempotency_keep(tx, crypto_hash_text(tx->mem, q->key), &kept);
}
