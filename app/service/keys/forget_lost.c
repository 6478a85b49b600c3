/*
 * forget_lost: see forget_lost.h.
 */
#include <stdbool.h>
#include <stddef.h>

#include "app/repo/connection.h"
#include "app/repo/tenant.h"
#include "app/repo/tx.h"
#include "app/service/emit.h"
#include "app/service/keys/forget_lost.h"
#include "lib/arena.h"
#include "lib/db.h"

enum {
	BATCH = 100,
	BATCH_MEMORY = 64 * 1024 * 1024,
};

/*
 * Marks the connection as needing a new consent and tells the host app, unless
 * the connection has another grant by now.
 */
static enum cal_err
tell_forgotten(struct tx *tx, const char *connection_id, const char *grant_id,
    struct lost *l)
{
	const char	*user_id;
	enum cal_err	 rc;

	rc = connection_mark_broken(tx, connection_id, grant_id,
	    REASON_KEY_LOST, &user_id);
	if (rc == CAL_NOTFOUND)
		return CAL_OK;
	if (rc == CAL_OK)
		rc = emit_connection(tx, connection_id, user_id,
		    "connection.needs_reauth", CONNECTION_NEEDS_REAUTH,
		    REASON_KEY_LOST);
	if (rc == CAL_OK)
		rc = audit_add(tx, l->actor,
		    connection_reason_name(REASON_KEY_LOST), user_id);
	if (rc == CAL_OK)
		l->connections++;
	return rc;
}

static enum cal_err
forget_grant(struct tx *tx, const char *grant_id, struct lost *l)
{
	struct sealed_forgotten	 f;
	enum cal_err		 rc;

	rc = sealed_grant_forget(tx, grant_id, l->keys, &f);
	if (rc == CAL_NOTFOUND)
		return CAL_OK;
	if (rc != CAL_OK)
		return rc;
	l->grants++;
	if (!f.dead || f.connection_id == NULL)
		return CAL_OK;
	return tell_forgotten(tx, f.connection_id, grant_id, l);
}

static enum cal_err
forget_batch(struct db *db, struct arena *mem, const char **after,
    struct lost *l)
{
	struct sealed_grant	*rows;
	struct lost		 was;
	struct tx		 tx;
	enum cal_err		 rc;
	int			 i, n;

	rc = sealed_grant_list(db, mem, l->keys, *after, BATCH, &rows, &n);
	if (rc != CAL_OK)
		return rc;
	for (i = 0; rc == CAL_OK && i < n; i++) {
		was = *l;
		rc = tx_begin(&tx, db, mem, rows[i].tenant_id);
		if (rc == CAL_OK)
			rc = tx_end(&tx, forget_grant(&tx, rows[i].id, l));
		if (rc != CAL_OK)
			*l = was;
	}
	*after = n == 0 ? NULL : rows[n - 1].id;
	return rc;
}

enum cal_err
forget_lost(struct db *db, struct lost *l)
{
	struct arena	*turn[2] = {
		arena_new(BATCH_MEMORY), arena_new(BATCH_MEMORY)
	};
	const char	*after = sealed_columns[SEALED_ACCESS].first;
	enum cal_err	 rc = CAL_OK;
	int		 i;

	for (i = 0; rc == CAL_OK && after != NULL; i ^= 1) {
		arena_reset(turn[i]);
		rc = forget_batch(db, turn[i], &after, l);
	}
	if (rc == CAL_OK)
		rc = sealed_rest_forget(db, turn[0], l->keys);
	arena_free(turn[0]);
	arena_free(turn[1]);
	return rc;
}
