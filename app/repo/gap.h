/*
 * gap: the time in which no subscription of a grant was alive at Calendly.
 *
 * All functions need a tenant's transaction.
 */
#ifndef APP_REPO_GAP_H
#define APP_REPO_GAP_H

#include <stdbool.h>

#include "lib/err.h"

struct tx;

/* A gap that has ended. */
struct gap {
	const char	*since;
	const char	*until;
	const char	*user_id;
};

/*
 * Notes that the grant has no subscription that is alive, and since when it may
 * have had none; does nothing if a gap is noted already.  "trust": deliveries
 * that came count as proof that nothing was lost before them.
 */
enum cal_err	gap_note_open(struct tx *, const char *grant_id, bool trust)
		    ERR_CHECK;
/*
 * Ends the gap, because the active subscription is as it should be, and gives
 * its times.  "well": Calendly is not retrying any delivery to it, so it was
 * just seen to work.  CAL_NOTFOUND: there was no gap.
 */
enum cal_err	gap_note_closed(struct tx *, const char *grant_id, bool well,
		    struct gap *) ERR_CHECK;

#endif
