/*
 * patience: see patience.h.
 */
#include <stddef.h>

#include "app/service/connect/patience.h"
#include "app/service/errand.h"
#include "lib/clock.h"
#include "lib/task.h"

enum {
	PATIENCE_MS = 8 * 1000,
	PAUSE_MS = 250,			/* the first pause; each
					 * next one is twice as long */
	PAUSE_MOST_MS = 2 * 1000,
};

struct patience
patience_begin(const struct errand *e)
{
	return (struct patience){ clock_ms() +
	    errand_time_left(e, PATIENCE_MS), PAUSE_MS };
}

bool
patience_wait(struct patience *p)
{
	if (clock_ms() + p->pause >= p->until)
		return false;
	task_sleep(p->pause);
	p->pause = p->pause * 2 < PAUSE_MOST_MS ? p->pause * 2 :
	    PAUSE_MOST_MS;
	return true;
}
