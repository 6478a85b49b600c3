/*
 * calling: see calling.h.
 */
#include "app/metric/metric.h"
#include "app/service/calls/calling.h"
#include "app/service/service.h"
#include "app/settings/settings.h"

enum {
	LOOK_MIN_MS = 50,
	LOOK_MAX_MS = 500,
};

bool
calling_begin(struct service *cal)
{
	return metrics_claim(METRIC_WORKERS_CALLING,
	    settings_most_calling(cal->set));
}

void
calling_end(struct service *cal)
{
	(void)cal;
	metrics_unclaim(METRIC_WORKERS_CALLING);
}

long
calling_next_look(int64_t waited_ms)
{
	const int64_t	 ms = waited_ms / 2;

	return (long)(ms < LOOK_MIN_MS ? LOOK_MIN_MS :
	    ms > LOOK_MAX_MS ? LOOK_MAX_MS : ms);
}
