/*
 * open: see open.h.
 */
#include "app/metric/vitals_database.h"
#include "app/repo/stmt.h"
#include "app/service/calls/open.h"
#include "app/service/calls/outgoing.h"
#include "app/service/service.h"
#include "app/settings/settings.h"
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
	LOCK_MS = 1000,		/* longest wait of a transaction for a
				 * locked row; many transactions wait
				 * one after the other, so it is short */
};

static enum cal_err
open_parts(struct service *cal, enum service_role role)
{
	static const char *const names[] = {
		[SERVICE_APP] = "calendlyd app",
		[SERVICE_INGEST] = "calendlyd ingest",
		[SERVICE_RUNNER] = "calendlyd runner",
		[SERVICE_PUSHER] = "calendlyd pusher",
		[SERVICE_HEALTH] = "calendlyd health",
		[SERVICE_WATCH] = "calendlyd watch",
		[SERVICE_CTL] = "calendlyctl",
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
	if (role != SERVICE_CTL)
		(void)db_set_lock_limit(cal->db, LOCK_MS);
	if (role == SERVICE_INGEST)
		return CAL_OK;
	if ((rc = http_global_init()) != CAL_OK)
		return rc;
	if (role != SERVICE_PUSHER)
		outgoing_open(cal);
	return CAL_OK;
}

enum cal_err
service_open(const struct settings *set, enum service_role role,
    struct service **out)
{
	struct arena	*mem = arena_new(PROCESS_ARENA);
	struct service	*cal = arena_alloc(mem, sizeof(*cal));
	enum cal_err	 rc;

	cal->mem = mem;
	cal->set = set;
	cal->leash = -1;
	if ((rc = open_parts(cal, role)) != CAL_OK) {
		service_close(cal);
		return rc;
	}
	*out = cal;
	return CAL_OK;
}
