/*
 * ingest_check: see ingest_check.h.
 */
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "app/calendly/signature.h"
#include "app/metric/metric.h"
#include "app/repo/delivery.h"
#include "app/service/keys/seal.h"
#include "app/service/service.h"
#include "app/service/webhook/ingest_check.h"
#include "app/settings/settings.h"
#include "lib/keyring.h"
#include "lib/log.h"

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

enum ingest_result
check_time(const struct service *cal, const struct signature *sig)
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
signed_with(const struct service *cal, const struct secret *own,
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

int
check_with_app(const struct service *cal, const struct signature *sig,
    struct bytes body)
{
	return in_time(cal, sig) ? signed_with(cal, NULL, sig, body) :
	    SIGNED_WITH_NONE;
}

enum ingest_result
check_with_all(struct service *cal, struct arena *mem,
    const struct endpoint *e, const struct signature *sig,
    struct delivery_new *d)
{
	d->signed_with = signed_with(cal, own_key(cal, mem, e), sig, d->body);
	if (d->signed_with != SIGNED_WITH_NONE)
		return check_time(cal, sig);
	/*
	 * If no app key is configured, Calendly may have signed with it all the
	 * same: once it is configured, a later try can succeed.
	 */
	return cal->set->signing_keys[0] == NULL ? INGEST_NO_KEY :
	    INGEST_WRONG_SIGNATURE;
}
