/*
 * metrics_kill: tests of lib/metrics.h: processes that count, end, and are
 * killed.
 */
#include <sys/mman.h>

#include <stdatomic.h>
#include <stdbool.h>

#include "t/unit/metrics.h"

/* Returns the value of the metric whose line begins with "line". */
static long long
value_of(const char *line)
{
	const char	*at = strstr(text_now(), line);

	assert_non_null(at);
	return strtoll(at + strlen(line), NULL, 10);
}

/*
 * Runs "f" in a child process that counts in a slot of its own; returns the
 * slot.
 */
static int
child(void (*f)(void), pid_t *pid)
{
	const int	 slot = metrics_take();

	assert_int_not_equal(slot, METRICS_NO_SLOT);
	if ((*pid = fork()) == 0) {
		metrics_use(slot);
		f();
		_exit(0);
	}
	assert_int_not_equal(*pid, -1);
	return slot;
}

/* Waits for the child, releases its slot, and returns its wait status. */
static int
end(pid_t pid, int slot)
{
	int	 status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	metrics_release(slot);
	return status;
}

static void
count_once(void)
{
	metrics_add(HITS, 0, 0, 1);
	metrics_set(WAITING, 0, 0, 5);
}

static void
counters_outlive_their_process_and_gauges_do_not(void **state)
{
	pid_t	 pid;
	int	 i, slot, first = METRICS_NO_SLOT;

	(void)state;
	metrics_set(WAITING, 0, 0, 2);
	for (i = 1; i <= 3; i++) {
		slot = child(count_once, &pid);
		if (first == METRICS_NO_SLOT)
			first = slot;
		assert_int_equal(slot, first);	/* the slot is used again */
		assert_int_equal(end(pid, slot), 0);
		assert_int_equal(metrics_sum(WAITING), 2);
		assert_int_equal(value_of(
		    "hits_total{colour=\"red\",size=\"s\"} "), i);
	}
}

static void
count_for_ever(void)
{
	for (;;) {
		metrics_add(HITS, 0, 0, 1);
		metrics_observe(TOOK, 0, 0, 1000);
		metrics_set(WAITING, 0, 0, 1);
	}
}

/*
 * Reads two sums as a scrape does; none may be lower than the last time, or
 * absurdly high.
 */
static void
look_twice(long long *hits, long long *count)
{
	const long long	 h = value_of(
	    "hits_total{colour=\"red\",size=\"s\"} ");
	const long long	 inf = value_of("took_seconds_bucket{le=\"+Inf\"} ");

	assert_in_range(h, *hits, *hits + 1000000000);
	assert_in_range(inf, *count, *count + 1000000000);
	*hits = h;
	*count = inf;
	arena_reset(mem);
}

static void
writers_that_are_killed_at_any_moment_leave_sane_sums(void **state)
{
	enum { WRITERS = 4, ROUNDS = 60 };
	pid_t		 pid[WRITERS];
	int		 slot[WRITERS], i;
	long long	 hits = 0, count = 0, sum;

	(void)state;
	metrics_add(HITS, 0, 0, 1);
	for (i = 0; i < WRITERS; i++)
		slot[i] = child(count_for_ever, &pid[i]);
	for (i = 0; i < ROUNDS; i++) {
		const int	 who = i % WRITERS;

		look_twice(&hits, &count);
		(void)usleep((useconds_t)(i * 37 % 2000));
		assert_int_equal(kill(pid[who], SIGKILL), 0);
		look_twice(&hits, &count);
		(void)end(pid[who], slot[who]);
		look_twice(&hits, &count);
		slot[who] = child(count_for_ever, &pid[who]);
		assert_in_range(slot[who], 1, WRITERS);
	}
	for (i = 0; i < WRITERS; i++) {
		assert_int_equal(kill(pid[i], SIGKILL), 0);
		(void)end(pid[i], slot[i]);
	}
	look_twice(&hits, &count);
	assert_true(count > ROUNDS);
	/*
	 * A kill can fall between the numbers of one observation, so each kill
	 * can leave the sums apart by an observation or two, but not by more.
	 */
	sum = value_of("took_seconds_sum ");
	assert_in_range(sum, count, count + ROUNDS + WRITERS);
	assert_in_range(hits, count, count + 2 * (ROUNDS + WRITERS));
	assert_int_equal(metrics_sum(WAITING), 0);
}

static void
claim_and_die(void)
{
	if (!metrics_claim(WAITING, 2))
		_exit(1);
	(void)raise(SIGKILL);
}

static void
a_claim_beyond_the_most_is_refused_and_the_dead_let_go(void **state)
{
	pid_t	 pid;
	int	 slot;

	(void)state;
	assert_true(metrics_claim(WAITING, 2));
	slot = child(claim_and_die, &pid);
	while (metrics_sum(WAITING) < 2)
		(void)usleep(1000);
	assert_false(metrics_claim(WAITING, 2));
	assert_int_equal(metrics_sum(WAITING), 2);
	(void)end(pid, slot);
	assert_int_equal(metrics_sum(WAITING), 1);
	assert_true(metrics_claim(WAITING, 2));
	metrics_unclaim(WAITING);
	metrics_unclaim(WAITING);
	assert_int_equal(metrics_sum(WAITING), 0);
}

static atomic_int	*holders;	/* holders of the claim, counted by all
					 * processes */

static void
fight(void)
{
	int	 i;

	for (i = 0; i < 20000; i++) {
		if (!metrics_claim(WAITING, 1))
			continue;
		if (atomic_fetch_add(holders, 1) != 0)
			_exit(1);
		metrics_add(HITS, 0, 1, 1);
		atomic_fetch_sub(holders, 1);
		metrics_unclaim(WAITING);
	}
}

static void
of_many_who_claim_one_thing_one_has_it(void **state)
{
	enum { FIGHTERS = 4 };
	pid_t	 pid[FIGHTERS];
	int	 slot[FIGHTERS], i;

	(void)state;
	holders = mmap(NULL, sizeof(*holders), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(holders, MAP_FAILED);
	for (i = 0; i < FIGHTERS; i++)
		slot[i] = child(fight, &pid[i]);
	for (i = 0; i < FIGHTERS; i++)
		assert_int_equal(end(pid[i], slot[i]), 0);
	assert_int_equal(metrics_sum(WAITING), 0);
	assert_true(value_of("hits_total{colour=\"red\",size=\"l\"} ") > 0);
	(void)munmap(holders, sizeof(*holders));
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		counted(counters_outlive_their_process_and_gauges_do_not),
		counted(writers_that_are_killed_at_any_moment_leave_sane_sums),
		counted(a_claim_beyond_the_most_is_refused_and_the_dead_let_go),
		counted(of_many_who_claim_one_thing_one_has_it),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
