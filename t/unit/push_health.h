/*
 * push_health: failures and successes of a destination, for tests of
 * app/service/push/health.h.
 */
#ifndef T_UNIT_PUSH_HEALTH_H
#define T_UNIT_PUSH_HEALTH_H

#include "t/unit/helper.h"

#include "app/repo/push.h"
#include "app/service/push/health.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };

static const int64_t	DAY = 24 * (int64_t)HOUR;
static const int64_t	NOW = 1796000000000;	/* any time */

static inline enum health_news
failed(struct destination_health *h, bool first, int64_t now)
{
	const struct health_failure	 f = { .why = "no", .first = first };

	return health_failure(h, &f, now);
}

static inline enum health_news
fail_probe(struct destination_health *h, int64_t now)
{
	const struct health_failure	 f = { .why = "no", .probe = true };

	return health_failure(h, &f, now);
}

static inline enum health_news
hold(struct destination_health *h, int64_t ms, int64_t now)
{
	const struct health_failure	 f = { .why = "no", .hold_ms = ms };

	return health_failure(h, &f, now);
}

static inline int
room(const struct destination_health *h, int in_flight, int64_t now)
{
	bool	 probe;

	return health_room(h, in_flight, now, &probe);
}

/* Makes it fail so often that the breaker opens. */
static inline void
fail_to_open(struct destination_health *h, int64_t now)
{
	int	 i;

	for (i = 0; i < 5; i++)
		(void)failed(h, i < 3, now);
	assert_true(h->is_open);
}

#endif
