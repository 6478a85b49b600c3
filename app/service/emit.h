/*
 * emit: events that calendlyd itself has to tell.
 */
#ifndef APP_SERVICE_EMIT_H
#define APP_SERVICE_EMIT_H

#include "app/domain/status.h"
#include "lib/err.h"

struct tx;
struct json;

/*
 * Every type of event that calendlyd makes itself, whatever its source, ending
 * with NULL; all others are Calendly's own.  A new one is told here, in
 * docs/integration.md and in docs/openapi.yaml, or t/docs.t fails.
 */
extern const char *const	emit_kinds[];

/* Tell one of these, with what the JSON says as its data. */
enum cal_err	emit_system(struct tx *, const char *connection_id,
		    const char *user_id, const char *type, struct json *)
		    ERR_CHECK;

/*
 * Tell that a connection changed, in the transaction that changes it.
 */
enum cal_err	emit_connection(struct tx *,
		    const char *connection_id, const char *user_id,
		    const char *type, enum connection_status,
		    enum connection_reason)
		    ERR_CHECK;
/* Tell that its user is in another organization at Calendly now. */
enum cal_err	emit_organization(struct tx *, const char *connection_id,
		    const char *user_id, const char *former, const char *now)
		    ERR_CHECK;
/* Tell that no subscription of it was alive between these two times. */
enum cal_err	emit_gap(struct tx *, const char *connection_id,
		    const char *user_id, const char *since, const char *until)
		    ERR_CHECK;
/* Tell that deliveries to its webhook fail. */
enum cal_err	emit_failing(struct tx *,
		    const char *connection_id, const char *user_id,
		    enum webhook_failure) ERR_CHECK;
/* Tell that they come through again. */
enum cal_err	emit_recovered(struct tx *, const char *connection_id,
		    const char *user_id) ERR_CHECK;

#endif
