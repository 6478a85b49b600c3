/*
 * calendly: see calendly.h.
 */
#include <stddef.h>

#include "app/calendly/client.h"
#include "app/metric.h"
#include "app/repo/account.h"
#include "app/repo/job.h"
#include "app/repo/stmt.h"
#include "app/service/calendly.h"
#include "app/service/gate.h"
#include "app/settings.h"
#include "app/vitals_database.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/db.h"
#include "lib/http.h"
#include "lib/json.h"
#include "lib/keyring.h"
#include "lib/log.h"
#include "lib/secret.h"

enum {
	PROCESS_ARENA = 1024 * 1024,
	LOCK_MS = 1000,		/* the waits of one transaction for one row;
				 * many do it in turn, so keep it short */
};

/* In a loop, whoever turns it notes that earlier. */
static void
note_slow(struct calendly *cal, struct arena *mem,
    const struct client_call *call)
{
	if (call->ms >= SLOW_CALL_MS && !cal->in_loop &&
	    cal->connection_id != NULL && account_slow_of(cal->db, mem,
	    cal->connection_id, SLOW_ACCOUNT_SECONDS) != CAL_OK)
		log_warn("calendly: %s: that it hung is not kept, see above",
		    call->purpose);
}

/*
 * Every call leaves a row in its connection's log.  Calls are made outside
 * of transactions, so the row stands whatever becomes of the work.
 */
static void
keep_call(void *arg, struct arena *mem, const struct client_call *call)
{
	struct calendly	*cal = arg;
	struct api_call	 row = {
		.session_id = cal->session_id,
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

	metric_call(call->purpose, call->status, call->ms);
	if (cal->tenant_id == NULL)
		return;
	note_slow(cal, mem, call);
	if (api_call_add(cal->db, mem, cal->tenant_id, cal->connection_id,
	    &row) != CAL_OK)
		log_warn("log of calls: %s: not kept, see above",
		    call->purpose);
	if (call->pause > 0 && cal->connection_id != NULL &&
	    account_limit(cal->db, mem, cal->connection_id, call->pause) !=
	    CAL_OK)
		log_warn("rate limit: %s: not kept, see above", call->purpose);
}

/* Calendly counts calls to its API for each user, over all of us. */
static const char *
guard(void *arg, struct arena *mem, bool oauth, bool reads)
{
	struct calendly	*cal = arg;
	const char	*shut = gate_shut(cal, mem);
	int64_t		 ms = 0;

	if (shut == NULL && !reads && cal->must_wait != NULL &&
	    cal->must_wait(cal->must_wait_arg)) {
		cal->had_to_wait = true;
		return "too many calls wait that must not be given up";
	}
	if (shut != NULL || oauth || cal->connection_id == NULL)
		return shut;
	if (account_limited(cal->db, mem, cal->connection_id, &ms) != CAL_OK)
		return "held: the database does not answer";
	return ms == 0 ? NULL : arena_printf(mem, "Calendly's rate limit for "
	    "this user is used up for another %lld s",
	    (long long)(ms + 999) / 1000);
}

void
calendly_call(struct calendly *cal)
{
	cal->api = client_new(cal->mem, cal->set);
	client_observe(cal->api, keep_call, cal);
	client_guard(cal->api, guard, cal);
}

static enum cal_err
open_parts(struct calendly *cal, enum calendly_role role)
{
	static const char *const names[] = {
		[CALENDLY_APP] = "calendlyd app",
		[CALENDLY_INGEST] = "calendlyd ingest",
		[CALENDLY_RUNNER] = "calendlyd runner",
		[CALENDLY_HEALTH] = "calendlyd health",
		[CALENDLY_WATCH] = "calendlyd watch",
		[CALENDLY_CTL] = "calendlyctl",
	};
	enum cal_err	 rc;

	if ((rc = crypto_init()) != CAL_OK)
		return rc;
	if (!json_selftest()) {
		log_warn("start: the JSON library fails its self-test: "
		    "install Debian's libyajl2 2.1.0-3+deb12u2 or later");
		return CAL_INTERNAL;
	}
	if ((rc = keyring_open(cal->set->keyring_file, &cal->keys)) != CAL_OK)
		return rc;
	cal->owner = crypto_uuid(cal->mem);
	cal->db = db_new(secret_text(cal->set->database_url), names[role],
	    stmt_table, STMT__MAX);
	if (cal->db == NULL)
		return CAL_INTERNAL;
	db_set_watch(cal->db, &vitals_database);
	if (role != CALENDLY_CTL)
		db_set_lock_limit(cal->db, LOCK_MS);
	if (role == CALENDLY_INGEST)
		return CAL_OK;
	if ((rc = http_global_init()) != CAL_OK)
		return rc;
	calendly_call(cal);
	return CAL_OK;
}

enum cal_err
calendly_open(const struct settings *set, enum calendly_role role,
    struct calendly **out)
{
	struct arena	*mem = arena_new(PROCESS_ARENA);
	struct calendly	*cal = arena_alloc(mem, sizeof(*cal));
	enum cal_err	 rc;

	cal->mem = mem;
	cal->set = set;
	cal->leash = -1;
	if ((rc = open_parts(cal, role)) != CAL_OK) {
		calendly_close(cal);
		return rc;
	}
	*out = cal;
	return CAL_OK;
}

void
calendly_close(struct calendly *cal)
{
	if (cal == NULL)
		return;
	client_free(cal->api);
	db_free(cal->db);
	keyring_close(cal->keys);
	arena_free(cal->mem);
}

void
calendly_act_for(struct calendly *cal, const char *tenant_id,
    const char *connection_id)
{
	cal->tenant_id = tenant_id;
	cal->connection_id = connection_id;
	if (tenant_id == NULL) {
		cal->session_id = NULL;
		log_about(NULL, NULL);
	}
}

void
calendly_act_for_session(struct calendly *cal, const char *tenant_id,
    const char *session_id, const char *connection_id)
{
	calendly_act_for(cal, tenant_id, connection_id);
	cal->session_id = session_id;
	log_about("session", session_id);
}
