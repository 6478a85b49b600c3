/*
 * sealed: see sealed.h.
 */
#include "app/repo/sealed.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/arena.h"
#include "lib/db.h"

#define NO_UUID	"00000000-0000-0000-0000-000000000000"

const struct sealed_column	sealed_columns[SEALED__MAX] = {
	[SEALED_ACCESS] = { "grants", "access_sealed", NO_UUID,
	    STMT_SEALED_ACCESS_LIST, STMT_SEALED_ACCESS_WRITE },
	[SEALED_REFRESH] = { "grants", "refresh_sealed", NO_UUID,
	    STMT_SEALED_REFRESH_LIST, STMT_SEALED_REFRESH_WRITE },
	[SEALED_SIGNING_KEY] = { "endpoints", "signing_key_sealed", "0",
	    STMT_SEALED_SIGNING_LIST, STMT_SEALED_SIGNING_WRITE },
	[SEALED_VERIFIER] = { "oauth_states", "verifier_sealed", NO_UUID,
	    STMT_SEALED_VERIFIER_LIST, STMT_SEALED_VERIFIER_WRITE },
	[SEALED_CANARY] = { "deployment", "canary_sealed", "",
	    STMT_SEALED_CANARY_LIST, STMT_SEALED_CANARY_WRITE },
	[SEALED_UNREAD] = { "grants", "unread_reply_sealed", NO_UUID,
	    STMT_SEALED_UNREAD_LIST, STMT_SEALED_UNREAD_WRITE },
};

const char *
sealed_key_name(struct arena *mem, uint32_t id)
{
	return arena_printf(mem, "%08lx", (unsigned long)id);
}

enum cal_err
sealed_keys(struct db *db, struct arena *mem, const char *const **out)
{
	const char	**list;
	struct db_rows	  rows;
	enum cal_err	  rc;
	int		  i;

	if ((rc = db_run(db, mem, STMT0(STMT_SEALED_KEYS), &rows)) != CAL_OK)
		return rc;
	list = arena_array(mem, (size_t)rows.n + 1, sizeof(*list));
	for (i = 0; i < rows.n; i++)
		list[i] = db_cell(&rows, i, 0);
	*out = list;
	return CAL_OK;
}

enum cal_err
sealed_count(struct db *db, struct arena *mem, const char *const *keys,
    int64_t out[SEALED__MAX])
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 i;

	rc = db_one(db, mem, STMT(STMT_SEALED_COUNT, db_texts(mem, keys)),
	    &rows);
	for (i = 0; rc == CAL_OK && i < SEALED__MAX; i++)
		out[i] = db_cell_int(&rows, 0, i);
	return rc;
}

enum cal_err
sealed_list(struct db *db, struct arena *mem, enum sealed what,
    const char *key, const char *after, int most, struct sealed_row **out,
    int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 i;

	rc = db_run(db, mem, DB_QUERY(sealed_columns[what].list, db_text(key),
	    db_text(after), db_int(mem, most)), &rows);
	if (rc != CAL_OK)
		return rc;
	*out = arena_array(mem, (size_t)rows.n, sizeof(**out));
	for (i = 0; i < rows.n; i++)
		(*out)[i] = (struct sealed_row){
			.id = db_cell(&rows, i, 0),
			.generation = db_cell_int(&rows, i, 1),
			.sealed = db_cell_bytes(mem, &rows, i, 2),
		};
	*n = rows.n;
	return CAL_OK;
}

enum cal_err
sealed_write(struct db *db, struct arena *mem, enum sealed what,
    const struct sealed_row *row, struct bytes fresh)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_run(db, mem, DB_QUERY(sealed_columns[what].write,
	    db_text(row->id), db_bytes(row->sealed), db_bytes(fresh)), &rows);
	return rc == CAL_OK && rows.n == 0 ? CAL_CONFLICT : rc;
}

enum cal_err
sealed_grant_list(struct db *db, struct arena *mem, const char *const *keys,
    const char *after, int most, struct sealed_grant **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 i;

	rc = db_run(db, mem, STMT(STMT_SEALED_GRANT_LIST, db_texts(mem, keys),
	    db_text(after), db_int(mem, most)), &rows);
	if (rc != CAL_OK)
		return rc;
	*out = arena_array(mem, (size_t)rows.n, sizeof(**out));
	for (i = 0; i < rows.n; i++)
		(*out)[i] = (struct sealed_grant){
			.id = db_cell(&rows, i, 0),
			.tenant_id = db_cell(&rows, i, 1),
		};
	*n = rows.n;
	return CAL_OK;
}

enum cal_err
sealed_grant_forget(struct tx *tx, const char *id, const char *const *keys,
    const char **connection_id, bool *dead)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_SEALED_GRANT_FORGET, db_text(id),
	    db_texts(tx->mem, keys)), &rows);
	if (rc != CAL_OK)
		return rc;
	*connection_id = db_cell(&rows, 0, 0);
	*dead = db_cell_bool(&rows, 0, 1);
	return CAL_OK;
}

enum cal_err
sealed_rest_forget(struct db *db, struct arena *mem, const char *const *keys)
{
	return db_run(db, mem, STMT(STMT_SEALED_REST_FORGET,
	    db_texts(mem, keys)), NULL);
}

enum cal_err
deployment_replace(struct db *db, struct arena *mem, const char *id,
    struct bytes canary)
{
	return db_run(db, mem, STMT(STMT_DEPLOYMENT_REPLACE, db_text(id),
	    db_bytes(canary)), NULL);
}
