/*
 * deliveries: storing a batch, and what became of it.
 */
#ifndef T_REPO_DELIVERIES_H
#define T_REPO_DELIVERIES_H

#include "t/repo/helper.h"

#include "app/repo/delivery.h"

enum { BATCH = 6 };

static struct db	*db;

static inline struct delivery_new
about(const char *endpoint, const char *known)
{
	return (struct delivery_new){
		.endpoint = crypto_hash_text(mem, endpoint),
		.known = { known, strlen(known) + 1 },
		.kind = "invitee.created",
		.signed_with = 1,
		.body = { "{}", 2 },
	};
}

/* What became of a batch, as letters. */
static inline const char *
stored(const struct delivery_new *d, size_t n)
{
	enum delivery_fate	 fate[BATCH];
	char			*told = arena_alloc(mem, n + 1);
	size_t			 i;

	ok(ingest_store(db, mem, d, n, fate));
	for (i = 0; i < n; i++)
		told[i] = (char)fate[i];
	return told;
}

/* The newest of what is stored, to be read within a transaction. */
static inline struct delivery
newest(void)
{
	struct delivery_place	 beginning = { .since = "" };
	struct delivery		*d;
	int			 n;

	ok(delivery_take(db, mem, &beginning, 1000, 1 << 20, &d, &n));
	assert_int_not_equal(n, 0);
	return d[n - 1];
}

#endif
