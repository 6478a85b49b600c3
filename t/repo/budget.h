/*
 * budget: what tests of the budget share: two tenants' grants of one Calendly
 * account, calls that are taken from its budget, and Calendly's answers.
 */
#ifndef T_REPO_BUDGET_H
#define T_REPO_BUDGET_H

#include "t/repo/grants.h"

#include "app/repo/budget.h"
#include "app/repo/job.h"

static struct grant	 mine, theirs;	/* of one account; the second is
					 * another tenant's */

static inline struct budget_call
take_for(const struct grant *g, bool background)
{
	const struct budget_user	 u = { g->connection_id, NULL,
					    background };
	struct budget_call		 call;

	ok(budget_take(a, mem, &u, &call));
	return call;
}

/* True: a call was let through. */
static inline bool
people(void)
{
	return take_for(&mine, false).wait_ms == 0;
}

static inline bool
background(void)
{
	return take_for(&mine, true).wait_ms == 0;
}

/* Returns how many calls are let through until one has to wait. */
static inline int
until_held(bool (*take)(void))
{
	int	 n = 0;

	while (n < 1000 && take())
		n++;
	return n;
}

/* Calendly answers a call that was taken; -1: a header does not come. */
static inline void
answered(struct budget_call call, long limit, long left, long reset,
    long pause)
{
	const struct budget_news	 news = { call, limit, left, reset,
					    pause };
	const struct api_call		 row = {
		.request_id = "r", .purpose = "user_me", .method = "GET",
		.path = "/", .status = pause > 0 ? "429" : "200",
		.duration_ms = "1",
	};

	ok(api_call_add(a, mem, tenant, mine.connection_id, &row, &news));
}

/* Learns the limit from the answer to a first call. */
static inline void
begin(long limit)
{
	answered(take_for(&mine, false), limit, limit - 1, 60, 0);
}

static inline int64_t
look(bool in_background)
{
	const struct budget_user	 u = { mine.connection_id, NULL,
					    in_background };
	int64_t				 ms;

	ok(budget_look(a, mem, &u, &ms));
	return ms;
}

/* Lets this many seconds pass. */
static inline void
pass(const char *seconds)
{
	script(arena_printf(mem, "UPDATE accounts SET"
	    " window_until = window_until - interval '%s s',"
	    " limited_until = limited_until - interval '%s s'", seconds,
	    seconds));
}

/* Returns which version of the account's row is stored. */
static inline const char *
version_of_row(void)
{
	static const struct db_stmt	 version[] = { {
		.name = "version",
		.nparam = 1,
		.sql = "SELECT xmin || '/' || ctid::text FROM accounts"
		    " WHERE id = $1::bigint",
	} };
	struct db			*db = open_as(owner_url(), version, 1);
	struct db_rows			 rows;

	ok(db_one(db, mem, DB_QUERY(0, db_text(mine.account_id)), &rows));
	db_free(db);
	return rows.cell[0];
}

/* Makes two connections of two tenants, whose grants are of one new account. */
static inline int
one_account(void **state)
{
	const char	*first = tenant;

	(void)state;
	mine = new_grant(a);
	tenant = new_tenant();
	theirs = new_grant(a);
	tenant = first;
	script(arena_printf(mem, "UPDATE grants SET account_id = %s"
	    " WHERE id = '%s'", mine.account_id, theirs.id));
	return 0;
}

#endif
