/*
 * seal: seals secrets for the table, row and column where they are stored, and
 * opens a grant's tokens again.
 */
#ifndef APP_SERVICE_KEYS_SEAL_H
#define APP_SERVICE_KEYS_SEAL_H

#include <stdint.h>

#include "app/repo/sealed.h"
#include "lib/err.h"
#include "lib/keyring.h"

struct arena;
struct service;
struct grant;
struct sealed_pair;
struct secret;
struct token_pair;

/*
 * The place for which a value of this column and row is sealed.  "generation"
 * is 0 except for a grant's tokens.
 */
struct seal_place seal_at(enum sealed, const char *row, int64_t generation);
/* Seals a token pair for this grant's row at this generation. */
void		seal_pair(struct service *, struct arena *,
		    const char *grant_id, int64_t generation,
		    const struct token_pair *, struct sealed_pair *);
/*
 * Seals a reply to a token request that could not be read.  It may be of any
 * generation, so its place has none.
 */
struct bytes	seal_unread(struct service *, struct arena *,
		    const char *grant_id, struct bytes reply);
/*
 * Opens a value that is sealed for this place.  CAL_OK with NULL: "sealed" is
 * empty.  CAL_INTERNAL: the keyring does not open it; the reason is in the log.
 */
enum cal_err	unseal_value(struct service *, struct arena *,
		    const struct seal_place *, struct bytes sealed,
		    struct secret **) ERR_CHECK;
/* Opens a grant's access or refresh token in the same way. */
enum cal_err	unseal_access(struct service *, struct arena *,
		    const struct grant *, struct secret **) ERR_CHECK;
enum cal_err	unseal_refresh(struct service *, struct arena *,
		    const struct grant *, struct secret **) ERR_CHECK;

#endif
