/*
 * emit: events that calendlyd itself has to tell.
 */
#ifndef APP_SERVICE_EMIT_H
#define APP_SERVICE_EMIT_H

#include "lib/err.h"

struct arena;
struct calendly;

/*
 * Tell that a connection changed, in the transaction that changes it.
 * "reason" may be NULL.
 */
enum cal_err	emit_connection(struct calendly *, struct arena *,
		    const char *connection_id, const char *user_id,
		    const char *type, const char *status, const char *reason)
		    ERR_CHECK;
/* Tell that deliveries to its webhook fail. */
enum cal_err	emit_failing(struct calendly *, struct arena *,
		    const char *connection_id, const char *user_id,
		    const char *reason) ERR_CHECK;

#endif
