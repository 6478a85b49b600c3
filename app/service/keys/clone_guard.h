/*
 * clone_guard: a copied database must not burn the original's tokens.
 *
 * The database knows which deployment's keyring seals it and which
 * BACKEND_URL it serves.  Where either differs, or the keyring does not open
 * what is sealed there (keys.h), nothing that changes Calendly or the outside
 * is done (refresh, subscriptions, OAuth), while webhooks are
 * still taken in, until an operator says "calendlyctl adopt".
 */
#ifndef APP_SERVICE_KEYS_CLONE_GUARD_H
#define APP_SERVICE_KEYS_CLONE_GUARD_H

struct arena;
struct service;

/*
 * NULL if calls may be made, else why not and what to do.  Not to be called
 * within a transaction.
 */
const char	*clone_guard_shut(struct service *, struct arena *);

#endif
