/*
 * budget: how many calls a minute Calendly allows for one account, counted over
 * all hosts and tenants.
 *
 * Each call is taken from the budget before it is made, and stays taken
 * whatever becomes of it.  Work in the background gets a call only while more
 * than a tenth of the limit is left, so people's calls and repairs find some.
 * What Calendly's headers say afterwards is stored with the log of calls:
 * api_call_add().
 */
#ifndef APP_REPO_BUDGET_H
#define APP_REPO_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/err.h"

struct arena;
struct db;

/* Who calls; the account is that of the grant, or of the connection's grant. */
struct budget_user {
	const char	*connection_id;	/* or NULL */
	const char	*grant_id;	/* or NULL */
	bool		 background;
};

/* A call that was taken from an account's budget, or that has to wait. */
struct budget_call {
	const char	*account_id;	/* NULL: not counted */
	int64_t		 window_number;
	int64_t		 wait_ms;	/* when to ask again; 0: it may be
					 * made now */
};

/* What Calendly said after it; -1 stands for what it did not say. */
struct budget_news {
	struct budget_call	 call;
	long			 limit;
	long			 left;
	long			 reset;		/* seconds */
	long			 pause;		/* seconds in which no calls
						 * may be made; 0: none */
};

enum cal_err	budget_take(struct db *, struct arena *,
		    const struct budget_user *, struct budget_call *) ERR_CHECK;
/*
 * Tells in how many ms a call may be made, without taking one; 0: it may be
 * made now.
 */
enum cal_err	budget_look(struct db *, struct arena *,
		    const struct budget_user *, int64_t *ms) ERR_CHECK;

#endif
