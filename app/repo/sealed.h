/*
 * sealed: lists every column that holds a value sealed by the keyring.
 *
 * A single table, so that whoever walks all columns (the rotation of the master
 * key, the clean-up after a lost key) forgets none; a test compares it with the
 * database's catalogue.  All functions but sealed_keys() run as the owner of
 * the tables.
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
	SEALED_SECRET,		/* of a destination */
	SEALED_HEADERS,
	SEALED_FORMER,
	SEALED_ANSWER,
	SEALED__MAX
};

struct sealed_column {
	const char	*table;
	const char	*column;
	const char	*first;		/* sorts before each row's id */
	int		 list;		/* numbers of statements */
	int		 write;
};

struct sealed_row {
	const char	*id;
	int64_t		 generation;
	struct bytes	 sealed;
};

extern const struct sealed_column	sealed_columns[SEALED__MAX];

/* Returns a key's name: its id in hex, as it stands in a sealed value. */
const char	*sealed_key_name(struct arena *, uint32_t id);
/*
 * Gives the names of all keys with which tokens, kept replies and signing keys
 * are sealed at present.  Needs no tenant's transaction.
 */
enum cal_err	 sealed_keys(struct db *, struct arena *,
		    const char *const **) ERR_CHECK;
/* Counts the values of each column that are sealed with none of these keys. */
enum cal_err	 sealed_count(struct db *, struct arena *,
		    const char *const *keys, int64_t out[SEALED__MAX])
		    ERR_CHECK;
/*
 * In a transaction: lists and locks rows that follow "after" and are sealed
 * with another key than this one, ordered by id.  Rows that others have locked
 * are left out.
 */
enum cal_err	 sealed_list(struct db *, struct arena *, enum sealed,
		    const char *key, const char *after, int most,
		    struct sealed_row **, int *n) ERR_CHECK;
/*
 * Replaces the row's sealed value.  CAL_CONFLICT: the value has changed since
 * it was listed.
 */
enum cal_err	 sealed_write(struct db *, struct arena *, enum sealed,
		    const struct sealed_row *, struct bytes fresh) ERR_CHECK;

/* A grant with a token that none of "keys" opens. */
struct sealed_grant {
	const char	*id;
	const char	*tenant_id;
};

enum cal_err	 sealed_grant_list(struct db *, struct arena *,
		    const char *const *keys, const char *after, int most,
		    struct sealed_grant **, int *n) ERR_CHECK;
struct sealed_forgotten {
	const char	*connection_id;
	bool		 dead;		/* its refresh token was erased */
};

/*
 * In the tenant's transaction: erases the sealed values of this grant that
 * "keys" do not open.  CAL_NOTFOUND: by now, all of them open.
 */
enum cal_err	 sealed_grant_forget(struct tx *,
		    const char *id, const char *const *keys,
		    struct sealed_forgotten *) ERR_CHECK;
/*
 * Erases all signing keys, verifiers, kept replies, kept answers and secrets of
 * destinations that do not open.  A destination that has lost its secret or its
 * headers is paused.
 */
enum cal_err	 sealed_rest_forget(struct db *, struct arena *,
		    const char *const *keys) ERR_CHECK;
/* Makes the database belong to this deployment. */
enum cal_err	 deployment_replace(struct db *, struct arena *,
		    const char *id, struct bytes canary) ERR_CHECK;

#endif
