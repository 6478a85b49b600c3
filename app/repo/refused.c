/*
 * refused: see refused.h.
 */
#include "app/domain/policy.h"
#include "app/repo/refused.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "lib/arena.h"
#include "lib/db.h"

enum cal_err
endpoints_refused(struct db *db, struct arena *mem, const char *const *ids,
    const bool *wrong, size_t n, const char *const **suspected,
    int *nsuspected)
{
	const char	**flags = arena_array(mem, n, sizeof(*flags));
	struct db_rows	 rows;
	enum cal_err	 rc;
	size_t		 i;

	for (i = 0; i < n; i++)
		flags[i] = wrong[i] ? "t" : "f";
	rc = db_run(db, mem, STMT(STMT_ENDPOINTS_REFUSED,
	    db_text_list(mem, ids, n), db_text_list(mem, flags, n)), &rows);
	if (rc != CAL_OK)
		return rc;
	*suspected = only_texts(mem, &rows);
	*nsuspected = rows.n;
	return CAL_OK;
}

enum cal_err
deployment_refused(struct db *db, struct arena *mem)
{
	return db_run(db, mem, STMT0(STMT_DEPLOYMENT_REFUSED), NULL);
}

enum cal_err
deliveries_lost(struct db *db, struct arena *mem, int64_t n,
    const char *const *users, size_t nusers, bool *tell)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_DELIVERIES_LOST, db_int(mem, n),
	    db_text_list(mem, users, nusers)), &rows);
	if (rc == CAL_OK)
		*tell = only_bool(&rows);
	return rc;
}

enum cal_err
checks_spread(struct db *db, struct arena *mem, int most, int64_t *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_CHECKS_SPREAD, db_int(mem, most)),
	    &rows);
	if (rc == CAL_OK)
		*n = only_int(&rows);
	return rc;
}

static const struct row_column	lost_columns[] = {
	COLUMN_AS("lost_deliveries", struct lost, n),
	COLUMN_AS("lost_at", struct lost, at),
	COLUMN(struct lost, lately),
};
const struct row	lost_row = ROW(struct lost, lost_columns);

enum cal_err
lost_find(struct db *db, struct arena *mem, struct lost *l)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_LOST_FIND,
	    db_int(mem, POLICY_LOST_TOLD)), &rows);
	if (rc == CAL_NOTFOUND) {	/* there is no deployment yet */
		*l = (struct lost){ .at = NULL };
		return CAL_OK;
	}
	if (rc == CAL_OK)
		rc = row_read(mem, &rows, 0, &lost_row, l);
	return rc;
}
