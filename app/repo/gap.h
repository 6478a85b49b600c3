/*
 * gap: for how long no subscription of a grant was alive at Calendly.
 *
 * All of it needs a tenant's transaction.
 */
#ifndef APP_REPO_GAP_H
#define APP_REPO_GAP_H

#include <stdbool.h>

#include "lib/err.h"

struct tx;

/* One that has ended. */
struct gap {
	const char	*since;
	const char	*until;
	const char	*user_id;
};

/*
 * None is alive: note since when, unless that is known already.  "trust":
 * deliveries that came prove that nothing was lost before them.
 */
enum cal_err	gap_note_open(struct tx *, const char *grant_id, bool trust)
		    ERR_CHECK;
/*
 * One counts that is as it should be.  "well": no delivery to it is being sent
 * again.  CAL_NOTFOUND: there was no gap.
 */
enum cal_err	gap_note_closed(struct tx *, const char *grant_id, bool well,
		    struct gap *) ERR_CHECK;

#endif
