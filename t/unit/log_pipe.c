/*
 * log_pipe: tests of lib/log_pipe.h.  When whoever reads stderr stops reading,
 * only the writer process has to wait.
 */
#include <errno.h>
#include <poll.h>

#include "t/unit/helper.h"

#include "lib/clock.h"
#include "lib/log.h"
#include "lib/log_pipe.h"

enum { MANY = 20000, SMALL = 4096, SOON_MS = 5000, CLOSE_MS = 1000 };

static int	reader, saved;
static pid_t	writer;

/* Makes stderr a pipe that holds little, and starts a writer before it. */
static int
pipe_setup(void **state)
{
	int	 fd[2];

	saved = dup(STDERR_FILENO);
	if (pipe(fd) == -1 || fcntl(fd[1], F_SETPIPE_SZ, SMALL) == -1 ||
	    dup2(fd[1], STDERR_FILENO) == -1)
		return -1;
	(void)close(fd[1]);
	reader = fd[0];
	log_configure(LOG_LEVEL_DEBUG, LOG_FORMAT_LOGFMT);
	log_speaker("test");
	if (log_pipe_open() != CAL_OK)
		return -1;
	writer = log_pipe_start();
	return writer > 0 ? mem_setup(state) : -1;
}

static int
pipe_teardown(void **state)
{
	(void)close(reader);
	log_pipe_close(writer, CLOSE_MS);
	(void)dup2(saved, STDERR_FILENO);
	(void)close(saved);
	return mem_teardown(state);
}

/*
 * Reads the pipe until "what" comes, and returns all that was read.  Fails if
 * nothing comes for five seconds.
 */
static const char *
read_until(const char *what)
{
	struct pollfd	 pfd = { .fd = reader, .events = POLLIN };
	char		*text = arena_alloc(mem, 16 << 20);
	size_t		 n = 0;
	ssize_t		 got;

	while (strstr(text, what) == NULL) {
		assert_int_equal(poll(&pfd, 1, SOON_MS), 1);
		got = read(reader, text + n, (16 << 20) - n - 1);
		assert_true(got > 0);
		n += (size_t)got;
		text[n] = '\0';
	}
	return text;
}

static void
lines_arrive_whole_and_in_order(void **state)
{
	const char	*text, *a, *b;

	(void)state;
	log_debug("first");
	log_debug("last");
	text = read_until("msg=last\n");
	a = strstr(text, "who=test msg=first\n");
	b = strstr(text, "who=test msg=last\n");
	assert_true(a != NULL && b != NULL && a < b);
}

static void
nobody_waits_for_a_reader_that_sleeps(void **state)
{
	const int64_t	 begun = clock_ms();
	int		 i;

	(void)state;
	for (i = 0; i < MANY; i++)
		log_debug("nobody reads number %d", i);
	assert_true(clock_ms() - begun < SOON_MS);
	assert_true(log_dropped() > 0);
}

/* Returns how many lines were dropped according to the log. */
static unsigned long
told_of(const char *text)
{
	static const char	 before[] = "\"log: ";
	unsigned long		 sum = 0;

	while ((text = strstr(text, before)) != NULL) {
		text += sizeof(before) - 1;
		sum += strtoul(text, NULL, 10);
	}
	return sum;
}

static void
what_was_dropped_is_said_when_reading_goes_on(void **state)
{
	struct pollfd	 pfd = { .fd = reader, .events = POLLIN };
	char		 part[SMALL + 1];
	const char	*text = "";
	ssize_t		 got;
	int		 i;

	(void)state;
	for (i = 0; i < MANY; i++)
		log_debug("nobody reads number %d", i);
	for (i = 0; told_of(text) < log_dropped(); i++) {
		assert_true(i < MANY);
		log_debug("is anybody awake?");
		if (poll(&pfd, 1, 1) != 1)
			continue;
		assert_true((got = read(reader, part, SMALL)) > 0);
		part[got] = '\0';
		text = arena_printf(mem, "%s%s", text, part);
	}
	assert_int_equal(told_of(text), log_dropped());
}

static void
another_writer_goes_on_where_one_was_killed(void **state)
{
	(void)state;
	log_debug("before");
	(void)read_until("msg=before\n");
	(void)kill(writer, SIGKILL);
	(void)waitpid(writer, NULL, 0);
	log_debug("between");
	writer = log_pipe_start();
	assert_true(writer > 0);
	(void)read_until("msg=between\n");
}

static void
the_last_lines_are_written(void **state)
{
	(void)state;
	log_debug("the last");
	log_pipe_close(writer, CLOSE_MS);
	(void)read_until("msg=\"the last\"\n");
}

static void
the_end_comes_although_nobody_reads(void **state)
{
	const int64_t	 begun = clock_ms();
	int		 i;

	(void)state;
	for (i = 0; i < MANY; i++)
		log_debug("nobody reads number %d", i);
	log_pipe_close(writer, CLOSE_MS);
	assert_true(clock_ms() - begun < SOON_MS + CLOSE_MS);
	assert_int_equal(kill(writer, 0), -1);
	assert_int_equal(errno, ESRCH);
}

static void
open_and_start(void *arg)
{
	(void)arg;
	assert_int_equal(log_pipe_open(), CAL_OK);
	writer = log_pipe_start();
}

static void
a_file_needs_no_writer(void **state)
{
	(void)state;
	assert_string_equal(stderr_of(open_and_start, NULL), "");
	assert_int_equal(writer, 0);
}

#define piped(f)	cmocka_unit_test_setup_teardown(f, pipe_setup, \
			    pipe_teardown)

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		piped(lines_arrive_whole_and_in_order),
		piped(nobody_waits_for_a_reader_that_sleeps),
		piped(what_was_dropped_is_said_when_reading_goes_on),
		piped(another_writer_goes_on_where_one_was_killed),
		piped(the_last_lines_are_written),
		piped(the_end_comes_although_nobody_reads),
		promise(a_file_needs_no_writer),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
