/*
 * job: see job.h.
 *
 * A job is claimed by a committed update with an attempt number, and ended
 * only if that number still stands: a runner that was given up for dead can't
 * end what another one has taken over.
 */
#include <string.h>

#include "app/job/job.h"
#include "app/metric.h"
#include "app/repo/job.h"
#include "app/repo/refused.h"
#include "app/service/apply.h"
#include "app/service/calendly.h"
#include "app/service/gate.h"
#include "app/service/ledger.h"
#include "app/settings.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/crypto.h"
#include "lib/db.h"
#include "lib/log.h"

enum {
	CLAIM_SECONDS = 300,		/* longer than any one job */
	SWEEP_MS = 60 * 1000,
	SWEEP_BATCH = 500,
	HELD_MS = 5 * 1000,		/* the pause when somebody holds rows */
};

static const struct job_kind *
kind_find(const char *kind)
{
	const struct job_kind	*k;

	for (k = job_kinds; k->kind != NULL; k++)
		if (strcmp(k->kind, kind) == 0)
			return k;
	return NULL;
}

/* The pause after this many tries, ± 20 %. */
static int64_t
pause_ms(const struct job_kind *k, int tries)
{
	uint32_t	 dice;
	int64_t		 ms;
	int		 i = 0;

	while (i < tries - 1 && k->pauses[i + 1] != 0)
		i++;
	ms = (int64_t)k->pauses[i] * 1000;
	crypto_random(&dice, sizeof(dice));
	return ms * 8 / 10 + ms * 4 / 10 * (int64_t)(dice % 1000) / 1000;
}

/* A try after which it is parked. */
static bool
is_last(const struct job *j, const struct job_kind *k)
{
	return k == NULL || j->tries >= k->tries;
}

static enum cal_err
fail(struct calendly *cal, struct arena *mem, const struct job *j,
    const struct job_kind *k, enum cal_err why)
{
	const bool	 park = is_last(j, k);

	log_warn("job: %s of %s: %s: %s", j->kind, j->subject, err_name(why),
	    park ? "parked: see \"calendlyctl jobs\"" : "tried again later");
	return job_fail(cal->db, mem, j, k == NULL ? 0 :
	    pause_ms(k, j->tries), park, k == NULL ?
	    "this version knows no such kind of job" : err_name(why));
}

/*
 * Somebody held a row that it needed.  It may be for long, and the job is as
 * good as ever: that uses up none of its tries.
 */
static enum cal_err
put_back(struct calendly *cal, struct arena *mem, const struct job *j)
{
	log_warn("job: %s of %s: somebody holds its rows: it waits",
	    j->kind, j->subject);
	return job_put_back(cal->db, mem, j, HELD_MS, "somebody holds its "
	    "rows");
}

/* "ended" is how noting its end went: without that it is tried again. */
static const char *
outcome_of(enum cal_err rc, enum cal_err ended, bool last, bool held)
{
	if (ended == CAL_CONFLICT)
		return "lost";
	if (ended == CAL_OK && rc == CAL_OK)
		return "done";
	if (ended == CAL_OK && held)
		return "held";
	return ended == CAL_OK && last ? "parked" : "failed";
}

static enum cal_err
run(struct calendly *cal, struct arena *mem, const struct job *j)
{
	const struct job_kind	*k = kind_find(j->kind);
	enum cal_err		 rc = CAL_INTERNAL, ended;
	bool			 held;

	log_request(arena_printf(mem, "job-%s-%lld", j->id,
	    (long long)j->attempt));
	if (k != NULL)
		rc = k->run(cal, mem, j->tenant_id, j->subject);
	calendly_act_for(cal, NULL, NULL);
	held = rc == CAL_UNAVAILABLE && db_was_locked(cal->db);
	ended = rc == CAL_OK ? job_finish(cal->db, mem, j) :
	    held ? put_back(cal, mem, j) : fail(cal, mem, j, k, rc);
	metric_count(METRIC_JOB_RUNS, j->kind, outcome_of(rc, ended,
	    is_last(j, k), held));
	if (ended == CAL_CONFLICT)
		log_warn("job: %s of %s: another runner has taken it over",
		    j->kind, j->subject);
	log_request(NULL);
	return ended == CAL_CONFLICT ? CAL_OK : ended;
}

static enum cal_err
run_one(struct calendly *cal, struct arena *mem, bool *worked)
{
	struct job	 j;
	enum cal_err	 rc;

	*worked = false;
	/* Nothing that a job does may be done; and its tries are saved. */
	if (gate_shut(cal, mem) != NULL)
		return CAL_OK;
	rc = job_claim(cal->db, mem, cal->owner, CLAIM_SECONDS, &j);
	if (rc != CAL_OK)
		return rc == CAL_NOTFOUND ? CAL_OK : rc;
	*worked = true;
	return run(cal, mem, &j);
}

/*
 * A delivery goes no later than its event: who erases a user finds it by that.
 */
static struct sweep_days
days_to_keep(const struct settings *s)
{
	const int	 events = (int)s->retention_events;
	const int	 deliveries = (int)s->retention_deliveries;

	return (struct sweep_days){
		.calls = (int)s->retention_log,
		.deliveries = deliveries < events ? deliveries : events,
		.events = events,
	};
}

/* A row that somebody holds keeps nothing but what needs it from being done. */
static bool
can_go_on(const struct calendly *cal, enum cal_err rc)
{
	return rc == CAL_OK ||
	    (rc == CAL_UNAVAILABLE && db_was_locked(cal->db));
}

static enum cal_err
sweep_now_and_then(struct calendly *cal, struct arena *mem, bool *worked)
{
	const struct sweep_days	 days = days_to_keep(cal->set);
	int64_t			 n = 0, spread = 0;
	enum cal_err		 rc;

	*worked = false;
	if (clock_ms() < cal->next_sweep)
		return CAL_OK;
	rc = checks_spread(cal->db, mem, SWEEP_BATCH, &spread);
	if (can_go_on(cal, rc))
		rc = checks_ask(cal->db, mem, SWEEP_BATCH, &n);
	if (can_go_on(cal, rc))
		rc = sweep(cal->db, mem, SWEEP_BATCH, &days, worked);
	*worked = rc == CAL_OK && (*worked || n >= SWEEP_BATCH ||
	    spread >= SWEEP_BATCH);
	cal->next_sweep = *worked ? 0 : clock_ms() + SWEEP_MS;
	return rc;
}

enum cal_err
job_run_some(struct calendly *cal, struct arena *mem, bool jobs, bool *worked)
{
	static enum cal_err	(*const parts[])(struct calendly *,
				    struct arena *, bool *) = {
		apply_some, apply_feed, sweep_now_and_then, ledger_keep,
		run_one
	};
	const size_t		 n = sizeof(parts) / sizeof(parts[0]);
	enum cal_err		 rc;
	bool			 did;
	size_t			 i;

	*worked = false;
	for (i = 0; i < (jobs ? n : n - 1); i++) {
		did = false;
		rc = parts[i](cal, mem, &did);
		if (rc == CAL_UNAVAILABLE && !can_go_on(cal, rc))
			return rc;
		*worked = *worked || (did && rc == CAL_OK);
	}
	return CAL_OK;
}
