/*
 * owner: see owner.h.
 */
#include "app/calendly/id.h"
#include "app/calendly/user.h"
#include "app/repo/account.h"
#include "app/repo/teardown.h"
#include "app/repo/tx.h"
#include "app/service/service.h"
#include "app/service/token/owner.h"

enum cal_err
owner_account(struct service *cal, struct arena *mem, const char *user_uri,
    bool fresh, const char **account_id)
{
	const char	*id = id_from_uri(mem, user_uri);
	enum cal_err	 rc;

	*account_id = NULL;
	if (id == NULL)
		return CAL_OK;
	rc = account_intern(cal->db, mem, id, account_id);
	if (rc == CAL_OK && fresh)
		rc = account_minted(cal->db, mem, *account_id);
	return rc;
}

enum cal_err
owner_note(struct service *cal, struct arena *mem, const char *grant_id,
    const struct calendly_user *u, bool fresh)
{
	const char	*account_id, *organization;
	struct tx	 tx;
	enum cal_err	 rc;

	organization = id_from_uri(mem, u->organization) == NULL ? NULL :
	    u->organization;
	if ((rc = tx_begin(&tx, cal->db, mem, cal->tenant_id)) != CAL_OK)
		return rc;
	rc = owner_account(cal, mem, u->uri, fresh, &account_id);
	if (rc == CAL_OK)
		rc = account_id == NULL ? CAL_NOTFOUND :
		    grant_own(&tx, grant_id, account_id, u->uri, organization);
	return tx_end(&tx, rc);
}
