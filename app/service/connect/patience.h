/*
 * patience: not sent is not failed.  What a browser waits for is tried again
 * for some seconds of its visit, with growing pauses.
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
	int64_t	 until;		/* clock_ms() */
	int	 pause;		/* ms */
};

/* Never longer than the visit has left. */
struct patience	 patience_begin(const struct errand *);
/* Pause; false at once if there is no time for another try. */
bool		 patience_wait(struct patience *);

#endif
