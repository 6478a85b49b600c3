/*
 * log: tests of lib/log.h: what a log line says, and that nobody's input can
 * forge one.
 */
#include <errno.h>

#include "t/unit/helper.h"

#include "lib/json.h"
#include "lib/log.h"

static int
usual(void **state)
{
	log_configure(LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT);
	log_speaker("app/3");
	log_request(NULL);
	return mem_setup(state);
}

static void
warn(void *text)
{
	log_warn("%s", (const char *)text);
}

static const char *
line_of(const char *text)
{
	return stderr_of(warn, arena_dup(mem, text));
}

static void
a_line_says_when_how_urgent_who_and_what(void **state)
{
	const char	*s = line_of("cannot connect: db: refused");

	(void)state;
	assert_int_equal(strncmp(s, "time=20", 7), 0);
	assert_int_equal(s[15], 'T');
	assert_int_equal(s[28], 'Z');
	assert_string_equal(s + 29, " level=warn who=app/3 "
	    "msg=\"cannot connect: db: refused\"\n");
}

static void
a_line_carries_the_request_while_there_is_one(void **state)
{
	(void)state;
	log_request("4bf92f3577b34da6");
	assert_string_equal(log_request_id(), "4bf92f3577b34da6");
	assert_non_null(strstr(line_of("x"), " req=4bf92f3577b34da6 "));
	log_request(NULL);
	assert_string_equal(log_request_id(), "");
	assert_null(strstr(line_of("x"), "req="));
}

static void
a_line_says_what_it_is_about(void **state)
{
	(void)state;
	log_request("4bf9");
	log_about("session", "0b1c-22");
	assert_non_null(strstr(line_of("x"), " req=4bf9 session=0b1c-22 "));
	log_about("session", "a\" level=info\nb");
	assert_non_null(strstr(line_of("x"),
	    " session=\"a\\\" level=info\\nb\" "));
	log_about(NULL, NULL);
	assert_null(strstr(line_of("x"), "session"));
}

static void
nobodys_input_can_forge_a_line_or_move_a_terminal(void **state)
{
	const char	*s;

	(void)state;
	log_request("a\" level=info\nb");
	s = line_of("a\nb\r\tc\x1b[2J\x7f\xc2\x9b\" \\");
	assert_ptr_equal(strchr(s, '\n'), s + strlen(s) - 1);
	assert_non_null(strstr(s, "req=\"a\\\" level=info\\nb\""));
	assert_non_null(strstr(s,
	    "msg=\"a\\nb\\r\\tc\\u001b[2J\\u007f\\u009b\\\" \\\\\"\n"));
}

static void
what_is_not_utf8_is_replaced(void **state)
{
	(void)state;
	assert_non_null(strstr(line_of("Žofie \xff\xc0"),
	    "\"Žofie \xef\xbf\xbd\xef\xbf\xbd\""));
}

static void
json_lines_are_json(void **state)
{
	const struct json_caps		 caps = { 1 << 16, 4, 64 };
	const struct json_node		*n;
	const char			*s, *why;

	(void)state;
	log_configure(LOG_LEVEL_INFO, LOG_FORMAT_JSON);
	log_request("r1");
	s = line_of("a \"b\"\n\x01\xff");
	assert_int_equal(json_parse(mem, s, strlen(s), &caps, &n, &why),
	    CAL_OK);
	assert_string_equal(json_text(n, "level"), "warn");
	assert_string_equal(json_text(n, "who"), "app/3");
	assert_string_equal(json_text(n, "req"), "r1");
	assert_string_equal(json_text(n, "msg"), "a \"b\"\n\x01\xef\xbf\xbd");
	assert_int_equal(strlen(json_text(n, "time")), 24);
}

static void
a_long_line_is_cut_and_marked(void **state)
{
	const struct json_caps		 caps = { 1 << 16, 4, 64 };
	const struct json_node		*n;
	const char			*s, *why;
	char				 text[20001];
	int				 i;

	(void)state;
	for (i = 0; i < 2; i++) {
		memset(text, i == 0 ? 'x' : '\n', sizeof(text) - 1);
		text[sizeof(text) - 1] = '\0';
		log_configure(LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT);
		s = line_of(text);
		assert_in_range(strlen(s), 8000, 8192);
		assert_string_equal(s + strlen(s) - 7, "[cut]\"\n");
		log_configure(LOG_LEVEL_INFO, LOG_FORMAT_JSON);
		s = line_of(text);
		assert_in_range(strlen(s), 8000, 8192);
		assert_int_equal(json_parse(mem, s, strlen(s), &caps, &n,
		    &why), CAL_OK);
	}
}

static void
one_of_each(void *arg)
{
	(void)arg;
	log_warn("w");
	log_info("i");
	log_debug("d");
}

static void
only_levels_that_were_asked_for_are_written(void **state)
{
	const char	*s;

	(void)state;
	log_configure(LOG_LEVEL_WARN, LOG_FORMAT_LOGFMT);
	s = stderr_of(one_of_each, NULL);
	assert_non_null(strstr(s, "level=warn"));
	assert_null(strstr(s, "level=info"));
	log_configure(LOG_LEVEL_DEBUG, LOG_FORMAT_LOGFMT);
	s = stderr_of(one_of_each, NULL);
	assert_non_null(strstr(s, "level=info"));
	assert_non_null(strstr(s, "level=debug"));
}

static void
logging_leaves_errno_as_it_was(void **state)
{
	(void)state;
	errno = EDOM;
	(void)line_of("x");
	errno = EDOM;
	log_debug("nothing");
	assert_int_equal(errno, EDOM);
}

static void
write_to_nowhere(void *arg)
{
	(void)arg;
	(void)close(STDERR_FILENO);
	log_warn("nobody hears this");
}

static void
a_closed_stderr_is_harmless(void **state)
{
	(void)state;
	assert_int_equal(exit_of(write_to_nowhere, NULL), 0);
}

#define told(f)	cmocka_unit_test_setup_teardown(f, usual, mem_teardown)

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		told(a_line_says_when_how_urgent_who_and_what),
		told(a_line_carries_the_request_while_there_is_one),
		told(a_line_says_what_it_is_about),
		told(nobodys_input_can_forge_a_line_or_move_a_terminal),
		told(what_is_not_utf8_is_replaced),
		told(json_lines_are_json),
		told(a_long_line_is_cut_and_marked),
		told(only_levels_that_were_asked_for_are_written),
		told(logging_leaves_errno_as_it_was),
		told(a_closed_stderr_is_harmless),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
