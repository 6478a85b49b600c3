/*
 * patience: tries again while a call could not be sent, because that is no
 * failure yet.  The pauses grow, and the browser that waits for the answer is
 * kept waiting for some seconds at most.
 *
 *	struct patience	 p = patience_begin(e);
 *
 *	while ((rc = call(...)) == CAL_UNAVAILABLE && patience_wait(&p))
 *		continue;
 */
#ifndef APP_SERVICE_CONNECT_PATIENCE_H
#define APP_SERVICE_CONNECT_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

struct errand;

struct patience {
	int64_t	 until;		/* when to stop, as clock_ms() */
	int	 pause;		/* milliseconds before the next try */
};

/*
 * Begins now.  The tries end after 8 seconds, or with the errand's deadline if
 * that is earlier.
 */
struct patience	 patience_begin(const struct errand *);
/*
 * Waits until the next try is due.  Returns false at once if there is no time
 * left for one.
 */
bool		 patience_wait(struct patience *);

#endif
