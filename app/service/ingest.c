/*
 * ingest: see ingest.h.
 */
#include <string.h>
#include <time.h>

#include "app/calendly/payload.h"
#include "app/calendly/signature.h"
#include "app/metric.h"
#include "app/repo/delivery.h"
#include "app/service/calendly.h"
#include "app/service/ingest.h"
#include "app/service/seal.h"
#include "app/settings.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/keyring.h"
#include "lib/log.h"
#include "lib/secret.h"

/* Candidate keys, by the number that is noted with a delivery. */
enum {
	SIGNED_WITH_NONE = -1,
	SIGNED_WITH_OWN = 0,		/* the subscription's */
	SIGNED_WITH_APP = 1,		/* the app's current; 2: previous */
};

static bool
in_time(const struct calendly *cal, const struct signature *sig)
{
	const int64_t	 age = (int64_t)time(NULL) - sig->at;
	const bool	 inside = age >= -cal->set->signature_skew &&
	    age <= cal->set->signature_max_age;

	metric_observe(METRIC_SIGNATURE_AGE, inside ? "inside" : "outside",
	    age);
	return inside;
}

/* NULL if the endpoint has none of its own, or it does not open. */
static const struct secret *
own_key(struct calendly *cal, struct arena *mem, const struct endpoint *e)
{
	const struct seal_place	 place = seal_at(SEALED_SIGNING_KEY, e->id, 0);
	struct secret		*key;

	if (e->signing_key_sealed.p == NULL)
		return NULL;
	if (keyring_unseal(cal->keys, mem, &place, e->signing_key_sealed,
	    &key) != CAL_OK) {
		log_warn("ingest: endpoint %s: its signing key does not open "
		    "with this keyring; the app's keys are tried", e->id);
		return NULL;
	}
	return key;
}

/* Which key made the signature. */
static int
verify(struct calendly *cal, const struct secret *own,
    const struct signature *sig, struct bytes body)
{
	int	 i;

	if (own != NULL && signature_matches(sig, own, body))
		return SIGNED_WITH_OWN;
	for (i = 0; cal->set->signing_keys[i] != NULL; i++)
		if (signature_matches(sig, cal->set->signing_keys[i], body))
			return SIGNED_WITH_APP + i;
	return SIGNED_WITH_NONE;
}

static enum cal_err
store(struct calendly *cal, struct arena *mem, const struct endpoint *e,
    int signed_with, struct bytes body, enum ingest_result *result)
{
	struct payload		 p;
	struct delivery_new	 d = {
		.endpoint = e,
		.signed_with = signed_with,
		.body = body,
	};
	uint8_t			 identity[CRYPTO_HASHSZ];
	bool			 stored;
	enum cal_err		 rc;

	payload_read(mem, body, &p);
	payload_identity(mem, &p, e->connection_id, body, identity);
	d.identity = (struct bytes){ identity, sizeof(identity) };
	d.kind = p.kind;
	d.flaw = p.flaw;
	rc = ingest_store(cal->db, mem, &d, &stored);
	if (rc == CAL_INVALID && d.flaw == NULL) {
		/* The database refuses what we read out of the body: the raw
		 * bytes are worth keeping all the same. */
		d.kind = NULL;
		d.flaw = "the database refused what it holds";
		rc = ingest_store(cal->db, mem, &d, &stored);
	}
	if (rc != CAL_OK)
		return CAL_UNAVAILABLE;
	metric_observe(METRIC_INGEST_BATCH, NULL, 1);
	*result = stored ? INGEST_STORED : INGEST_KNOWN;
	return CAL_OK;
}

/*
 * Somebody who guesses, or a key of Calendly's that we do not know: noted at
 * most once an hour.  The answer does not depend on it.
 */
static void
look_into(struct calendly *cal, struct arena *mem, const struct endpoint *e)
{
	if (!e->suspect && endpoint_suspect(cal->db, mem, e) == CAL_OK)
		log_warn("ingest: endpoint %s: a delivery with a wrong "
		    "signature: if it came from Calendly, check "
		    "CALENDLY_WEBHOOK_SIGNING_KEY; a reconcile looks into it",
		    e->id);
}

enum cal_err
ingest_run(struct calendly *cal, struct arena *mem, const char *endpoint,
    const char *signature, struct bytes body, enum ingest_result *result)
{
	const struct secret	*own;
	struct signature	 sig;
	struct endpoint		 e;
	enum cal_err		 rc;
	int			 with;

	*result = INGEST_NO_SIGNATURE;
	if (signature == NULL)
		return CAL_OK;
	*result = INGEST_BAD_HEADER;
	if (signature_parse(signature, &sig) != CAL_OK)
		return CAL_OK;
	*result = INGEST_UNKNOWN;
	rc = endpoint_find(cal->db, mem, crypto_hash_text(mem, endpoint), &e);
	if (rc != CAL_OK)
		return rc == CAL_NOTFOUND ? CAL_OK : CAL_UNAVAILABLE;
	*result = INGEST_RETIRED;
	if (e.retired)
		return CAL_OK;
	*result = INGEST_NO_KEY;
	own = own_key(cal, mem, &e);
	if (own == NULL && cal->set->signing_keys[0] == NULL)
		return CAL_OK;
	*result = INGEST_WRONG_SIGNATURE;
	if ((with = verify(cal, own, &sig, body)) == SIGNED_WITH_NONE) {
		/* The app's key may have made it, once that is set. */
		if (cal->set->signing_keys[0] == NULL)
			*result = INGEST_NO_KEY;
		else
			look_into(cal, mem, &e);
		return CAL_OK;
	}
	*result = INGEST_STALE;
	if (!in_time(cal, &sig))
		return CAL_OK;
	return store(cal, mem, &e, with, body, result);
}
