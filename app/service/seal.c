/*
 * seal: see seal.h.
 */
#include <stddef.h>

#include "app/calendly/oauth.h"
#include "app/repo/grant.h"
#include "app/service/calendly.h"
#include "app/service/seal.h"
#include "lib/keyring.h"
#include "lib/log.h"

static const char ACCESS[] = "access_sealed";
static const char REFRESH[] = "refresh_sealed";

static struct seal_place
place(const char *grant_id, const char *column, int64_t generation)
{
	return (struct seal_place){
		.table = "grants",
		.row = grant_id,
		.column = column,
		.generation = generation,
	};
}

void
seal_pair(struct calendly *cal, struct arena *mem, const char *grant_id,
    int64_t generation, const struct token_pair *pair,
    struct sealed_pair *out)
{
	const struct seal_place	 a = place(grant_id, ACCESS, generation);
	const struct seal_place	 r = place(grant_id, REFRESH, generation);

	*out = (struct sealed_pair){
		.access = keyring_seal(cal->keys, mem, &a, pair->access),
		.refresh = keyring_seal(cal->keys, mem, &r, pair->refresh),
		.expires_in = pair->expires_in,
		.scopes = pair->scopes,
	};
}

static enum cal_err
unseal(struct calendly *cal, struct arena *mem, const struct grant *g,
    const char *column, struct bytes sealed, struct secret **out)
{
	const struct seal_place	 p = place(g->id, column, g->generation);
	enum cal_err		 rc;

	*out = NULL;
	if (sealed.p == NULL)
		return CAL_OK;
	rc = keyring_unseal(cal->keys, mem, &p, sealed, out);
	if (rc == CAL_OK)
		return CAL_OK;
	log_warn("keyring: grants.%s of %s: %s", column, g->id,
	    rc == CAL_NOTFOUND ? "sealed with a key that the keyring does not "
	    "hold: restore the keyring, or let the user reconnect" :
	    "does not open: it was damaged or moved");
	return CAL_INTERNAL;
}

enum cal_err
unseal_access(struct calendly *cal, struct arena *mem, const struct grant *g,
    struct secret **out)
{
	return unseal(cal, mem, g, ACCESS, g->access_sealed, out);
}

enum cal_err
unseal_refresh(struct calendly *cal, struct arena *mem, const struct grant *g,
    struct secret **out)
{
	return unseal(cal, mem, g, REFRESH, g->refresh_sealed, out);
}
