/*
 * ops_delivery: see ops_delivery.h.
 */
#include "app/domain/policy.h"
#include "app/repo/job.h"
#include "app/repo/ops_delivery.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "lib/arena.h"
#include "lib/db.h"

static const struct row_column	ops_delivery_columns[] = {
	COLUMN(struct ops_delivery, id),
	COLUMN(struct ops_delivery, tenant),
	COLUMN(struct ops_delivery, user_id),
	COLUMN(struct ops_delivery, kind),
	COLUMN(struct ops_delivery, received_at),
	COLUMN_NAME(struct ops_delivery, state, delivery_state),
	COLUMN(struct ops_delivery, tries),
	COLUMN(struct ops_delivery, next_run_at),
	COLUMN(struct ops_delivery, error),
};
const struct row	ops_delivery_row =
    ROW(struct ops_delivery, ops_delivery_columns);

enum cal_err
ops_delivery_list(struct db *db, struct arena *mem, const char *tenant,
    bool parked, int limit, struct ops_delivery **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_run(db, mem, STMT(STMT_OPS_DELIVERY_LIST, db_text(tenant),
	    db_bool(parked), db_int(mem, limit)), &rows);
	if (rc == CAL_OK)
		rc = row_list(mem, &rows, &ops_delivery_row, out, n);
	return rc;
}

static const struct row_column	ops_delivery_found_columns[] = {
	COLUMN(struct ops_delivery, id),
	COLUMN(struct ops_delivery, tenant),
	COLUMN(struct ops_delivery, tenant_id),
	COLUMN(struct ops_delivery, user_id),
	COLUMN(struct ops_delivery, kind),
	COLUMN(struct ops_delivery, received_at),
	COLUMN_NAME(struct ops_delivery, state, delivery_state),
	COLUMN(struct ops_delivery, tries),
	COLUMN(struct ops_delivery, next_run_at),
	COLUMN(struct ops_delivery, error),
	COLUMN(struct ops_delivery, flaw),
	COLUMN(struct ops_delivery, event_type),
	COLUMN_NAME(struct ops_delivery, outcome, event_outcome),
	COLUMN(struct ops_delivery, occurred_at),
	COLUMN(struct ops_delivery, seq),
	COLUMN(struct ops_delivery, size),
	COLUMN(struct ops_delivery, body),
	COLUMN(struct ops_delivery, telling_of),
};
const struct row	ops_delivery_found_row =
    ROW(struct ops_delivery, ops_delivery_found_columns);

enum cal_err
ops_delivery_find(struct db *db, struct arena *mem, const char *id, bool body,
    struct ops_delivery *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_OPS_DELIVERY_FIND, db_text(id),
	    db_bool(body)), &rows);
	if (rc == CAL_OK)
		rc = row_read(mem, &rows, 0, &ops_delivery_found_row, out);
	return rc;
}

static const struct row_column	ops_retried_columns[] = {
	COLUMN(struct ops_retried, tenant_id),
	COLUMN(struct ops_retried, n),
};
const struct row	ops_retried_row =
    ROW(struct ops_retried, ops_retried_columns);

enum cal_err
ops_delivery_retry(struct db *db, struct arena *mem, const char *const *ids,
    struct ops_retried **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_run(db, mem, STMT(STMT_OPS_DELIVERY_RETRY, db_texts(mem, ids)),
	    &rows);
	if (rc == CAL_OK)
		rc = row_list(mem, &rows, &ops_retried_row, out, n);
	return rc;
}

static const struct row_column	ops_backlog_columns[] = {
	COLUMN(struct ops_backlog, waiting),
	COLUMN(struct ops_backlog, age),
	COLUMN(struct ops_backlog, parked),
	COLUMN(struct ops_backlog, missing),
	COLUMN(struct ops_backlog, stale_deliveries),
	COLUMN(struct ops_backlog, stale_events),
	COLUMN(struct ops_backlog, stale_meetings),
};
const struct row	ops_backlog_row =
    ROW(struct ops_backlog, ops_backlog_columns);

enum cal_err
ops_backlog(struct db *db, struct arena *mem, const struct sweep_days *keep,
    struct ops_backlog *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_OPS_BACKLOG,
	    db_int(mem, keep->deliveries), db_int(mem, keep->events),
	    db_int(mem, keep->meetings), db_int(mem, POLICY_BACKLOG_MOST)),
	    &rows);
	if (rc == CAL_OK)
		rc = row_read(mem, &rows, 0, &ops_backlog_row, out);
	return rc;
}
