/*
 * account: see account.h.
 */
#include "app/repo/account.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/db.h"

enum cal_err
account_intern(struct db *db, struct arena *mem, const char *uuid,
    const char **id)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_ACCOUNT_INTERN, db_text(uuid)), &rows);
	if (rc == CAL_OK)
		*id = only_text(&rows);
	return rc;
}

enum cal_err
account_revoke_begin(struct tx *tx, const char *grant_id, int seconds,
    bool *shared)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_ACCOUNT_REVOKE_BEGIN, db_text(grant_id),
	    db_int(tx->mem, seconds)), &rows);
	if (rc == CAL_OK)
		*shared = only_bool(&rows);
	return rc;
}

enum cal_err
account_revoke_end(struct tx *tx, const char *grant_id)
{
	return tx_run(tx, STMT(STMT_ACCOUNT_REVOKE_END, db_text(grant_id)),
	    NULL);
}

/* The words in which account_revoke_overlap() answers (SQL). */
static const char *const	overlaps[OVERLAP__MAX] = {
	[OVERLAP_NONE] = "none",
	[OVERLAP_NOW] = "now",
	[OVERLAP_PAST] = "past",
};
static const struct names	overlap_names = NAMES("overlap", overlaps);

enum cal_err
account_revoke_overlap(struct tx *tx, const char *grant_id,
    const char *state_id, enum overlap *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_ACCOUNT_REVOKE_OVERLAP, db_text(grant_id),
	    db_text(state_id)), &rows);
	if (rc == CAL_OK)
		rc = only_name(&rows, &overlap_names, out);
	return rc;
}

enum cal_err
account_mint(struct tx *tx, const char *grant_id, int64_t *wait_ms)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_ACCOUNT_MINT, db_text(grant_id)), &rows);
	if (rc == CAL_OK)
		*wait_ms = only_int(&rows);
	return rc;
}

enum cal_err
account_minted(struct db *db, struct arena *mem, const char *account_id)
{
	return db_run(db, mem, STMT(STMT_ACCOUNT_MINTED, db_text(account_id)),
	    NULL);
}

enum cal_err
account_others_refresh(struct tx *tx, const char *grant_id, bool *others)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_ACCOUNT_OTHERS_REFRESH, db_text(grant_id)),
	    &rows);
	if (rc == CAL_OK)
		*others = only_bool(&rows);
	return rc;
}

enum cal_err
account_slow(struct db *db, struct arena *mem, const char *account_id,
    int seconds)
{
	return db_run(db, mem, STMT(STMT_ACCOUNT_SLOW, db_text(account_id),
	    db_int(mem, seconds)), NULL);
}

enum cal_err
account_slow_of(struct db *db, struct arena *mem, const char *connection_id,
    int seconds)
{
	return db_run(db, mem, STMT(STMT_ACCOUNT_SLOW_OF,
	    db_text(connection_id), db_int(mem, seconds)), NULL);
}
