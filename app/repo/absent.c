/*
 * absent: see absent.h.
 */
#include "app/repo/absent.h"
#include "app/repo/row.h"
#include "app/repo/rows.h"
#include "app/repo/stmt.h"
#include "app/repo/tx.h"
#include "lib/arena.h"
#include "lib/db.h"

static const struct row_column	absent_columns[] = {
	COLUMN(struct absent, meeting_id),
	COLUMN(struct absent, invitee_id),
	COLUMN(struct absent, event_uri),
	COLUMN(struct absent, uri),
	COLUMN(struct absent, tries),
};
const struct row	absent_row = ROW(struct absent, absent_columns);

enum cal_err
absent_next(struct tx *tx, const char *connection_id, int most,
    struct absent **out, int *n)
{
	struct db_rows	 rows;
	enum cal_err	 rc;

	rc = tx_run(tx, STMT(STMT_ABSENT_NEXT, db_text(connection_id),
	    db_int(tx->mem, most)), &rows);
	if (rc == CAL_OK)
		rc = row_list(tx->mem, &rows, &absent_row, out, n);
	return rc;
}

enum cal_err
absent_store(struct tx *tx, const char *connection_id, int64_t walk,
    const struct absent_done *all, size_t n, int64_t changes)
{
	const char	**meeting = arena_array(tx->mem, n, sizeof(*meeting));
	const char	**who = arena_array(tx->mem, n, sizeof(*who));
	const char	**what = arena_array(tx->mem, n, sizeof(*what));
	struct db_rows	  rows;
	size_t		  i;

	for (i = 0; i < n; i++) {
		meeting[i] = all[i].who->meeting_id;
		who[i] = all[i].who->invitee_id;
		what[i] = all[i].failed ? "failed" : "done";
	}
	return tx_one(tx, STMT(STMT_ABSENT_DONE, db_text(connection_id),
	    db_int(tx->mem, walk), db_text_list(tx->mem, meeting, n),
	    db_text_list(tx->mem, who, n), db_text_list(tx->mem, what, n),
	    db_int(tx->mem, changes)), &rows);
}
