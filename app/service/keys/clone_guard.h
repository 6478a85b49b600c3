/*
 * clone_guard: keeps a copied database from using up the original's tokens.
 *
 * The database records which deployment's keyring seals it and which
 * BACKEND_URL it serves.  If either differs from this process's, or the keyring
 * does not open what is sealed there (check.h), the guard is shut: no call to
 * Calendly is made (refresh, subscriptions, OAuth), because it might invalidate
 * what the original holds.  Webhooks are still stored.  An operator opens the
 * guard with "calendlyctl adopt".
 */
#ifndef APP_SERVICE_KEYS_CLONE_GUARD_H
#define APP_SERVICE_KEYS_CLONE_GUARD_H

struct arena;
struct service;

/*
 * NULL if calls to Calendly may be made; else says why not and what to do.  Not
 * to be called within a transaction.
 */
const char	*clone_guard_shut(struct service *, struct arena *);

#endif
