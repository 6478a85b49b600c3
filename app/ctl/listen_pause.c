/* listen_pause: see listen.h. */
#include "app/ctl/listen.h"
#include "lib/clock.h"
#include "lib/task.h"

void
listen_pause(const struct listen *l, long ms)
{
	const int64_t	 until = clock_ms() + ms;

	while (!l->over && clock_ms() < until)
		task_rest_until(until);
}
