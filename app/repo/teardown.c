/*
 * teardown: see teardown.h.
 */
#include "app/domain/policy.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "app/repo/teardown.h"
#include "app/repo/tx.h"
#include "lib/db.h"

enum cal_err
grant_own(struct tx *tx, const char *id, const char *account_id,
    const char *user_uri, const char *organization_uri)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_run(tx, STMT(STMT_GRANT_OWN, db_text(id), db_text(account_id),
	    db_text(user_uri), db_text(organization_uri)), &rows);
	if (rc != CAL_OK)
		return rc;
	return rows.n == 0 ? CAL_CONFLICT : CAL_OK;
}

enum cal_err
grant_abandon(struct tx *tx, const char *id, bool unusable)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_run(tx, STMT(STMT_GRANT_ABANDON, db_text(id),
	    db_bool(unusable), db_int(tx->mem, POLICY_TEARDOWN)), &rows);
	if (rc != CAL_OK)
		return rc;
	return rows.n == 0 ? CAL_CONFLICT : CAL_OK;
}

enum cal_err
grant_is_unusable(struct tx *tx, const char *id, bool *unusable)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_GRANT_UNUSABLE, db_text(id)), &rows);
	if (rc == CAL_OK)
		*unusable = only_bool(&rows);
	return rc;
}

enum cal_err
grant_mark_trouble(struct tx *tx, const char *id,
    enum grant_trouble trouble)
{
	return tx_run(tx, STMT(STMT_GRANT_TROUBLE, db_text(id),
	    db_text(grant_trouble_name(trouble))), NULL);
}
