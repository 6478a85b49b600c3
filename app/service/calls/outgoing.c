/*
 * outgoing: see outgoing.h.
 */
#include <stdbool.h>
#include <stdint.h>

#include "app/calendly/client.h"
#include "app/metric/metric.h"
#include "app/repo/account.h"
#include "app/repo/budget.h"
#include "app/repo/job.h"
#include "app/service/calls/outgoing.h"
#include "app/service/keys/clone_guard.h"
#include "app/service/service.h"
#include "lib/arena.h"
#include "lib/log.h"

/*
 * Notes that the account of a slow call hangs.  Work in a loop is left out,
 * because the runner that turns the loop notes a slow call earlier, while it is
 * still under way.
 */
static void
note_slow(struct service *cal, const struct behalf *by,
    const struct client_call *call)
{
	if (call->ms >= SLOW_CALL_MS && cal->loop == NULL &&
	    by->connection_id != NULL && account_slow_of(cal->db, by->mem,
	    by->connection_id, SLOW_ACCOUNT_SECONDS) != CAL_OK)
		log_warn("calendly: %s: that it hung is not kept, see above",
		    call->purpose);
}

/*
 * Writes every call to its connection's log.  Calls are made outside of
 * transactions, so the row stays even if the work that made the call is rolled
 * back.
 */
static void
keep_call(void *arg, const struct behalf *by, const struct client_call *call)
{
	struct service	*cal = arg;
	struct arena	*mem = by->mem;
	struct api_call	 row = {
		.session_id = by->session_id,
		.request_id = log_request_id(),
		.purpose = call->purpose,
		.method = call->method,
		.path = call->path,
		.status = call->status == 0 ? NULL :
		    arena_printf(mem, "%d", call->status),
		.error = call->error,
		.duration_ms = arena_printf(mem, "%ld", call->ms),
		.reply = call->reply,
	};

	struct budget_news	 news = {
		.limit = call->limit.calls,
		.left = call->limit.left,
		.reset = call->limit.reset,
		.pause = call->limit.pause,
	};

	if (call->kept != NULL)
		news.call = *(const struct budget_call *)call->kept;
	cal->was_answered = cal->was_answered || call->status != 0;
	if (call->status != 0)
		pace_note(&cal->pace, call->ms, call->limit.calls);
	metric_call(call->purpose, call->status, call->ms);
	note_slow(cal, by, call);
	if (api_call_add(cal->db, mem, by->tenant_id, by->connection_id,
	    &row, &news) != CAL_OK)
		log_warn("log of calls: %s: not kept, see above",
		    call->purpose);
}

/*
 * Takes the call from the budget of its account, and keeps for keep_call() in
 * which window it was counted.  Returns NULL, or why it may not be sent.
 */
static const char *
take_call(struct service *cal, const struct behalf *by, const void **kept)
{
	const struct budget_user	 user = {
		.connection_id = by->connection_id,
		.grant_id = by->grant_id,
		.background = by->background,
	};
	struct budget_call		*call = arena_alloc(by->mem,
					    sizeof(*call));

	if (budget_take(cal->db, by->mem, &user, call) != CAL_OK)
		return "held: the database does not answer";
	*kept = call;
	if (call->wait_ms == 0)
		return NULL;
	metric_count(METRIC_CALLS_HELD, by->background ? "background" :
	    "people", NULL);
	return arena_printf(by->mem, "%s for another %lld s",
	    by->background ? "what is left of Calendly's rate limit for this "
	    "user is kept for people" :
	    "Calendly's rate limit for this user is used up",
	    (long long)(call->wait_ms + 999) / 1000);
}

/*
 * Says why a call may not be sent now, or NULL if it may.  Calendly's rate
 * limit is per user and counts calls from all our processes together, so it is
 * kept in the database.  It does not cover OAuth calls.
 */
static const char *
guard_call(void *arg, const struct behalf *by, bool oauth, bool reads,
    const void **kept)
{
	struct service	*cal = arg;
	const char	*shut = clone_guard_shut(cal, by->mem);

	if (shut == NULL && !reads && service_must_wait(cal))
		return "too many calls wait that must not be given up";
	if (shut != NULL || oauth ||
	    (by->connection_id == NULL && by->grant_id == NULL))
		return shut;
	return take_call(cal, by, kept);
}

void
outgoing_open(struct service *cal)
{
	cal->api = client_new(cal->mem, cal->set);
	client_observe(cal->api, keep_call, cal);
	client_guard(cal->api, guard_call, cal);
}
