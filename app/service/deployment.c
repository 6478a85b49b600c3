/*
 * deployment: see deployment.h.
 */
#include <string.h>

#include "app/repo/tenant.h"
#include "app/service/deployment.h"
#include "lib/arena.h"
#include "lib/keyring.h"
#include "lib/secret.h"

static const char CANARY[] = "calendlyd";

static const struct seal_place PLACE = {
	.table = "deployment",
	.row = "deployment",
	.column = "canary_sealed",
};

struct bytes
deployment_canary(const struct keyring *ring, struct arena *mem)
{
	return keyring_seal(ring, mem, &PLACE, secret_from_text(mem, CANARY));
}

const char *
deployment_fault(const struct keyring *ring, struct arena *mem,
    const struct deployment *d)
{
	struct secret	*text;
	enum cal_err	 rc;

	if (d->id == NULL)
		return "the database belongs to no deployment yet: run "
		    "\"calendlyctl migrate\"";
	if (strcmp(d->id, keyring_deployment(ring)) != 0)
		return arena_printf(mem, "the database belongs to deployment "
		    "%s, the keyring to %s: set CALENDLYD_KEYRING_FILE to the "
		    "keyring that goes with this database", d->id,
		    keyring_deployment(ring));
	rc = keyring_unseal(ring, mem, &PLACE, d->canary, &text);
	if (rc == CAL_NOTFOUND)
		return "the keyring lacks the key that the database was "
		    "sealed with first: use the newest copy of the keyring";
	if (rc != CAL_OK || strcmp(secret_text(text), CANARY) != 0)
		return "the keyring does not open what is in the database, "
		    "although it has the right deployment and key numbers: one "
		    "of the two was damaged, restore it";
	return NULL;
}
