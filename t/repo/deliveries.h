/*
 * deliveries: helpers that store a batch of deliveries and tell what became of
 * it.
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

/*
 * Stores a batch and returns the fate of each delivery as one letter (enum
 * delivery_fate).
 */
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

/*
 * Returns the newest delivery that waits.  The caller has begun a transaction,
 * and rolls it back.
 */
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
