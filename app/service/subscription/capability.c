/*
 * capability: see capability.h.
 */
#include <stddef.h>

#include "app/calendly/client.h"
#include "app/repo/connection.h"
#include "app/repo/grant.h"
#include "app/repo/tx.h"
#include "app/service/service.h"
#include "app/service/subscription/capability.h"

enum cal_err
capability_note(struct service *cal, struct arena *mem,
    const struct grant *g, const char *word)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = tx_begin(&tx, cal->db, mem, cal->tenant_id)) != CAL_OK)
		return rc;
	return tx_end(&tx, connection_set_capability(&tx, g->connection_id,
	    g->id, word));
}

/* NULL: it may pass by itself. */
static const char *
word_for(const struct service *cal, enum cal_err rc)
{
	if (rc == CAL_INVALID)
		return "rejected";
	return rc == CAL_UPSTREAM && client_is_unusable(cal->api) ?
	    "unreadable" : NULL;
}

enum cal_err
capability_note_failure(struct service *cal, struct arena *mem,
    const struct grant *g, enum cal_err rc)
{
	const char	*word = word_for(cal, rc);
	enum cal_err	 noted = CAL_OK;

	if (word != NULL)
		noted = capability_note(cal, mem, g, word);
	return noted == CAL_OK ? rc : noted;
}
