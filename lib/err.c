/*
 * err: see err.h.
 */
#include <stdlib.h>
#include <unistd.h>

#include "lib/err.h"
#include "lib/log.h"

static const char *const names[CAL_ERR__MAX] = {
	[CAL_OK] = "ok",
	[CAL_INVALID] = "invalid",
	[CAL_UNAUTHORIZED] = "unauthorized",
	[CAL_DENIED] = "denied",
	[CAL_NOTFOUND] = "notfound",
	[CAL_CONFLICT] = "conflict",
	[CAL_GONE] = "gone",
	[CAL_TOOLARGE] = "toolarge",
	[CAL_UPSTREAM] = "upstream",
	[CAL_UNAVAILABLE] = "unavailable",
	[CAL_INTERNAL] = "internal",
};

const char *
err_name(enum cal_err rc)
{
	/*
	 * An enum may be unsigned, so one comparison catches negative values,
	 * too.
	 */
	if ((unsigned int)rc >= CAL_ERR__MAX)
		return "unknown";
	return names[rc];
}

void
err_nomem(const char *what)
{
	log_warn("out of memory: %s: this process ends", what);
	/* exit(3) would run handlers, and those may need memory. */
	_exit(EXIT_FAILURE);
}
