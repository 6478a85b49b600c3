/*
 * finish: see finish.h.
 */
#include <string.h>

#include "app/repo/session.h"
#include "app/repo/tx.h"
#include "app/service/connect/finish.h"
#include "app/service/connect/story.h"
#include "app/service/errand.h"
#include "app/service/service.h"
#include "app/service/subscription/reconcile.h"
#include "app/settings/settings.h"
#include "lib/log.h"

enum { SETTLE_MS = 20 * 1000 };

/*
 * Why Calendly sends no webhooks, if that is something that the user can change
 * or has to know; else CAPABILITY_NONE.
 */
static enum capability
finish_hindrance(const struct connect_session *s)
{
	switch (s->capability) {
	case CAPABILITY_PLAN:
	case CAPABILITY_ROLE:
	case CAPABILITY_SCOPE:
	case CAPABILITY_REJECTED:
		return s->capability;
	default:
		return CAPABILITY_NONE;
	}
}

void
finish(const struct service *cal, enum connect_end end,
    const struct connect_session *s, enum session_result result,
    struct connect_outcome *out)
{
	*out = (struct connect_outcome){ .end = end };
	out->back_url = cal->set->frontend_url;
	if (s == NULL)
		return;
	out->session_id = s->id;
	out->tenant_id = s->tenant_id;
	out->result = result == RESULT_NONE ? s->result : result;
	if (s->return_url != NULL)
		out->back_url = s->return_url;
	else if (s->frontend_url != NULL)
		out->back_url = s->frontend_url;
	out->retry = end != CONNECT_DONE && !s->expired;
	out->hindrance = end == CONNECT_DONE ? finish_hindrance(s) :
	    CAPABILITY_NONE;
}

void
finish_done(const struct errand *e,
    const struct connect_session *s, enum session_result result,
    struct connect_outcome *out)
{
	struct connect_session	 now = *s;
	struct tx		 tx;

	if (errand_begin(e, &tx) != CAL_OK || tx_end(&tx,
	    session_load(&tx, s->id, &now)) != CAL_OK)
		log_info("connect: session %s: whether webhooks come is not "
		    "known", s->id);
	finish(e->cal, CONNECT_DONE, &now, result, out);
	if (out->hindrance != CAPABILITY_NONE)
		story_note(e, STORY_NO_WEBHOOK,
		    capability_name(out->hindrance));
	else if (now.capability == CAPABILITY_OK)
		story_note(e, STORY_WEBHOOK, NULL);
}

void
finish_turn(const struct errand *e, enum turn turn,
    const struct connect_session *s, struct connect_outcome *out)
{
	static const struct {
		enum connect_end	 end;
		enum story_step		 step;
	} ends[] = {
		[TURN_OURS] = { CONNECT_FAILED, STORY_FAILED },
		[TURN_BUSY] = { CONNECT_WAIT, STORY_WAITING },
		[TURN_DONE] = { CONNECT_DONE, STORY_CALLBACK_AGAIN },
		[TURN_EXPIRED] = { CONNECT_EXPIRED, STORY_EXPIRED },
	};

	story_note(e, ends[turn].step,
	    session_result_name(s->result));
	finish(e->cal, ends[turn].end, s, RESULT_NONE, out);
}

enum cal_err
finish_failed(const struct errand *e, enum connect_end end,
    const struct connect_session *s,
    enum session_result result, const char *email,
    struct connect_outcome *out)
{
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = errand_begin(e, &tx)) != CAL_OK)
		return rc;
	rc = tx_end(&tx, session_mark(&tx, s->id,
	    SESSION_FAILED, result, email));
	finish(e->cal, end, s, result, out);
	return rc;
}

/*
 * Errors of RFC 6749, 4.1.2.1, other than access_denied.  The story keeps only
 * these: any other text was made up by whoever sent the browser, and may say
 * anything.
 */
static const char *
known_error(const char *error)
{
	static const char *const	known[] = {
		"invalid_request", "unauthorized_client",
		"unsupported_response_type", "invalid_scope", "server_error",
		"temporarily_unavailable",
	};
	size_t				 i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(error, known[i]) == 0)
			return known[i];
	return "an error that OAuth does not name";
}

static enum cal_err
end_failed(const struct errand *e, const struct connect_session *s,
    enum story_step step, const char *detail, struct connect_outcome *out)
{
	story_note(e, step, detail);
	return finish_failed(e, CONNECT_FAILED, s, RESULT_ERROR, NULL, out);
}

enum cal_err
finish_refused(const struct errand *e, const struct connect_session *s,
    const struct connect_return *back, struct connect_outcome *out)
{
	if (back->error == NULL && back->code == NULL)
		return end_failed(e, s, STORY_CONSENT_ERROR,
		    "neither a code nor an error", out);
	if (back->error == NULL)
		return end_failed(e, s, STORY_OTHER_ISSUER, NULL, out);
	if (strcmp(back->error, "access_denied") != 0)
		return end_failed(e, s, STORY_CONSENT_ERROR,
		    known_error(back->error), out);
	story_note(e, STORY_DENIED, NULL);
	return finish_failed(e, CONNECT_DENIED, s, RESULT_DENIED, NULL, out);
}

void
finish_settle(const struct errand *e, const char *connection_id)
{
	const struct errand	 in_time = errand_within(e, SETTLE_MS);
	enum cal_err		 rc, job;

	rc = reconcile_run(&in_time, connection_id);
	job = errand_settle_job(e, JOB_RECONCILE, connection_id, rc);
	if (rc != CAL_OK || job != CAL_OK)
		story_note(e, STORY_WEBHOOK_LATER,
		    err_name(rc != CAL_OK ? rc : job));
}
