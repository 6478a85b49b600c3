/*
 * deployment: whether this keyring and this database belong together.
 *
 * "calendlyctl migrate" seals a known text, the canary, into the database; only
 * the right keyring can open it.
 */
#ifndef APP_SERVICE_KEYS_DEPLOYMENT_H
#define APP_SERVICE_KEYS_DEPLOYMENT_H

#include "lib/buf.h"

struct arena;
struct deployment;
struct keyring;

struct bytes	 deployment_canary(struct keyring *, struct arena *);
/* NULL if they belong together, else what is wrong and what to do. */
const char	*deployment_fault(struct keyring *, struct arena *,
		    const struct deployment *);
/*
 * Like deployment_fault(), but checks the canary only and does not compare the
 * deployments' ids.
 */
const char	*deployment_fault_in_keys(struct keyring *,
		    struct arena *, const struct deployment *);

#endif
