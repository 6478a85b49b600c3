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
 * Notes that no subscription is alive, and since when, unless a gap is noted
 * already.  "trust": the last delivery that came proves that nothing was lost
 * before it.
 */
enum cal_err	gap_note_open(struct tx *, const char *grant_id, bool trust)
		    ERR_CHECK;
/*
 * Ends the gap, because the active subscription is as it should be.  "well":
 * Calendly is not sending any delivery to it again.  CAL_NOTFOUND: there was no
 * gap.
 */
enum cal_err	gap_note_closed(struct tx *, const char *grant_id, bool well,
		    struct gap *) ERR_CHECK;

#endif
