/*
 * errors_trouble: the part of "calendlyctl errors" about teardowns that cannot
 * end yet.
 */
#include <stddef.h>

#include "app/ctl/ctl.h"
#include "app/ctl/out.h"
#include "app/repo/ops.h"
#include "lib/arena.h"

struct trouble_advice {
	struct ops_trouble	 trouble;
	const char		*todo;
};

#define TROUBLE(field)	offsetof(struct trouble_advice, trouble.field)

static const struct out_column	columns[] = {
	{ "grant_id", "GRANT", OUT_TEXT, TROUBLE(grant_id) },
	{ "tenant", "TENANT", OUT_TEXT, TROUBLE(tenant) },
	{ "user_id", "USER", OUT_TEXT, TROUBLE(user_id) },
	{ "trouble", "TROUBLE", OUT_GRANT_TROUBLE, TROUBLE(trouble) },
	{ "calendly_user_uri", "CALENDLY USER", OUT_TEXT, TROUBLE(user_uri) },
	{ "until", "KEPT UNTIL (UTC)", OUT_TIME, TROUBLE(until) },
	{ "todo", "WHAT TO DO", OUT_TEXT,
	  offsetof(struct trouble_advice, todo) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

static const char *
advice_for(enum grant_trouble trouble)
{
	if (trouble == TROUBLE_REVOCATION_REFUSED)
		return "check CALENDLY_OAUTH_CLIENT_ID and _SECRET; else the "
		    "user can remove the app at Calendly";
	if (trouble == TROUBLE_ACCOUNT_IN_USE)
		return "nothing: it is revoked if the account's other "
		    "connection ends before, else erased";
	return "see the log of users/me: Calendly does not say whose these "
	    "tokens are";
}

enum cal_err
ctl_errors_trouble(struct ctl *c, int limit)
{
	struct trouble_advice	*advice;
	struct ops_trouble	*rows;
	enum cal_err		 rc;
	int			 i, n;

	rc = ops_trouble_list(c->db, c->mem, c->arg[0], limit, &rows, &n);
	if (rc != CAL_OK)
		return rc;
	advice = arena_array(c->mem, (size_t)n, sizeof(*advice));
	for (i = 0; i < n; i++)
		advice[i] = (struct trouble_advice){ rows[i],
		    advice_for(rows[i].trouble) };
	out_list(c, "tokens", "Tokens that could not be revoked, kept sealed "
	    "for a day", columns, advice, sizeof(*advice), n);
	return CAL_OK;
}
