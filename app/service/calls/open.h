/*
 * open: the service of a process, with a client whose calls are guarded.
 */
#ifndef APP_SERVICE_CALLS_OPEN_H
#define APP_SERVICE_CALLS_OPEN_H

#include "app/service/service.h"
#include "lib/err.h"

struct settings;

/* Does not connect to the database yet. */
enum cal_err	service_open(const struct settings *, enum service_role,
		    struct service **) ERR_CHECK;

#endif
