/*
 * rotate: seals everything that is stored sealed again, with the keyring's
 * newest key.
 *
 * Workers may go on meanwhile: each batch is a short transaction of its own,
 * and rows that others have locked are left to the next pass.  A rotation can
 * be stopped at any moment; the next run continues with what is left.
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
	/* Values that the last pass could not open and left as they are: */
	int64_t		 lost;		/* the keyring lacks their key */
	int64_t		 damaged;	/* damaged, or moved from another row */
	/* Called after every batch that had rows; may be NULL. */
	void		(*progress)(void *, const struct reseal *);
	void		*arg;
};

int64_t		rotate_done(const struct reseal *);
/*
 * Counts the values that are sealed with another key than the one that seals
 * now.  All functions here run on a connection of the owner of the tables.
 */
enum cal_err	rotate_left(struct db *, struct keyring *, struct arena *,
		    int64_t *) ERR_CHECK;
/*
 * Makes one pass over all sealed values.  "done" adds up over passes; "lost"
 * and "damaged" begin at 0 in each.
 */
enum cal_err	rotate_pass(struct db *, struct keyring *, struct reseal *)
		    ERR_CHECK;

#endif
