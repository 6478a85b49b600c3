/*
 * deployment: see deployment.h.
 */
#include <string.h>

#include "app/repo/tenant.h"
#include "app/service/keys/deployment.h"
#include "app/service/keys/seal.h"
#include "lib/arena.h"
#include "lib/keyring.h"
#include "lib/secret.h"

static const char CANARY[] = "calendlyd";

static struct seal_place
deployment_place(void)
{
	return seal_at(SEALED_CANARY, "deployment", 0);
}

struct bytes
deployment_canary(struct keyring *ring, struct arena *mem)
{
	const struct seal_place	 at = deployment_place();

	return keyring_seal(ring, mem, &at, secret_from_text(mem, CANARY));
}

const char *
deployment_fault_in_keys(struct keyring *ring, struct arena *mem,
    const struct deployment *d)
{
	const struct seal_place	 at = deployment_place();
	struct secret		*text;
	enum cal_err		 rc;

	if (d->id == NULL)
		return "the database belongs to no deployment yet: run "
		    "\"calendlyctl migrate\"";
	rc = keyring_unseal(ring, mem, &at, d->canary, &text);
	if (rc == CAL_NOTFOUND)
		return "the keyring lacks the key that the database was "
		    "sealed with first: use the newest copy of the keyring";
	if (rc != CAL_OK || strcmp(secret_text(text), CANARY) != 0)
		return "the keyring does not open what is in the database, "
		    "although it has the right key numbers: it is another "
		    "deployment's, or one of the two was damaged; restore it";
	return NULL;
}

const char *
deployment_fault(struct keyring *ring, struct arena *mem,
    const struct deployment *d)
{
	if (d->id != NULL && strcmp(d->id, keyring_deployment(ring)) != 0)
		return arena_printf(mem, "the database belongs to deployment "
		    "%s, the keyring to %s: set CALENDLYD_KEYRING_FILE to the "
		    "keyring that goes with this database", d->id,
		    keyring_deployment(ring));
	return deployment_fault_in_keys(ring, mem, d);
}
