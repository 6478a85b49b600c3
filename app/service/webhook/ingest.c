/*
 * ingest: see ingest.h.
 */
#include <string.h>
#include <time.h>

#include "app/calendly/payload.h"
#include "app/calendly/signature.h"
#include "app/metric/metric.h"
#include "app/repo/delivery.h"
#include "app/service/keys/seal.h"
#include "app/service/service.h"
#include "app/service/webhook/ingest.h"
#include "app/service/webhook/refused.h"
#include "app/settings/settings.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/db.h"
#include "lib/keyring.h"
#include "lib/log.h"
#include "lib/secret.h"

/* Which key made a signature, as it is stored with the delivery. */
enum {
	SIGNED_WITH_NONE = -1,
	SIGNED_WITH_OWN = 0,		/* the subscription's own key */
	SIGNED_WITH_APP = 1,		/* the app's current key;
					 * 2: its previous one */
};

enum { SCRATCH_MAX = 128 * 1024 * 1024 };	/* memory to parse one body,
						 * which may be hostile */

/* The requests that were accepted and are to be stored. */
struct batch {
	size_t			  n;
	struct ingest		**of;		/* the request of each
						 * delivery, for its result */
	struct delivery_new	 *delivery;
	bool			  away;		/* the database
						 * is unavailable */
};

static int64_t
age_of(const struct signature *sig)
{
	return (int64_t)time(NULL) - sig->at;
}

static bool
in_time(const struct service *cal, const struct signature *sig)
{
	const int64_t	 age = age_of(sig);

	return age >= -cal->set->signature_skew &&
	    age <= cal->set->signature_max_age;
}

/*
 * Accepts a request whose signature is right, if it was signed within the time
 * window.
 */
static enum ingest_result
accept_in_time(const struct service *cal, const struct signature *sig)
{
	const bool	 inside = in_time(cal, sig);

	metric_observe(METRIC_SIGNATURE_AGE, inside ? "inside" : "outside",
	    age_of(sig));
	return inside ? INGEST_STORED : INGEST_STALE;
}

/* The endpoint's own signing key; NULL if it has none or it does not open. */
static const struct secret *
own_key(struct service *cal, struct arena *mem, const struct endpoint *e)
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

