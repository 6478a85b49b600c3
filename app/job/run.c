/*
 * run: see run.h.
 */
#include "app/job/job.h"
#include "app/job/run.h"
#include "app/metric/metric.h"
#include "app/repo/account.h"
#include "app/repo/job.h"
#include "app/service/calls/split.h"
#include "app/service/errand.h"
#include "app/service/service.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/crypto.h"
#include "lib/db.h"
#include "lib/log.h"

enum {
	WAIT_MS = 2000,		/* until a job that waited tries again */
	HELD_MS = 5 * 1000,	/* the same for a job whose rows were locked */
};

/* Returns NULL for a kind that this version does not know. */
static const struct job_deed *
deed_of(const struct job *j)
{
	return j->kind == JOB_UNKNOWN ? NULL : &job_deeds[j->kind];
}

/* Returns the pause in ms after this many tries, varied by ± 20 %. */
static int64_t
retry_pause_ms(const struct job_deed *k, int tries)
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

/* True: the job is parked if this try fails. */
static bool
is_last_try(const struct job *j, const struct job_deed *k)
{
	return k == NULL || j->tries >= k->tries;
}

static enum cal_err
run_fail(struct service *cal, struct arena *mem, const struct job *j,
    const struct job_deed *k, enum cal_err why)
{
	const bool	 park = is_last_try(j, k);

	log_warn("job: %s of %s: %s: %s", j->kind_name, j->subject,
	    err_name(why), park ? "parked: see \"calendlyctl jobs\"" :
	    "tried again later");
	return job_fail(cal->db, mem, j, k == NULL ? 0 :
	    retry_pause_ms(k, j->tries), park, k == NULL ?
	    "this version knows no such kind of job" : err_name(why));
}

/*
 * Returns how metrics name what came of the run.  "ended" is the result of
 * storing that in the job's row; if that failed, the job is tried again.
 */
static const char *
run_outcome(const struct run *r, enum cal_err rc, enum cal_err ended,
    bool held, bool last)
{
	if (ended == CAL_CONFLICT)
		return "lost";
	if (ended == CAL_OK && rc == CAL_OK)
		return r->again_ms >= 0 ? "put_back" : "done";
	if (ended == CAL_OK && (r->put_back || split_had_to_wait(r->cal)))
		return "put_back";
	if (ended == CAL_OK && held)
		return "held";
	return ended == CAL_OK && last ? "parked" : "failed";
}

/*
 * Another transaction held a row that the job needs, perhaps for long.  Nothing
 * is wrong with the job itself, so this uses up none of its tries.
 */
static enum cal_err
put_back_held(struct run *r)
{
	log_warn("job: %s of %s: somebody holds its rows: it waits",
	    r->job.kind_name, r->job.subject);
	return job_put_back(r->cal->db, r->mem, &r->job, HELD_MS, r->slow,
	    "somebody holds its rows");
}

/*
 * Stores what became of the job.  If this fails, the job is claimed anew once
 * its claim has expired.
 */
static enum cal_err
run_end(struct run *r, const struct job_deed *k, enum cal_err rc, bool held)
{
	struct service	*cal = r->cal;

	if (rc == CAL_OK && r->again_ms >= 0)
		return job_put_back(cal->db, r->mem, &r->job, r->again_ms,
		    r->slow, NULL);
	if (rc == CAL_OK)
		return job_finish(cal->db, r->mem, &r->job);
	if (split_had_to_wait(cal))
		return job_put_back(cal->db, r->mem, &r->job, WAIT_MS,
		    r->slow, NULL);
	if (r->put_back)
		return job_put_back(cal->db, r->mem, &r->job, 0, r->slow,
		    NULL);
	if (held)
		return put_back_held(r);
	return run_fail(cal, r->mem, &r->job, k, rc);
}

void
run_job(void *run)
{
	struct run		*r = run;
	const struct job	*j = &r->job;
	const struct job_deed	*k = deed_of(j);
	const struct errand	 e = errand_for(r->cal, r->mem, j->tenant_id);
	enum cal_err		 rc = CAL_INTERNAL, ended;
	bool			 held;

	log_request(arena_printf(r->mem, "job-%s-%lld", j->id,
	    (long long)j->attempt));
	if (k != NULL)
		rc = k->run(&e, j->subject, &r->again_ms);
	held = r->held = rc == CAL_UNAVAILABLE && db_was_locked(r->cal->db);
	ended = run_end(r, k, rc, held);
	metric_count(METRIC_JOB_RUNS, j->kind_name, run_outcome(r, rc, ended,
	    held, is_last_try(j, k)));
	if (ended == CAL_CONFLICT)
		log_warn("job: %s of %s: another runner has taken it over",
		    j->kind_name, j->subject);
	log_request(NULL);
	r->done = rc == CAL_OK;
}

int64_t
run_age(const struct run *r, bool *reads)
{
	const int64_t	 since = split_since(r->cal, reads);

	return since == 0 ? -1 : clock_ms() - since;
}

void
run_note_answer(const struct run *r)
{
	if (r->was_slow && !r->hung && r->done &&
	    split_was_answered(r->cal) && r->job.account_id != NULL &&
	    account_slow(r->cal->db, r->mem, r->job.account_id, 0) != CAL_OK)
		log_warn("job: that Calendly answers again for account %s is "
		    "not kept, see above", r->job.account_id);
}

void
run_free(struct run *r)
{
	split_free(r->cal);
	arena_free(r->mem);
}
