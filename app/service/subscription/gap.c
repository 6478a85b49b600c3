/*
 * gap: see gap.h.
 */
#include <stdbool.h>
#include <stddef.h>

#include "app/repo/gap.h"
#include "app/repo/grant.h"
#include "app/repo/subscription.h"
#include "app/repo/sync.h"
#include "app/repo/tx.h"
#include "app/service/emit.h"
#include "app/service/errand.h"
#include "app/service/subscription/choose.h"
#include "app/service/subscription/gap.h"
#include "app/service/subscription/inventory.h"

/*
 * Says whether Calendly has disabled the current subscription, after a day of
 * failed deliveries.
 */
static bool
is_given_up(const struct found *f)
{
	return f->ours != NULL && f->ours->state == SUBSCRIPTION_ACTIVE &&
	    choose_is_disabled(f);
}

enum cal_err
gap_look(const struct errand *e, const struct grant *g,
    const struct inventory *h)
{
	bool		 given_up = false;
	struct tx	 tx;
	enum cal_err	 rc;
	size_t		 i;

	for (i = 0; i < h->nfound; i++) {
		if (choose_is_alive(&h->found[i]))
			return CAL_OK;
		given_up = given_up || is_given_up(&h->found[i]);
	}
	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	return tx_end(&tx, gap_note_open(&tx, g->id, !given_up));
}

enum cal_err
gap_close(struct tx *tx, const struct grant *g, bool well)
{
	struct gap	 gap;
	enum cal_err	 rc;

	rc = gap_note_closed(tx, g->id, well, &gap);
	if (rc != CAL_OK)
		return rc == CAL_NOTFOUND ? CAL_OK : rc;
	if ((rc = sync_ask(tx, g->connection_id, SYNC_REPAIR)) != CAL_OK)
		return rc;
	return emit_gap(tx, g->connection_id, gap.user_id, gap.since,
	    gap.until);
}
