/*
 * seal: where each thing is sealed for; a grant's tokens, sealed for their
 * place and opened again.
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

/* The place of a column's value in this row; generation 0 but for a
 * grant's tokens. */
struct seal_place seal_at(enum sealed, const char *row, int64_t generation);
/* For this grant's row at this generation. */
void		seal_pair(struct service *, struct arena *,
		    const char *grant_id, int64_t generation,
		    const struct token_pair *, struct sealed_pair *);
/* A reply that could not be read; its place knows no generation. */
struct bytes	seal_unread(struct service *, struct arena *,
		    const char *grant_id, struct bytes reply);
/*
 * NULL if the grant holds none.  CAL_INTERNAL, with the reason in the log,
 * if it does not open with this keyring.
 */
enum cal_err	unseal_access(struct service *, struct arena *,
		    const struct grant *, struct secret **) ERR_CHECK;
enum cal_err	unseal_refresh(struct service *, struct arena *,
		    const struct grant *, struct secret **) ERR_CHECK;

#endif
