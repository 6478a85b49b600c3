/*
 * seal: see seal.h.
 */
#include <stddef.h>

#include "app/calendly/oauth.h"
#include "app/repo/grant.h"
#include "app/service/keys/seal.h"
#include "app/service/service.h"
#include "lib/log.h"
#include "lib/secret.h"

struct seal_place
seal_at(enum sealed what, const char *row, int64_t generation)
{
	return (struct seal_place){
		.table = sealed_columns[what].table,
		.row = row,
		.column = sealed_columns[what].column,
		.generation = generation,
	};
}

void
seal_pair(struct service *cal, struct arena *mem, const char *grant_id,
    int64_t generation, const struct token_pair *pair,
    struct sealed_pair *out)
{
	const struct seal_place	 a = seal_at(SEALED_ACCESS, grant_id,
	    generation);
	const struct seal_place	 r = seal_at(SEALED_REFRESH, grant_id,
	    generation);

	*out = (struct sealed_pair){
		.access = keyring_seal(cal->keys, mem, &a, pair->access),
		.refresh = keyring_seal(cal->keys, mem, &r, pair->refresh),
		.expires_in = pair->expires_in,
		.scopes = pair->scopes,
	};
}

struct bytes
seal_unread(struct service *cal, struct arena *mem, const char *grant_id,
    struct bytes reply)
{
	const struct seal_place	 p = seal_at(SEALED_UNREAD, grant_id, 0);

	return keyring_seal(cal->keys, mem, &p, secret_new(mem, reply.p,
	    reply.n));
}

enum cal_err
unseal_value(struct service *cal, struct arena *mem,
    const struct seal_place *p, struct bytes sealed, struct secret **out)
{
	enum cal_err	 rc;

	*out = NULL;
	if (sealed.p == NULL)
		return CAL_OK;
	rc = keyring_unseal(cal->keys, mem, p, sealed, out);
	if (rc == CAL_OK)
		return CAL_OK;
	log_warn("keyring: %s.%s of %s: %s", p->table, p->column, p->row,
	    rc == CAL_NOTFOUND ? "sealed with a key that the keyring does not "
	    "hold: put the newest copy of the keyring here; if the key is "
	    "lost for good: calendlyctl keyring forget-lost" :
	    "does not open: it was damaged or moved");
	return CAL_INTERNAL;
}

static enum cal_err
unseal_column(struct service *cal, struct arena *mem, const struct grant *g,
    enum sealed what, struct bytes sealed, struct secret **out)
{
	const struct seal_place	 p = seal_at(what, g->id, g->generation);

	return unseal_value(cal, mem, &p, sealed, out);
}

enum cal_err
unseal_access(struct service *cal, struct arena *mem, const struct grant *g,
    struct secret **out)
{
	return unseal_column(cal, mem, g, SEALED_ACCESS, g->access_sealed, out);
}

enum cal_err
unseal_refresh(struct service *cal, struct arena *mem, const struct grant *g,
    struct secret **out)
{
	return unseal_column(cal, mem, g, SEALED_REFRESH, g->refresh_sealed,
	    out);
}
