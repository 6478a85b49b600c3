/*
 * rotate: everything at rest, sealed anew with the key that seals now.
 *
 * Workers go on meanwhile: each batch is a short transaction of its own, and
 * rows that somebody has in hand are left for the next pass.  It can be
 * stopped at any moment; the next run goes on with what is left.
 */
#ifndef APP_SERVICE_KEYS_ROTATE_H
#define APP_SERVICE_KEYS_ROTATE_H

#include <stdint.h>

#include "app/repo/sealed.h"
#include "lib/err.h"

struct arena;
struct db;
struct keyring;

struct reseal {
	int64_t		 done[SEALED__MAX];
	/* Seen in the last pass, and left as they are: */
	int64_t		 lost;		/* their key is not there */
	int64_t		 damaged;	/* they do not open */
	/* After every batch; may be NULL. */
	void		(*progress)(void *, const struct reseal *);
	void		*arg;
};

int64_t		rotate_done(const struct reseal *);
/*
 * How many values are sealed with another key than the one that seals now.
 * In a connection of the owner of the tables, as all here.
 */
enum cal_err	rotate_left(struct db *, struct keyring *, struct arena *,
		    int64_t *) ERR_CHECK;
/* One pass over all of them. */
enum cal_err	rotate_pass(struct db *, struct keyring *, struct reseal *)
		    ERR_CHECK;

#endif
