/*
 * owner: see owner.h.
 */
#include "app/calendly/id.h"
#include "app/calendly/user.h"
#include "app/repo/account.h"
#include "app/repo/teardown.h"
#include "app/repo/tx.h"
#include "app/service/errand.h"
#include "app/service/token/owner.h"

enum cal_err
owner_account(struct tx *tx, const char *user_uri, bool fresh,
    const char **account_id)
{
	const char	*id = id_from_uri(tx->mem, user_uri);
	enum cal_err	 rc;

	*account_id = NULL;
	if (id == NULL)
		return CAL_OK;
	rc = account_intern(tx->db, tx->mem, id, account_id);
	if (rc == CAL_OK && fresh)
		rc = account_minted(tx->db, tx->mem, *account_id);
	return rc;
}

enum cal_err
owner_note(const struct errand *e, const char *grant_id,
    const struct calendly_user *u, bool fresh)
{
	const char	*account_id, *organization;
	struct tx	 tx;
	enum cal_err	 rc;

	organization = id_from_uri(e->mem, u->organization) == NULL ? NULL :
	    u->organization;
	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = owner_account(&tx, u->uri, fresh, &account_id);
	if (rc == CAL_OK)
		rc = account_id == NULL ? CAL_NOTFOUND :
		    grant_own(&tx, grant_id, account_id, u->uri, organization);
	return tx_end(&tx, rc);
}
