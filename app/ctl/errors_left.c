/*
 * errors_left: lists for "calendlyctl errors" what was left at Calendly by
 * users who are erased.  Apart from the audit, nothing in the database knows of
 * it any more.
 */
#include <stddef.h>
#include <string.h>

#include "app/ctl/ctl.h"
#include "app/ctl/out.h"
#include "app/repo/ops.h"
#include "lib/arena.h"

enum { DAYS = 30 };

struct left_advice {
	struct ops_left	 left;
	const char	*todo;
};

#define LEFT(field)	offsetof(struct left_advice, left.field)

static const struct out_column	columns[] = {
	{ "at", "ERASED (UTC)", OUT_TIME, LEFT(at) },
	{ "tenant", "TENANT", OUT_TEXT, LEFT(tenant) },
	{ "left", "LEFT AT CALENDLY", OUT_TEXT, LEFT(what) },
	{ "todo", "WHAT TO DO", OUT_TEXT, offsetof(struct left_advice, todo) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

static const char *
advice_on_left(const char *what)
{
	return strstr(what, "://") == NULL ?
	    "only the user can remove the app at Calendly" :
	    "nothing: its next delivery is answered 410, on which Calendly "
	    "deletes the subscription";
}

enum cal_err
ctl_errors_left(struct ctl *c, int limit)
{
	struct left_advice	*advice;
	struct ops_left		*rows;
	enum cal_err		 rc;
	int			 i, n;

	rc = ops_left_list(c->db, c->mem, c->arg[0], DAYS, limit, &rows, &n);
	if (rc != CAL_OK)
		return rc;
	advice = arena_array(c->mem, (size_t)n, sizeof(*advice));
	for (i = 0; i < n; i++)
		advice[i] = (struct left_advice){ rows[i],
		    advice_on_left(rows[i].what) };
	out_list(c, "left_behind", "Left at Calendly by users erased in the "
	    "last 30 days, newest first", columns, advice, sizeof(*advice), n);
	return CAL_OK;
}
