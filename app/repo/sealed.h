/*
 * sealed: every column that holds what the keyring has sealed.
 *
 * One table of them, so that whoever walks them (rotation of the master key,
 * what a lost key leaves behind) forgets none; a test compares it with the
 * catalogue.  All but sealed_keys() is for the owner of the tables.
 */
#ifndef APP_REPO_SEALED_H
#define APP_REPO_SEALED_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/err.h"

struct arena;
struct db;
struct tx;

enum sealed {
	SEALED_ACCESS,
	SEALED_REFRESH,
	SEALED_SIGNING_KEY,
	SEALED_VERIFIER,
	SEALED_CANARY,
	SEALED_UNREAD,
	SEALED__MAX
};

struct sealed_column {
	const char	*table;
	const char	*column;
	const char	*first;		/* sorts before every row's id */
	int		 list;		/* statements */
	int		 write;
};

struct sealed_row {
	const char	*id;
	int64_t		 generation;
	struct bytes	 sealed;
};

extern const struct sealed_column	sealed_columns[SEALED__MAX];

/* Ids of keys, in hex as they stand in a sealed value. */
const char	*sealed_key_name(struct arena *, uint32_t id);
/* The keys that anything at rest is sealed with; no tenant needed. */
enum cal_err	 sealed_keys(struct db *, struct arena *,
		    const char *const **) ERR_CHECK;
/* How many values of each column are sealed with none of these keys. */
enum cal_err	 sealed_count(struct db *, struct arena *,
		    const char *const *keys, int64_t out[SEALED__MAX])
		    ERR_CHECK;
/*
 * In a transaction: rows after "after" that are sealed with another key than
 * this, in order, locked.  Rows that others have in hand are left out.
 */
enum cal_err	 sealed_list(struct db *, struct arena *, enum sealed,
		    const char *key, const char *after, int most,
		    struct sealed_row **, int *n) ERR_CHECK;
/* CAL_CONFLICT if the value is no longer the one that was listed. */
enum cal_err	 sealed_write(struct db *, struct arena *, enum sealed,
		    const struct sealed_row *, struct bytes fresh) ERR_CHECK;

/* A grant that holds something which no key of "keys" opens. */
struct sealed_grant {
	const char	*id;
	const char	*tenant_id;
};

enum cal_err	 sealed_grant_list(struct db *, struct arena *,
		    const char *const *keys, const char *after, int most,
		    struct sealed_grant **, int *n) ERR_CHECK;
struct sealed_forgotten {
	const char	*connection_id;
	bool		 dead;		/* nothing is left to be refreshed */
};

/*
 * In its tenant's transaction: erase what does not open.  CAL_NOTFOUND: all of
 * it opens by now.
 */
enum cal_err	 sealed_grant_forget(struct tx *,
		    const char *id, const char *const *keys,
		    struct sealed_forgotten *) ERR_CHECK;
/* Signing keys and verifiers that do not open. */
enum cal_err	 sealed_rest_forget(struct db *, struct arena *,
		    const char *const *keys) ERR_CHECK;
/* The database belongs to this deployment from now on. */
enum cal_err	 deployment_replace(struct db *, struct arena *,
		    const char *id, struct bytes canary) ERR_CHECK;

#endif