/* Says which key made the signature, or SIGNED_WITH_NONE. */
static int
ingest_verify(const struct service *cal, const struct secret *own,
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

/*
 * Verifies a request for a known endpoint with every key that Calendly may have
 * used.
 */
static enum ingest_result
ingest_judge(const struct service *cal, const struct secret *own,
    const struct ingest *in, const struct signature *sig,
    struct delivery_new *d)
{
	d->signed_with = ingest_verify(cal, own, sig, in->body);
	if (d->signed_with != SIGNED_WITH_NONE)
		return accept_in_time(cal, sig);
	/*
	 * If no app key is configured, Calendly may have signed with it all the
	 * same: once it is configured, a later try can succeed.
	 */
	return cal->set->signing_keys[0] == NULL ? INGEST_NO_KEY :
	    INGEST_WRONG_SIGNATURE;
}

/*
 * Checks a request that was not signed by an app key within the time window.
 * The endpoint is looked up before the signature is judged, because a wrong
 * address is reported rather than a wrong signature.
 */
static enum ingest_result
accept_slowly(struct service *cal, struct arena *mem, const struct ingest *in,
    const struct signature *sig, struct batch *b)
{
	struct delivery_new	*d = &b->delivery[b->n];
	struct endpoint		 e;
	enum ingest_result	 told;
	enum cal_err		 rc;

	if (b->away)
		return INGEST_NOT_STORED;
	rc = endpoint_meet(cal->db, mem, d->endpoint, &e);
	if (rc == CAL_NOTFOUND)
		return INGEST_UNKNOWN;
	b->away = rc == CAL_UNAVAILABLE;
	if (rc != CAL_OK)
		return INGEST_NOT_STORED;
	if (e.retired)
		return INGEST_RETIRED;
	told = ingest_judge(cal, own_key(cal, mem, &e), in, sig, d);
	if (told != INGEST_STORED)
		refused_endpoint(cal, &e, told == INGEST_WRONG_SIGNATURE);
	return told;
}

/*
 * Checks one request.  INGEST_STORED: it may be stored, and is the batch's next
 * delivery; other values are its result.  A request signed with an app key
 * needs no look-up of its endpoint, because storing it finds out if the
 * endpoint is unknown or retired.
 */
static enum ingest_result
ingest_accept(struct service *cal, struct arena *mem, const struct ingest *in,
    struct batch *b)
{
	struct delivery_new	*d = &b->delivery[b->n];
	struct signature	 sig;

	if (in->signature == NULL)
		return INGEST_NO_SIGNATURE;
	if (signature_parse(in->signature, &sig) != CAL_OK)
		return INGEST_BAD_HEADER;
	d->endpoint = crypto_hash_text(mem, in->endpoint);
	d->body = in->body;
	d->signed_with = SIGNED_WITH_NONE;
	if (in_time(cal, &sig))
		d->signed_with = ingest_verify(cal, NULL, &sig, in->body);
	return d->signed_with != SIGNED_WITH_NONE ?
	    accept_in_time(cal, &sig) :
	    accept_slowly(cal, mem, in, &sig, b);
}

/*
 * Reads from the body what is stored beside it.  Parsing may take much memory,
 * which is given back with "scratch".
 */
static void
read_body(struct arena *mem, struct arena *scratch, struct delivery_new *d)
{
	struct payload	 p;

	payload_read(scratch, d->body, &p);
	d->known = payload_known(mem, &p, d->body);
	d->about = payload_about(mem, &p);
	d->kind = p.kind == NULL ? NULL : arena_dup(mem, p.kind);
	d->flaw = p.flaw == NULL ? NULL : arena_dup(mem, p.flaw);
	arena_reset(scratch);
}

static enum ingest_result
result_of(enum delivery_fate fate)
{
	switch (fate) {
	case DELIVERY_STORED:
		return INGEST_STORED;
	case DELIVERY_KNOWN:
		return INGEST_KNOWN;
	case DELIVERY_RETOLD:
		return INGEST_RETOLD;
	case DELIVERY_UNKEPT:
		log_warn("ingest: one more body for an event that has as many "
		    "as are kept: answered 200, but not stored");
		return INGEST_UNKEPT;
	case DELIVERY_UNKNOWN:
		return INGEST_UNKNOWN;
	case DELIVERY_RETIRED:
		return INGEST_RETIRED;
	}
	return INGEST_NOT_STORED;
}

/* Stores all deliveries in one commit, and sets their results. */
static enum cal_err
store_together(struct service *cal, struct arena *mem, const struct batch *b)
{
	enum delivery_fate	*fate = arena_array(mem, b->n, sizeof(*fate));
	enum cal_err		 rc;
	size_t			 i;

	rc = ingest_store(cal->db, mem, b->delivery, b->n, fate);
	if (rc != CAL_OK)
		return rc;
	metric_observe(METRIC_INGEST_BATCH, NULL, (int64_t)b->n);
	for (i = 0; i < b->n; i++) {
		b->of[i]->result = result_of(fate[i]);
		/*
		 * It is signed with the app's key, so Calendly has a
		 * subscription of ours with this endpoint, and our database has
		 * lost it.
		 */
		if (fate[i] == DELIVERY_UNKNOWN &&
		    b->delivery[i].signed_with >= SIGNED_WITH_APP)
			refused_lost(cal, b->delivery[i].body);
	}
	return CAL_OK;
}

/*
 * Stores one delivery alone.  If the database refuses what was read from the
 * body, the raw body is stored as unreadable.
 */
static enum cal_err
store_alone(struct service *cal, struct arena *mem, struct ingest *in,
    struct delivery_new *d)
{
	const struct batch	 one = { .n = 1, .of = &in, .delivery = d };
	enum cal_err		 rc;

	log_request(in->request_id);
	rc = store_together(cal, mem, &one);
	if (rc == CAL_INVALID && d->flaw == NULL) {
		d->kind = NULL;
		d->flaw = "the database refused what it holds";
		rc = store_together(cal, mem, &one);
	}
	return rc;
}

/*
 * Says whether the database as a whole is unavailable, and not just a row that
 * another process holds.
 */
static bool
is_away(const struct service *cal, enum cal_err rc)
{
	return rc == CAL_UNAVAILABLE && !db_was_locked(cal->db);
}

/*
 * Stores the batch together.  If that fails, each is stored alone, because one
 * that can't be stored must not prevent the others.
 */
static void
store_batch(struct service *cal, struct arena *mem, const struct batch *b)
{
	enum cal_err	 rc = CAL_INVALID;
	size_t		 i;

	log_request(NULL);
	if (b->n > 1)
		rc = store_together(cal, mem, b);
	if (rc == CAL_OK || is_away(cal, rc))
		return;
	for (i = 0, rc = CAL_OK; i < b->n && !is_away(cal, rc); i++)
		rc = store_alone(cal, mem, b->of[i], &b->delivery[i]);
}

void
ingest_run(struct service *cal, struct arena *mem, struct ingest *all,
    size_t n)
{
	struct arena	*scratch = arena_new(SCRATCH_MAX);
	struct batch	 b = {
		.of = arena_array(mem, n, sizeof(struct ingest *)),
		.delivery = arena_array(mem, n, sizeof(struct delivery_new)),
	};
	size_t		 i;

	for (i = 0; i < n; i++) {
		log_request(all[i].request_id);
		all[i].result = ingest_accept(cal, mem, &all[i], &b);
		if (all[i].result != INGEST_STORED)
			continue;
		read_body(mem, scratch, &b.delivery[b.n]);
		all[i].result = INGEST_NOT_STORED;	/* until store()
							 * says otherwise */
		b.of[b.n++] = &all[i];
	}
	arena_free(scratch);
	if (b.n > 0 && !b.away)
		store_batch(cal, mem, &b);
	for (i = 0; i < n; i++)
		if (all[i].result == INGEST_NOT_STORED) {
			refused_unstored(cal);
			break;
		}
}
