/*
 * deployment: do this keyring and this database belong together?
 *
 * "calendlyctl migrate" seals a canary into the database; whoever holds the
 * right keyring can open it.
 */
#ifndef APP_SERVICE_KEYS_DEPLOYMENT_H
#define APP_SERVICE_KEYS_DEPLOYMENT_H

#include "lib/buf.h"

struct arena;
struct deployment;
struct keyring;

struct bytes	 deployment_canary(struct keyring *, struct arena *);
/* NULL if they do, else what is wrong and what to do. */
const char	*deployment_fault(struct keyring *, struct arena *,
		    const struct deployment *);
/* The same, but for which deployment the two say they are of. */
const char	*deployment_fault_in_keys(struct keyring *,
		    struct arena *, const struct deployment *);

#endif
