/*
 * ops_delivery: see ops_delivery.h.
 */
#include "app/repo/ops_delivery.h"
#include "app/repo/stmt.h"
#include "lib/arena.h"
#include "lib/db.h"

enum cal_err
ops_delivery_list(struct db *db, struct arena *mem, const char *tenant,
    bool parked, int limit, struct ops_delivery **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 i;

	rc = db_run(db, mem, STMT(STMT_OPS_DELIVERY_LIST, db_text(tenant),
	    db_bool(parked), db_int(mem, limit)), &rows);
	if (rc != CAL_OK)
		return rc;
	*out = arena_array(mem, (size_t)rows.n, sizeof(**out));
	for (i = 0; i < rows.n; i++)
		(*out)[i] = (struct ops_delivery){
			.id = db_cell(&rows, i, 0),
			.tenant = db_cell(&rows, i, 1),
			.user_id = db_cell(&rows, i, 2),
			.kind = db_cell(&rows, i, 3),
			.received_at = db_cell(&rows, i, 4),
			.state = db_cell(&rows, i, 5),
			.tries = db_cell_int(&rows, i, 6),
			.next_run_at = db_cell(&rows, i, 7),
			.error = db_cell(&rows, i, 8),
		};
	*n = rows.n;
	return CAL_OK;
}

enum cal_err
ops_delivery_find(struct db *db, struct arena *mem, const char *id, bool body,
    struct ops_delivery *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_OPS_DELIVERY_FIND, db_text(id),
	    db_bool(body)), &rows);
	if (rc != CAL_OK)
		return rc;
	*out = (struct ops_delivery){
		.id = db_cell(&rows, 0, 0),
		.tenant = db_cell(&rows, 0, 1),
		.tenant_id = db_cell(&rows, 0, 2),
		.user_id = db_cell(&rows, 0, 3),
		.kind = db_cell(&rows, 0, 4),
		.received_at = db_cell(&rows, 0, 5),
		.state = db_cell(&rows, 0, 6),
		.tries = db_cell_int(&rows, 0, 7),
		.next_run_at = db_cell(&rows, 0, 8),
		.error = db_cell(&rows, 0, 9),
		.flaw = db_cell(&rows, 0, 10),
		.event_type = db_cell(&rows, 0, 11),
		.outcome = db_cell(&rows, 0, 12),
		.occurred_at = db_cell(&rows, 0, 13),
		.seq = db_cell(&rows, 0, 14),
		.size = db_cell_int(&rows, 0, 15),
		.body = db_cell_bytes(mem, &rows, 0, 16),
		.telling_of = db_cell(&rows, 0, 17),
	};
	return CAL_OK;
}

enum cal_err
ops_delivery_retry(struct db *db, struct arena *mem, const char *const *ids,
    struct ops_retried **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;
	int		 i;

	rc = db_run(db, mem, STMT(STMT_OPS_DELIVERY_RETRY, db_texts(mem, ids)),
	    &rows);
	if (rc != CAL_OK)
		return rc;
	*out = arena_array(mem, (size_t)rows.n, sizeof(**out));
	for (i = 0; i < rows.n; i++)
		(*out)[i] = (struct ops_retried){
			.tenant_id = db_cell(&rows, i, 0),
			.n = db_cell_int(&rows, i, 1),
		};
	*n = rows.n;
	return CAL_OK;
}

enum cal_err
ops_backlog(struct db *db, struct arena *mem, int delivery_days,
    int event_days, struct ops_backlog *out)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = db_one(db, mem, STMT(STMT_OPS_BACKLOG, db_int(mem, delivery_days),
	    db_int(mem, event_days)), &rows);
	if (rc == CAL_OK)
		*out = (struct ops_backlog){
			.waiting = db_cell_int(&rows, 0, 0),
			.age = db_cell_int(&rows, 0, 1),
			.parked = db_cell_int(&rows, 0, 2),
			.missing = db_cell_int(&rows, 0, 3),
			.stale_deliveries = db_cell_bool(&rows, 0, 4),
			.stale_events = db_cell_bool(&rows, 0, 5),
		};
	return rc;
}
