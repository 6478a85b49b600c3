/*
 * task: tests of lib/task.h.  Tasks take turns, and no other task runs between
 * two rests of one.
 */
#include "t/unit/helper.h"

#include "lib/clock.h"
#include "lib/log.h"
#include "lib/task.h"

enum { MANY = 300, TURNS = 3, DEEP = 100 * 1024 };

static char	 story[64];

static void
tell(const char *what)
{
	(void)snprintf(story + strlen(story), sizeof(story) - strlen(story),
	    "%s ", what);
}

static void
twice(void *arg)
{
	const char	*name = arg;

	tell(name);
	task_rest();
	tell(name);
}

static void
a_task_runs_until_it_rests(void **state)
{
	char		 a[] = "a", b[] = "b";
	struct task	*ta = task_new(twice, a), *tb = task_new(twice, b);

	(void)state;
	story[0] = '\0';
	assert_true(task_resume(ta));
	assert_true(task_resume(tb));
	tell("-");
	assert_false(task_resume(tb));
	assert_false(task_resume(ta));
	assert_string_equal(story, "a b - b a ");
}

/* Tasks count without a lock, because no two of them ever run at once. */
static int	 counted;

static void
count(void *arg)
{
	int	 i, seen;

	(void)arg;
	for (i = 0; i < TURNS; i++) {
		seen = counted;
		counted = seen + 1;
		task_rest();
	}
}

static void
many_share_what_they_work_on(void **state)
{
	struct task	*t[MANY];
	int		 i, turn;

	(void)state;
	counted = 0;
	for (i = 0; i < MANY; i++)
		assert_non_null(t[i] = task_new(count, NULL));
	for (turn = 0; turn < TURNS; turn++)
		for (i = 0; i < MANY; i++)
			assert_true(task_resume(t[i]));
	for (i = 0; i < MANY; i++)
		assert_false(task_resume(t[i]));
	assert_int_equal(counted, MANY * TURNS);
}

static void
sleep_a_while(void *arg)
{
	(void)arg;
	task_sleep(200);
}

static void
who_sleeps_says_until_when(void **state)
{
	const int64_t	 begun = clock_ms();
	struct task	*t = task_new(sleep_a_while, NULL);

	(void)state;
	assert_true(task_resume(t));
	assert_in_range(task_due(t), begun + 200, clock_ms() + 200);
	assert_false(task_resume(t));
	assert_null(task_self());
	task_sleep(20);		/* outside a task this sleeps */
	assert_true(clock_ms() >= begun + 20);
}

static void
rest_for_good(void *arg)
{
	struct task	**mine = arg;

	*mine = task_self();
	task_rest();
}

static void
a_task_knows_itself_and_waits_to_be_told(void **state)
{
	struct task	*mine = NULL, *t = task_new(rest_for_good, &mine);

	(void)state;
	assert_true(task_resume(t));
	assert_ptr_equal(mine, t);
	assert_int_equal(task_due(t), INT64_MAX);
	assert_false(task_resume(t));
}

static void
name_itself(void *arg)
{
	log_request(arg);
	task_rest();
	tell(log_request_id());
}

static void
each_has_a_request_in_hand_of_its_own(void **state)
{
	char		 a[] = "job-a", b[] = "job-b";
	struct task	*ta = task_new(name_itself, a);
	struct task	*tb = task_new(name_itself, b);

	(void)state;
	story[0] = '\0';
	log_request("mine");
	assert_true(task_resume(ta));
	assert_true(task_resume(tb));
	assert_false(task_resume(ta));
	assert_false(task_resume(tb));
	tell(log_request_id());
	log_request(NULL);
	assert_string_equal(story, "job-a job-b mine ");
}

static void
open_something(void *arg)
{
	task_rest();
	*(int *)arg = 1;
	task_rest();
}

static void
look(void *arg)
{
	tell(*(int *)arg == 0 ? "closed" : "open");
}

static void
what_must_be_closed_is_looked_at_before_each_rest(void **state)
{
	int		 open = 0;
	struct task	*t = task_new(open_something, &open);

	(void)state;
	story[0] = '\0';
	task_before_rest(look, &open);
	while (task_resume(t))
		;
	task_before_rest(NULL, NULL);
	assert_string_equal(story, "closed open ");
}

/* A task, and the outermost one of it that it saw. */
struct inner {
	struct task	*task;
	struct task	*outermost;
};

static void
rest_twice(void *arg)
{
	struct inner	*i = arg;

	i->outermost = task_outermost();
	tell("inner");
	task_rest();
	tell("inner");
}

static void
have_two(void *arg)
{
	struct inner	*inner = arg;
	int		 i;

	for (i = 0; i < 2; i++) {
		inner[i].task = task_new(rest_twice, &inner[i]);
		assert_true(task_resume(inner[i].task));
	}
	tell("outer");
	task_rest_until(clock_ms() + 60 * 1000);
	for (i = 0; i < 2; i++)
		assert_false(task_resume(inner[i].task));
	tell("outer");
}

static void
a_task_may_have_tasks_and_is_resumed_for_them(void **state)
{
	struct inner	 inner[2] = { 0 };
	struct task	*t = task_new(have_two, inner);

	(void)state;
	story[0] = '\0';
	assert_null(task_outermost());
	assert_true(task_resume(t));
	assert_string_equal(story, "inner inner outer ");
	assert_ptr_equal(inner[0].outermost, t);
	assert_ptr_equal(inner[1].outermost, t);
	assert_true(task_due(t) > clock_ms());
	assert_true(task_due(t) < INT64_MAX);
	assert_false(task_resume(t));
	assert_string_equal(story, "inner inner outer inner inner outer ");
}

static void
go_deep(void *arg)
{
	volatile unsigned char	 much[DEEP] = { 0 };
	size_t			 i;

	for (i = 0; i < sizeof(much); i += 512)
		much[i] = 1;
	*(int *)arg = much[512] + much[513];
}

static void
the_stack_holds_far_more_than_a_job_takes(void **state)
{
	int		 n = 0;
	struct task	*t = task_new(go_deep, &n);

	(void)state;
	assert_false(task_resume(t));
	assert_int_equal(n, 1);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(a_task_runs_until_it_rests),
		promise(many_share_what_they_work_on),
		promise(who_sleeps_says_until_when),
		promise(a_task_knows_itself_and_waits_to_be_told),
		promise(each_has_a_request_in_hand_of_its_own),
		promise(what_must_be_closed_is_looked_at_before_each_rest),
		promise(a_task_may_have_tasks_and_is_resumed_for_them),
		promise(the_stack_holds_far_more_than_a_job_takes),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
