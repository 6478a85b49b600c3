/*
 * check: whether this process holds the keys that the database needs.
 *
 * With a wrong keyring nothing may be sealed, because the right keyring could
 * not open it later.  So the clone guard (clone_guard.h) asks here before every
 * call to Calendly: its answer might bring something to seal.
 */
#ifndef APP_SERVICE_KEYS_CHECK_H
#define APP_SERVICE_KEYS_CHECK_H

struct arena;
struct db;
struct keyring;
struct service;

/*
 * NULL once this keyring has opened the database's canary; else says why
 * nothing may be sealed and what to do.  Only the answer NULL is remembered, in
 * cal->keys_proven.
 */
const char	*keys_fault(struct service *, struct arena *);
/*
 * NULL if the keyring holds every key that stored secrets are sealed with; else
 * says which keys are missing and what to do.
 */
const char	*keys_missing(struct db *, struct keyring *,
		    struct arena *);
/*
 * For a process that starts: warns in the log if the keyring does not fit the
 * database.
 */
void		 keys_say(struct service *, struct arena *);

#endif
