/*
 * attach: makes a fresh grant the connection's live one.
 */
#ifndef APP_SERVICE_CONNECT_ATTACH_H
#define APP_SERVICE_CONNECT_ATTACH_H

#include "app/domain/status.h"
#include "lib/err.h"

struct errand;
struct calendly_user;
struct connect_session;
struct token_pair;

/*
 * Attaches the tokens of the pending grant "grant_id", in one transaction.  If
 * the connection's grant is of the same account, the new pair replaces the old
 * one in that grant.  If it is of another account, or there is none, the new
 * grant takes the connection and the old grant's teardown begins.  The session
 * is marked done and a reconcile is enqueued.
 *
 * "result" is "connected", "reconnected" or "switched".
 */
enum cal_err	attach_run(const struct errand *,
		    const struct connect_session *, const char *grant_id,
		    const struct token_pair *, const struct calendly_user *,
		    const char **connection_id, enum session_result *)
		    ERR_CHECK;

#endif
