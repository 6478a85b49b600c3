/*
 * capability: see capability.h.
 */
#include "app/calendly/client.h"
#include "app/repo/connection.h"
#include "app/repo/grant.h"
#include "app/repo/tx.h"
#include "app/service/errand.h"
#include "app/service/service.h"
#include "app/service/subscription/capability.h"

enum cal_err
capability_note(const struct errand *e, const struct grant *g,
    enum capability now)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	return tx_end(&tx, connection_set_capability(&tx, g->connection_id,
	    g->id, now));
}

/* CAPABILITY_NONE: the failure may pass by itself. */
static enum capability
capability_after(const struct service *cal, enum cal_err rc)
{
	if (rc == CAL_INVALID)
		return CAPABILITY_REJECTED;
	return rc == CAL_UPSTREAM && client_is_unusable(cal->api) ?
	    CAPABILITY_UNREADABLE : CAPABILITY_NONE;
}

enum cal_err
capability_note_failure(const struct errand *e, const struct grant *g,
    enum cal_err rc)
{
	const enum capability	 now = capability_after(e->cal, rc);
	enum cal_err		 noted = CAL_OK;

	if (now != CAPABILITY_NONE)
		noted = capability_note(e, g, now);
	return noted == CAL_OK ? rc : noted;
}
