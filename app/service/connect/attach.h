/*
 * attach: a fresh grant becomes the connection's.
 */
#ifndef APP_SERVICE_CONNECT_ATTACH_H
#define APP_SERVICE_CONNECT_ATTACH_H

#include "lib/err.h"

struct errand;
struct calendly_user;
struct connect_session;
struct token_pair;

/*
 * In one transaction: the same account's new pair replaces the old one in
 * the same grant; another account's grant takes the connection and the old
 * grant is torn down; the session is done and a reconcile is asked for.
 * "result": connected, reconnected or switched.
 */
enum cal_err	attach_run(const struct errand *,
		    const struct connect_session *, const char *grant_id,
		    const struct token_pair *, const struct calendly_user *,
		    const char **connection_id, enum session_result *)
		    ERR_CHECK;

#endif
