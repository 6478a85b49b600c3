/*
 * ingest: see ingest.h.
 */
#include <string.h>

#include "app/calendly/payload.h"
#include "app/calendly/signature.h"
#include "app/metric/metric.h"
#include "app/repo/delivery.h"
#include "app/service/service.h"
#include "app/service/webhook/ingest.h"
#include "app/service/webhook/ingest_check.h"
#include "app/service/webhook/refused.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/crypto.h"
#include "lib/db.h"
#include "lib/log.h"

enum {
	SCRATCH_MAX = 128 * 1024 * 1024,	/* memory to parse one body,
						 * which may be hostile */
	ALONE_MS = 5 * 1000,	/* in which deliveries are stored one by one:
				 * nginx waits for 10 s */
};

/* A request whose endpoint has to be looked up first. */
struct slow {
	struct ingest		*in;
	struct signature	 sig;
};

struct ingest_batch {
	struct arena		 *mem;
	struct arena		 *scratch;	/* to read a body with */
	size_t			  nall;
	struct ingest		**all;
	/* Those that were accepted and are to be stored. */
	size_t			  n;
	struct ingest		**of;		/* the request of each
						 * delivery, for its result */
	struct delivery_new	 *delivery;
	size_t			  nslow;
	struct slow		 *slow;
	bool			  away;		/* the database
						 * is unavailable */
};

/*
 * Checks a request that was not signed by an app key within the time window.
 * The endpoint is looked up before the signature is judged, because a wrong
 * address is reported rather than a wrong signature.
 */
static enum ingest_result
accept_slowly(struct service *cal, struct ingest_batch *b,
    const struct slow *s, struct delivery_new *d)
{
	struct endpoint		 e;
	enum ingest_result	 told;
	enum cal_err		 rc;

	if (b->away)
		return INGEST_NOT_STORED;
	d->endpoint = crypto_hash_text(b->mem, s->in->endpoint);
	d->body = s->in->body;
	rc = endpoint_meet(cal->db, b->mem, d->endpoint, &e);
	if (rc == CAL_NOTFOUND)
		return INGEST_UNKNOWN;
	b->away = rc == CAL_UNAVAILABLE;
	if (rc != CAL_OK)
		return INGEST_NOT_STORED;
	if (e.retired)
		return INGEST_RETIRED;
	told = check_with_all(cal, b->mem, &e, &s->sig, d);
	if (told != INGEST_STORED)
		refused_endpoint(cal, &e, told == INGEST_WRONG_SIGNATURE);
	return told;
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
store_together(struct service *cal, struct arena *mem,
    const struct ingest_batch *b)
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
	const struct ingest_batch	 one = {
		.n = 1, .of = &in, .delivery = d,
	};
	enum cal_err			 rc;

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
store_batch(struct service *cal, struct arena *mem,
    const struct ingest_batch *b)
{
	const int64_t	 until = clock_ms() + ALONE_MS;
	enum cal_err	 rc = CAL_INVALID;
	size_t		 i;

	log_request(NULL);
	if (b->n > 1)
		rc = store_together(cal, mem, b);
	if (rc == CAL_OK || is_away(cal, rc))
		return;
	for (i = 0, rc = CAL_OK; i < b->n && !is_away(cal, rc) &&
	    clock_ms() < until; i++)
		rc = store_alone(cal, mem, b->of[i], &b->delivery[i]);
}

struct ingest_batch *
ingest_batch_new(struct arena *mem, size_t most)
{
	struct ingest_batch	*b = arena_alloc(mem, sizeof(*b));

	*b = (struct ingest_batch){
		.mem = mem,
		.scratch = arena_new(SCRATCH_MAX),
		.all = arena_array(mem, most, sizeof(struct ingest *)),
		.of = arena_array(mem, most, sizeof(struct ingest *)),
		.delivery = arena_array(mem, most, sizeof(*b->delivery)),
		.slow = arena_array(mem, most, sizeof(*b->slow)),
	};
	return b;
}

/* Makes the batch's next delivery of a request that may be stored. */
static void
add_delivery(struct ingest_batch *b, struct ingest *in)
{
	read_body(b->mem, b->scratch, &b->delivery[b->n]);
	in->result = INGEST_NOT_STORED;	/* until storing says otherwise */
	b->of[b->n++] = in;
}

/*
 * A request signed with an app key needs no look-up of its endpoint, because
 * storing it finds out if the endpoint is unknown or retired.
 */
void
ingest_batch_add(struct service *cal, struct ingest_batch *b,
    struct ingest *in)
{
	struct delivery_new	*d = &b->delivery[b->n];
	struct signature	 sig;

	b->all[b->nall++] = in;
	in->result = INGEST_NO_SIGNATURE;
	if (in->signature == NULL)
		return;
	in->result = INGEST_BAD_HEADER;
	if (signature_parse(in->signature, &sig) != CAL_OK)
		return;
	d->signed_with = check_with_app(cal, &sig, in->body);
	if (d->signed_with == SIGNED_WITH_NONE) {
		b->slow[b->nslow++] = (struct slow){ in, sig };
		return;
	}
	d->endpoint = crypto_hash_text(b->mem, in->endpoint);
	d->body = in->body;
	if ((in->result = check_time(cal, &sig)) == INGEST_STORED)
		add_delivery(b, in);
}

void
ingest_batch_store(struct service *cal, struct ingest_batch *b)
{
	struct ingest	*in;
	size_t		 i;

	for (i = 0; i < b->nslow; i++) {
		in = b->slow[i].in;
		log_request(in->request_id);
		in->result = accept_slowly(cal, b, &b->slow[i],
		    &b->delivery[b->n]);
		if (in->result == INGEST_STORED)
			add_delivery(b, in);
	}
	arena_free(b->scratch);
	if (b->n > 0 && !b->away)
		store_batch(cal, b->mem, b);
	for (i = 0; i < b->nall; i++)
		if (b->all[i]->result == INGEST_NOT_STORED) {
			refused_unstored(cal);
			break;
		}
}
