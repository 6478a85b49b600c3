/*
 * failing: see failing.h.
 */
#include "app/repo/failing.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/arena.h"
#include "lib/db.h"

enum cal_err
failing_begin(struct tx *tx, const char *subscription_id,
    const struct failing *f, bool *news)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_run(tx, STMT(STMT_FAILING_BEGIN, db_text(subscription_id),
	    db_bool(f->disabled), db_text(f->since)), &rows);
	*news = rc == CAL_OK && rows.n > 0;
	return rc;
}

enum cal_err
failing_end(struct tx *tx, const char *grant_id, const char *endpoint_id,
    const char **connection_id, const char **user_id)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	*connection_id = *user_id = NULL;
	rc = tx_run(tx, STMT(STMT_FAILING_END, db_text(grant_id),
	    db_text(endpoint_id)), &rows);
	if (rc != CAL_OK || rows.n == 0)
		return rc;
	*connection_id = db_cell(&rows, 0, 0);
	*user_id = db_cell(&rows, 0, 1);
	return CAL_OK;
}

enum cal_err
deliveries_heard(struct db *db, struct arena *mem,
    const char *const *event_ids, size_t n, struct heard **out, int *nheard)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 i;

	rc = db_run(db, mem, STMT(STMT_DELIVERIES_HEARD,
	    db_text_list(mem, event_ids, n)), &rows);
	if (rc != CAL_OK)
		return rc;
	*out = arena_array(mem, (size_t)rows.n, sizeof(**out));
	for (i = 0; i < rows.n; i++)
		(*out)[i] = (struct heard){
			.tenant_id = db_cell(&rows, i, 0),
			.endpoint_id = db_cell(&rows, i, 1),
			.grant_id = db_cell(&rows, i, 2),
		};
	*nheard = rows.n;
	return CAL_OK;
}

enum cal_err
endpoint_trust(struct tx *tx, const char *endpoint_id)
{
	return tx_run(tx, STMT(STMT_ENDPOINT_TRUST, db_text(endpoint_id)),
	    NULL);
}
