/*
 * check: does this process hold the keys that the database needs?
 *
 * With a wrong keyring nothing may be sealed, or the right one would not open
 * it: the gate (gate.h) asks here before every call that could bring anything
 * to seal.
 */
#ifndef APP_SERVICE_KEYS_CHECK_H
#define APP_SERVICE_KEYS_CHECK_H

struct arena;
struct db;
struct keyring;
struct service;

/*
 * NULL once the keyring has opened the database's canary, else why it may
 * not seal and what to do.  The answer NULL is remembered.
 */
const char	*keys_fault(struct service *, struct arena *);
/*
 * NULL if the keyring holds every key that tokens and signing keys at rest
 * are sealed with, else which are missing and what to do.
 */
const char	*keys_missing(struct db *, struct keyring *,
		    struct arena *);
/* A process that starts says in the log if it may not seal. */
void		 keys_say(struct service *, struct arena *);

#endif
