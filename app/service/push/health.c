/*
 * health: see health.h.
 */
#include "app/domain/policy.h"
#include "app/repo/push.h"
#include "app/service/push/health.h"
#include "lib/chance.h"

enum {
	SECOND = 1000,
	FAILURES_MOST = 5,	/* in a row, when the breaker opens */
	EVENTS_LEAST = 3,	/* that these failures are about */
	ASKED_MOST = 10,	/* tries of a push that come as soon as a pause
				 * that was asked for is over */
	PROBE_SECONDS = 5,	/* the first pause of an open breaker */
	PROBE_DOUBLINGS = 6,
	PROBE_MOST_SECONDS = 5 * POLICY_MINUTE,
	JITTER = 20,		/* per cent */
};

static int64_t
at_most(int64_t n, int64_t most)
{
	return n < most ? n : most;
}

static int64_t
at_least(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* When the clock stops unless the destination answers once more. */
static int64_t
clock_stops_at(const struct destination_health *h)
{
	return h->success_at + (int64_t)POLICY_PUSH_ANSWERING * SECOND;
}

int64_t
health_clock(const struct destination_health *h, int64_t now)
{
	int64_t	 ran;

	if (h->answering_since == 0)
		return h->answered_ms;
	ran = at_most(now, clock_stops_at(h)) - h->answering_since;
	return h->answered_ms + (ran > 0 ? ran : 0);
}

/* Lets the clock run on from now, or from when it was started. */
static void
run_clock(struct destination_health *h, int64_t now)
{
	if (h->answering_since != 0 && now > clock_stops_at(h)) {
		h->answered_ms = health_clock(h, now);
		h->answering_since = 0;
	}
	if (h->answering_since == 0)
		h->answering_since = now;
	h->success_at = now;
}

enum health_news
health_success(struct destination_health *h, bool probe, int64_t now)
{
	run_clock(h, now);
	/*
	 * A push that was in flight when the breaker opened, or when a pause
	 * was asked for, says nothing against that pause.
	 */
	if (probe)
		h->not_before = 0;
	h->failures = h->events_failed = h->probes = 0;
	h->is_open = false;
	h->failing_since = 0;
	return h->told_failing ? HEALTH_RECOVERED : HEALTH_SAME;
}

static void
pause_probes(struct destination_health *h, int64_t now)
{
	int64_t	 seconds;

	seconds = PROBE_SECONDS << at_most(h->probes, PROBE_DOUBLINGS);
	seconds = at_most(seconds, PROBE_MOST_SECONDS);
	h->not_before = at_least(h->not_before, now +
	    chance_spread(seconds * SECOND, JITTER));
}

/* A push that was in flight when the breaker opened is no probe that failed. */
static void
mind_breaker(struct destination_health *h, bool probe, int64_t now)
{
	if (h->is_open) {
		if (!probe)
			return;
		h->probes++;
	} else if (h->failures < FAILURES_MOST ||
	    h->events_failed < EVENTS_LEAST) {
		return;
	}
	h->is_open = true;
	pause_probes(h, now);
}

static void
hold_back(struct destination_health *h, int64_t ms, int64_t now)
{
	if (ms <= 0)
		return;
	ms = at_most(at_least(ms, POLICY_PUSH_HOLD_LEAST * SECOND),
	    (int64_t)POLICY_PUSH_HOLD_MOST * SECOND);
	h->not_before = at_least(h->not_before, now + ms);
}

/*
 * Moves the beginning of the failure by the time in which nothing was tried,
 * because calendlyd did not run or the destination was paused.
 */
static void
mind_beginning(struct destination_health *h, int64_t now)
{
	const int64_t	 untried = now - h->failure_at;

	if (h->failing_since == 0)
		h->failing_since = now;
	else if (h->failure_at != 0 &&
	    untried > (int64_t)POLICY_PUSH_UNTRIED * SECOND)
		h->failing_since = at_most(h->failing_since + untried, now);
}

static enum health_news
failing_news(const struct destination_health *h, int64_t now)
{
	const int64_t	 ms = now - h->failing_since;

	if (ms >= (int64_t)POLICY_PUSH_DISABLED * SECOND)
		return HEALTH_DISABLE;
	if (ms >= (int64_t)POLICY_PUSH_FAILING * SECOND && !h->told_failing)
		return HEALTH_FAILING;
	return HEALTH_SAME;
}

enum health_news
health_failure(struct destination_health *h, const struct health_failure *f,
    int64_t now)
{
	mind_beginning(h, now);
	h->failures++;
	if (f->first)
		h->events_failed++;
	h->failure_at = now;
	h->failure = f->why;
	mind_breaker(h, f->probe, now);
	hold_back(h, f->hold_ms, now);
	return failing_news(h, now);
}

int
health_room(const struct destination_health *h, int in_flight, int64_t now,
    bool *probe)
{
	*probe = h->is_open;
	if (now < h->not_before)
		return 0;
	if (h->is_open)
		return in_flight == 0 ? 1 : 0;
	return in_flight < HEALTH_IN_FLIGHT ? HEALTH_IN_FLIGHT - in_flight : 0;
}

bool
health_gives_up(const struct destination_health *h, int64_t first, int64_t now)
{
	return first != HEALTH_NEVER_FAILED && health_clock(h, now) - first >=
	    (int64_t)POLICY_PUSH_TRIED * SECOND;
}

int64_t
health_next(const struct destination_health *h, const struct health_failure *f,
    int64_t attempts, int64_t now)
{
	static const long	pauses[] = {
		5, 30, 2 * POLICY_MINUTE, 10 * POLICY_MINUTE,
		30 * POLICY_MINUTE, POLICY_HOUR, 2 * POLICY_HOUR,
		4 * POLICY_HOUR
	};
	const int64_t		n = sizeof(pauses) / sizeof(pauses[0]);
	int64_t			 i, own;

	/*
	 * While the destination itself must be waited for, a push needs no
	 * pause of its own.  But who takes other events and asks for another
	 * second with this one, again and again, is not asked each second.
	 */
	if (h->is_open || (f->hold_ms > 0 && attempts <= ASKED_MOST))
		return at_least(h->not_before, now);
	i = at_most(f->hold_ms > 0 ? attempts - ASKED_MOST : attempts, n) - 1;
	own = now + chance_spread(pauses[i < 0 ? 0 : i] * SECOND, JITTER);
	return at_least(own, f->hold_ms > 0 ? h->not_before : own);
}
