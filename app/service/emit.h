/*
 * emit: writes the events that calendlyd itself makes, besides those that come
 * from Calendly.
 */
#ifndef APP_SERVICE_EMIT_H
#define APP_SERVICE_EMIT_H

#include "app/domain/status.h"
#include "lib/err.h"

struct tx;
struct json;
struct sync_complete;

/*
 * Every event type that calendlyd makes itself, whatever the event's source,
 * ending with NULL; all other types are Calendly's own.  A new type must be
 * added here, in docs/integration.md and in docs/openapi.yaml, or t/docs_code.t
 * fails.
 */
extern const char *const	emit_kinds[];

/* Writes an event of one of these types.  The JSON value becomes its "data". */
enum cal_err	emit_system(struct tx *, const char *connection_id,
		    const char *user_id, const char *type, struct json *)
		    ERR_CHECK;

/*
 * Writes the event that tells of a change of a connection.  Called in the
 * transaction that makes the change.
 */
enum cal_err	emit_connection(struct tx *,
		    const char *connection_id, const char *user_id,
		    const char *type, enum connection_status,
		    enum connection_reason)
		    ERR_CHECK;
/*
 * Writes connection.organization_changed: the connection's user now belongs to
 * another organization at Calendly.  Both arguments are organization URIs.
 */
enum cal_err	emit_organization(struct tx *, const char *connection_id,
		    const char *user_id, const char *former, const char *now)
		    ERR_CHECK;
/* Writes connection.synced. */
enum cal_err	emit_synced(struct tx *, const char *connection_id,
		    const char *user_id, const struct sync_complete *) ERR_CHECK;
/*
 * Writes webhook.gap: the connection had no working subscription between
 * "since" and "until".
 */
enum cal_err	emit_gap(struct tx *, const char *connection_id,
		    const char *user_id, const char *since, const char *until)
		    ERR_CHECK;
/* Writes webhook.failing: deliveries to the connection's webhook fail. */
enum cal_err	emit_failing(struct tx *,
		    const char *connection_id, const char *user_id,
		    enum webhook_failure) ERR_CHECK;
/*
 * Writes webhook.recovered: deliveries to the connection's webhook arrive
 * again.
 */
enum cal_err	emit_recovered(struct tx *, const char *connection_id,
		    const char *user_id) ERR_CHECK;

#endif
