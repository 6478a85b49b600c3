/*
 * list: see list.h.
 */
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "app/repo/connection.h"
#include "app/repo/grant.h"
#include "app/repo/job.h"
#include "app/repo/subscription.h"
#include "app/repo/tx.h"
#include "app/service/errand.h"
#include "app/service/service.h"
#include "app/service/subscription/choose.h"
#include "app/service/subscription/inventory.h"
#include "app/service/subscription/list.h"
#include "app/service/token/token.h"

static enum cal_err
list_load_in(struct tx *tx, const char *user_id, struct connection *c,
    struct grant *g)
{
	enum cal_err	 rc;

	if ((rc = connection_lock(tx, user_id, c)) != CAL_OK)
		return rc;
	if (c->grant_id == NULL)
		return CAL_DENIED;
	return grant_load(tx, c->grant_id, g);
}

/* The argument and result of look(). */
struct look {
	struct grant	 g;
	struct inventory	*h;
	bool		 closed;	/* Calendly does not show the list */
};

static enum cal_err
look_at_list(const struct errand *e, const struct secret *token, void *arg)
{
	struct look	*l = arg;
	enum cal_err	 rc;

	rc = inventory_take(e, &l->g, token, l->h);
	l->closed = rc == CAL_DENIED || rc == CAL_NOTFOUND;
	return l->closed ? CAL_UPSTREAM : rc;
}

/* The row of the current subscription; NULL: there is none. */
static const struct known *
counts_entries(const struct inventory *h)
{
	int	 i;

	for (i = 0; i < h->nknown; i++)
		if (h->known[i].state == SUBSCRIPTION_ACTIVE)
			return &h->known[i];
	return NULL;
}

static enum webhook_state
state_of(const struct inventory *h, const struct known *known)
{
	const struct found	*f = NULL;
	size_t			 i;

	for (i = 0; known != NULL && f == NULL && i < h->nfound; i++)
		if (h->found[i].ours == known)
			f = &h->found[i];
	if (f == NULL)
		return WEBHOOK_NONE;
	if (f->sub.state != NULL && strcasecmp(f->sub.state, "disabled") == 0)
		return WEBHOOK_DISABLED;
	return f->sub.retry_started_at != NULL ? WEBHOOK_FAILING :
	    WEBHOOK_ACTIVE;
}

/*
 * Says whether there is a current subscription, but it is missing at Calendly
 * or unhealthy.  If there is none, Calendly may have refused to make one; that
 * is retried in its own time, not whenever somebody looks.
 */
static bool
needs_repair(const struct service *cal, struct arena *mem,
    const struct inventory *h)
{
	const struct known	*known = counts_entries(h);
	const struct found	*f = choose(cal, mem, h);

	return known != NULL && (f == NULL || f->ours != known);
}

static enum cal_err
ask_repair(const struct errand *e, const char *connection_id)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	return tx_end(&tx, job_enqueue(&tx, JOB_RECONCILE, connection_id, 0));
}

enum cal_err
list_run(const struct errand *e, const char *user_id, struct inventory *h,
    enum webhook_state *state)
{
	struct connection	 c;
	struct look		 l = { .h = h };
	struct errand		 about;
	struct tx		 tx;
	enum cal_err		 rc, asked = CAL_OK;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = tx_end(&tx, list_load_in(&tx, user_id, &c, &l.g));
	if (rc != CAL_OK)
		return rc;
	about = errand_about(e, c.id);
	rc = token_use(&about, l.g.id, look_at_list, &l);
	if (l.closed || (rc == CAL_OK && needs_repair(e->cal, e->mem, h)))
		asked = ask_repair(e, c.id);
	if (rc == CAL_OK)
		*state = state_of(h, counts_entries(h));
	if (rc == CAL_OK && asked != CAL_OK)
		return asked;
	return rc == CAL_UNAUTHORIZED ? CAL_UPSTREAM : rc;
}
