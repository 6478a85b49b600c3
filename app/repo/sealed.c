/*
 * sealed: see sealed.h.
 */
#include <string.h>

#include "app/domain/policy.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
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
	[SEALED_SECRET] = { "destinations", "secret_sealed", NO_UUID,
	    STMT_SEALED_SECRET_LIST, STMT_SEALED_SECRET_WRITE },
	[SEALED_HEADERS] = { "destinations", "headers_sealed", NO_UUID,
	    STMT_SEALED_HEADERS_LIST, STMT_SEALED_HEADERS_WRITE },
	[SEALED_FORMER] = { "destinations", "former_sealed", NO_UUID,
	    STMT_SEALED_FORMER_LIST, STMT_SEALED_FORMER_WRITE },
	[SEALED_ANSWER] = { "idempotency_keys", "answer_sealed", NO_UUID,
	    STMT_SEALED_ANSWER_LIST, STMT_SEALED_ANSWER_WRITE },
};

const char *
sealed_key_name(struct arena *mem, uint32_t id)
{
	return arena_printf(mem, "%08lx", (unsigned long)id);
}

enum cal_err
sealed_keys(struct db *db, struct arena *mem, const char *const **out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	if ((rc = db_run(db, mem, STMT0(STMT_SEALED_KEYS), &rows)) != CAL_OK)
		return rc;
	*out = only_texts(mem, &rows);
	return CAL_OK;
}

struct sealed_counts {
	int64_t	 n[SEALED__MAX];
};

static const struct row_column	sealed_count_columns[] = {
	COLUMN_AS("access", struct sealed_counts, n[SEALED_ACCESS]),
	COLUMN_AS("refresh", struct sealed_counts, n[SEALED_REFRESH]),
	COLUMN_AS("signing_key", struct sealed_counts, n[SEALED_SIGNING_KEY]),
	COLUMN_AS("verifier", struct sealed_counts, n[SEALED_VERIFIER]),
	COLUMN_AS("canary", struct sealed_counts, n[SEALED_CANARY]),
	COLUMN_AS("unread", struct sealed_counts, n[SEALED_UNREAD]),
	COLUMN_AS("secret", struct sealed_counts, n[SEALED_SECRET]),
	COLUMN_AS("headers", struct sealed_counts, n[SEALED_HEADERS]),
	COLUMN_AS("former", struct sealed_counts, n[SEALED_FORMER]),
	COLUMN_AS("answer", struct sealed_counts, n[SEALED_ANSWER]),
};
const struct row	sealed_count_row =
    ROW(struct sealed_counts, sealed_count_columns);

enum cal_err
sealed_count(struct db *db, struct arena *mem, const char *const *keys,
    int64_t out[SEALED__MAX])
{
	struct sealed_counts	 counts;
	struct db_rows		 rows;
	enum cal_err		 rc;

	rc = db_one(db, mem, STMT(STMT_SEALED_COUNT, db_texts(mem, keys)),
	    &rows);
	if (rc == CAL_OK)
		rc = row_read(mem, &rows, 0, &sealed_count_row, &counts);
	if (rc == CAL_OK)
		memcpy(out, counts.n, sizeof(counts.n));
	return rc;
}

static const struct row_column	sealed_columns_read[] = {
	COLUMN_AS("row_id", struct sealed_row, id),
	COLUMN(struct sealed_row, generation),
	COLUMN(struct sealed_row, sealed),
};
const struct row	sealed_row =
    ROW(struct sealed_row, sealed_columns_read);

enum cal_err
sealed_list(struct db *db, struct arena *mem, enum sealed what,
    const char *key, const char *after, int most, struct sealed_row **out,
    int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_run(db, mem, DB_QUERY(sealed_columns[what].list, db_text(key),
	    db_text(after), db_int(mem, most)), &rows);
	if (rc == CAL_OK)
		rc = row_list(mem, &rows, &sealed_row, out, n);
	return rc;
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

static const struct row_column	sealed_grant_columns[] = {
	COLUMN(struct sealed_grant, id),
	COLUMN(struct sealed_grant, tenant_id),
};
const struct row	sealed_grant_row =
    ROW(struct sealed_grant, sealed_grant_columns);

enum cal_err
sealed_grant_list(struct db *db, struct arena *mem, const char *const *keys,
    const char *after, int most, struct sealed_grant **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_run(db, mem, STMT(STMT_SEALED_GRANT_LIST, db_texts(mem, keys),
	    db_text(after), db_int(mem, most)), &rows);
	if (rc == CAL_OK)
		rc = row_list(mem, &rows, &sealed_grant_row, out, n);
	return rc;
}

static const struct row_column	sealed_forgotten_columns[] = {
	COLUMN(struct sealed_forgotten, connection_id),
	COLUMN(struct sealed_forgotten, dead),
};
const struct row	sealed_forgotten_row =
    ROW(struct sealed_forgotten, sealed_forgotten_columns);

enum cal_err
sealed_grant_forget(struct tx *tx, const char *id,
    const char *const *keys, struct sealed_forgotten *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_one(tx, STMT(STMT_SEALED_GRANT_FORGET, db_text(id),
	    db_texts(tx->mem, keys)), &rows);
	if (rc == CAL_OK)
		rc = row_read(tx->mem, &rows, 0, &sealed_forgotten_row, out);
	return rc;
}

enum cal_err
sealed_rest_forget(struct db *db, struct arena *mem, const char *const *keys)
{
	return db_run(db, mem, STMT(STMT_SEALED_REST_FORGET,
	    db_texts(mem, keys), db_int(mem, POLICY_RETRIED)), NULL);
}

enum cal_err
deployment_replace(struct db *db, struct arena *mem, const char *id,
    struct bytes canary)
{
	return db_run(db, mem, STMT(STMT_DEPLOYMENT_REPLACE, db_text(id),
	    db_bytes(canary)), NULL);
}
