/*
 * rotate: see rotate.h.
 */
#include <stddef.h>

#include "app/service/keys/rotate.h"
#include "app/service/keys/seal.h"
#include "lib/arena.h"
#include "lib/db.h"
#include "lib/keyring.h"
#include "lib/log.h"

enum {
	BATCH = 100,			/* rows that are locked at a time,
					 * which others may be waiting for */
	BATCH_MEMORY = 64 * 1024 * 1024,
};

int64_t
rotate_done(const struct reseal *r)
{
	int64_t	 sum = 0;
	int	 i;

	for (i = 0; i < SEALED__MAX; i++)
		sum += r->done[i];
	return sum;
}

enum cal_err
rotate_left(struct db *db, struct keyring *keys, struct arena *mem,
    int64_t *left)
{
	const char	*now[] = { NULL, NULL };
	int64_t		 of[SEALED__MAX];
	enum cal_err	 rc;
	int		 i;

	keyring_look_again(keys);
	now[0] = sealed_key_name(mem, keyring_current(keys));
	if ((rc = sealed_count(db, mem, now, of)) != CAL_OK)
		return rc;
	for (*left = 0, i = 0; i < SEALED__MAX; i++)
		*left += of[i];
	return CAL_OK;
}

static void
note_unopened(struct reseal *r, enum sealed what, const struct sealed_row *row,
    enum cal_err why)
{
	if (why == CAL_NOTFOUND) {
		r->lost++;
		return;
	}
	r->damaged++;
	log_warn("re-sealing: %s.%s of %s does not open: it was damaged or "
	    "moved: left as it is", sealed_columns[what].table,
	    sealed_columns[what].column, row->id);
}

static enum cal_err
seal_anew(struct db *db, struct keyring *keys, struct arena *mem,
    enum sealed what, const struct sealed_row *row, struct reseal *r)
{
	const struct seal_place	 at = seal_at(what, row->id, row->generation);
	struct secret		*text;
	enum cal_err		 rc;

	rc = keyring_unseal(keys, mem, &at, row->sealed, &text);
	if (rc != CAL_OK) {
		note_unopened(r, what, row, rc);
		return CAL_OK;
	}
	rc = sealed_write(db, mem, what, row, keyring_seal(keys, mem, &at,
	    text));
	if (rc == CAL_OK)
		r->done[what]++;
	return rc == CAL_CONFLICT ? CAL_OK : rc;
}

/*
 * Seals one batch again, within the open transaction.  "after" moves to the
 * batch's last row, or becomes NULL when there are no more rows.
 */
static enum cal_err
rotate_batch(struct db *db, struct keyring *keys, struct arena *mem,
    enum sealed what, const char **after, struct reseal *r)
{
	struct sealed_row	*rows;
	enum cal_err		 rc;
	int			 i, n = 0;

	rc = sealed_list(db, mem, what, sealed_key_name(mem,
	    keyring_current(keys)), *after, BATCH, &rows, &n);
	for (i = 0; rc == CAL_OK && i < n; i++)
		rc = seal_anew(db, keys, mem, what, &rows[i], r);
	*after = n == 0 ? NULL : rows[n - 1].id;
	return rc;
}

/*
 * Passes over one column.  Two arenas take turns, because "after" points into
 * the memory of the batch before.
 */
static enum cal_err
rotate_column(struct db *db, struct keyring *keys, struct arena *turn[2],
    enum sealed what, struct reseal *r)
{
	const char	*after = sealed_columns[what].first;
	enum cal_err	 rc = CAL_OK;
	struct reseal	 was;
	int		 i;

	for (i = 0; rc == CAL_OK && after != NULL; i ^= 1) {
		arena_reset(turn[i]);
		was = *r;
		if ((rc = db_begin(db)) != CAL_OK)
			return rc;
		rc = rotate_batch(db, keys, turn[i], what, &after, r);
		if (rc == CAL_OK)
			rc = db_commit(db);
		else
			db_rollback(db);
		if (rc != CAL_OK)
			*r = was;	/* the batch was rolled back */
		else if (r->progress != NULL && after != NULL)
			r->progress(r->arg, r);
	}
	return rc;
}

enum cal_err
rotate_pass(struct db *db, struct keyring *keys, struct reseal *r)
{
	struct arena	*turn[2] = {
		arena_new(BATCH_MEMORY), arena_new(BATCH_MEMORY)
	};
	enum cal_err	 rc = CAL_OK;
	int		 i;

	r->lost = 0;
	r->damaged = 0;
	for (i = 0; rc == CAL_OK && i < SEALED__MAX; i++)
		rc = rotate_column(db, keys, turn, (enum sealed)i, r);
	arena_free(turn[0]);
	arena_free(turn[1]);
	return rc;
}
