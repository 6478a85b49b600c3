/*
 * connect_end: see connect_end.h.
 */
#include <string.h>

#include "app/calendly/client.h"
#include "app/repo/session.h"
#include "app/repo/tenant.h"
#include "app/service/brief.h"
#include "app/service/calendly.h"
#include "app/service/connect_end.h"
#include "app/service/reconcile.h"
#include "app/settings.h"
#include "lib/log.h"

enum { SETTLE_MS = 20 * 1000 };

static const char *
hindrance(const struct connect_session *s)
{
	const char	*c = s->capability;

	return c == NULL || strcmp(c, "ok") == 0 ||
	    strcmp(c, "unknown") == 0 ? NULL : c;
}

void
connect_end(const struct calendly *cal, enum connect_end end,
    const struct connect_session *s, const char *result,
    struct connect_outcome *out)
{
	*out = (struct connect_outcome){ .end = end };
	out->back_url = cal->set->frontend_url;
	if (s == NULL)
		return;
	out->session_id = s->id;
	out->result = result == NULL ? s->result : result;
	if (s->return_url != NULL)
		out->back_url = s->return_url;
	else if (s->frontend_url != NULL)
		out->back_url = s->frontend_url;
	out->retry = end != CONNECT_DONE && !s->expired;
	out->hindrance = end == CONNECT_DONE ? hindrance(s) : NULL;
}

void
connect_end_done(struct calendly *cal, struct arena *mem,
    const struct connect_session *s, const char *result,
    struct connect_outcome *out)
{
	struct connect_session	 now = *s;

	if (tenant_begin(cal->db, mem, s->tenant_id) != CAL_OK ||
	    tenant_end(cal->db, session_load(cal->db, mem, s->id, &now)) !=
	    CAL_OK)
		log_info("connect: session %s: whether webhooks come is not "
		    "known", s->id);
	connect_end(cal, CONNECT_DONE, &now, result, out);
}

void
connect_end_turn(const struct calendly *cal, enum turn turn,
    const struct connect_session *s, struct connect_outcome *out)
{
	static const enum connect_end	 ends[] = {
		[TURN_OURS] = CONNECT_FAILED,
		[TURN_BUSY] = CONNECT_WAIT,
		[TURN_DONE] = CONNECT_DONE,
		[TURN_EXPIRED] = CONNECT_EXPIRED,
	};

	connect_end(cal, ends[turn], s, NULL, out);
}

enum cal_err
connect_end_failed(struct calendly *cal, struct arena *mem,
    enum connect_end end, const struct connect_session *s, const char *result,
    const char *email, struct connect_outcome *out)
{
	enum cal_err	 rc;

	if ((rc = tenant_begin(cal->db, mem, s->tenant_id)) != CAL_OK)
		return rc;
	rc = tenant_end(cal->db, session_mark(cal->db, mem, s->id, "failed",
	    result, email));
	connect_end(cal, end, s, result, out);
	return rc;
}

void
connect_settle(struct calendly *cal, struct arena *mem, const char *tenant_id,
    const char *connection_id)
{
	const long	 left = client_time_left(cal->api, SETTLE_MS);
	enum cal_err	 rc, job;

	client_set_deadline(cal->api, left > 0 ? left : 1);
	rc = reconcile_run(cal, mem, tenant_id, connection_id);
	job = brief_settle_job(cal, mem, tenant_id, "reconcile",
	    connection_id, rc == CAL_OK);
	if (rc != CAL_OK || job != CAL_OK)
		log_info("connect: connection %s: reconcile goes on in the "
		    "background: %s", connection_id,
		    err_name(rc != CAL_OK ? rc : job));
}
