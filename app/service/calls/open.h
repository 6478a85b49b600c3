/*
 * open: makes the service of a process.  Its Calendly client passes every call
 * through the guards of outgoing.h.
 */
#ifndef APP_SERVICE_CALLS_OPEN_H
#define APP_SERVICE_CALLS_OPEN_H

#include "app/service/service.h"
#include "lib/err.h"

struct settings;

/*
 * Makes the service for this role; service_close() frees it.  The database is
 * not connected to yet.  Failures are logged.
 */
enum cal_err	service_open(const struct settings *, enum service_role,
		    struct service **) ERR_CHECK;

#endif
