/*
 * lend: see lend.h.
 */
#include <stddef.h>

#include "app/repo/connection.h"
#include "app/service/errand.h"
#include "app/service/token/lend.h"
#include "app/service/token/token.h"

enum cal_err
lend_run(const struct errand *e, const char *user_id, int64_t patience_ms,
    struct loan *out)
{
	struct connection_view	 v;
	struct errand		 about;
	struct tx		 tx;
	enum cal_err		 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = tx_leave(&tx, connection_find(&tx, user_id, &v));
	if (rc != CAL_OK)
		return rc;
	if (v.grant_id == NULL)
		return CAL_DENIED;
	about = errand_about(e, v.id);
	return token_look(&about, v.grant_id, patience_ms, &out->access,
	    &out->expires_at);
}
