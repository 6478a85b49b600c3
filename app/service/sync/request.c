/*
 * request: see request.h.
 */
#include "app/repo/connection.h"
#include "app/repo/tenant.h"
#include "app/repo/tx.h"
#include "app/service/sync/request.h"

enum cal_err
sync_request(struct tx *tx, const char *user_id, const char *actor,
    struct connection_view *v)
{
	struct connection	 c;
	enum cal_err		 rc;

	/* The lock keeps the connection connected until the commit. */
	if ((rc = connection_lock(tx, user_id, &c)) != CAL_OK)
		return rc;
	if (c.status != CONNECTION_CONNECTED)
		return CAL_DENIED;
	if ((rc = sync_ask(tx, c.id, SYNC_REQUEST)) != CAL_OK ||
	    (rc = audit_add(tx, actor, "connection.sync", user_id)) != CAL_OK)
		return rc;
	return connection_find(tx, user_id, v);
}
