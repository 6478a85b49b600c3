/*
 * json_write: tests of lib/json.h: writing JSON.
 */
#include <signal.h>
#include <stdbool.h>

#include "t/unit/helper.h"

#include "lib/json.h"

static const struct json_caps	caps = { 1 << 20, 16, 1000 };

static const char *
done(struct json *j)
{
	const struct json_node	*n;
	const char		*text, *why;
	size_t			 len;

	text = json_done(j, &len);
	assert_int_equal(len, strlen(text));
	assert_int_equal(json_parse(mem, text, len, &caps, &n, &why), CAL_OK);
	return text;
}

static void
writes_every_kind_of_value(void **state)
{
	struct json	*j = json_new(mem);

	(void)state;
	json_object(j, NULL);
	json_str(j, "s", "x");
	json_str(j, "no", NULL);
	json_num(j, "min", INT64_MIN);
	json_bool(j, "t", true);
	json_null(j, "z");
	json_raw(j, "raw", "{\"a\": 1}");
	json_raw(j, "noraw", NULL);
	json_node(j, "nonode", NULL, NULL, NULL);
	json_array(j, "a");
	json_str(j, NULL, "1");
	json_object(j, NULL);
	json_end(j);
	json_array(j, NULL);
	json_end(j);
	json_end(j);
	json_object(j, "last");
	json_bool(j, "f", false);
	json_end(j);
	json_end(j);
	assert_string_equal(done(j), "{\"s\":\"x\",\"no\":null,"
	    "\"min\":-9223372036854775808,\"t\":true,\"z\":null,"
	    "\"raw\":{\"a\": 1},\"noraw\":null,\"nonode\":null,"
	    "\"a\":[\"1\",{},[]],\"last\":{\"f\":false}}");
}

static void
escapes_what_must_be_and_leaves_the_rest(void **state)
{
	struct json	*j = json_new(mem);

	(void)state;
	json_array(j, NULL);
	json_str(j, NULL, "\"\\\b\f\n\r\t\x01\x1f/\x7f Žofie 😀");
	json_end(j);
	assert_string_equal(done(j), "[\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001"
	    "\\u001f/\x7f Žofie 😀\"]");
}

static void
what_is_not_utf8_becomes_fffd(void **state)
{
	struct json	*j = json_new(mem);

	(void)state;
	json_object(j, NULL);
	json_str(j, "k\xff", "a\xc3\xff" "b\xe2\x82");
	json_end(j);
	assert_string_equal(done(j), "{\"k\xef\xbf\xbd\":\"a\xef\xbf\xbd"
	    "\xef\xbf\xbd" "b\xef\xbf\xbd\xef\xbf\xbd\"}");
}

static const struct json_node *
read_text(const char *text)
{
	const struct json_node	*n;
	const char		*why;

	assert_int_equal(json_parse(mem, text, strlen(text), &caps, &n, &why),
	    CAL_OK);
	return n;
}

static void
a_parsed_value_is_written_as_it_was(void **state)
{
	static const char	text[] = "{\"a\":[1.50,1E400,-0,true,false,"
				    "null,[],{}],\"b\\u0000c\":"
				    "\"x\\u0000\\\"y\",\"\":{\"\":\"\"}}";
	struct json		*j = json_new(mem);

	(void)state;
	json_node(j, NULL, read_text(text), NULL, NULL);
	assert_string_equal(done(j), text);
}

static bool
not_password(const struct json_node *n, void *arg)
{
	int	*seen = arg;

	(*seen)++;
	return strcmp(n->key, "password") != 0;
}

static void
members_that_are_not_kept_are_left_out_at_any_depth(void **state)
{
	struct json	*j = json_new(mem);
	int		 seen = 0;

	(void)state;
	json_object(j, NULL);
	json_node(j, "n", read_text("{\"password\":{\"in\":1},\"a\":"
	    "[{\"b\":1,\"password\":2}],\"c\":{\"password\":3}}"),
	    not_password, &seen);
	json_end(j);
	assert_string_equal(done(j), "{\"n\":{\"a\":[{\"b\":1}],\"c\":{}}}");
	assert_int_equal(seen, 6);
}

static void
end_too_often(void *arg)
{
	struct json	*j = json_new(arg);

	json_array(j, NULL);
	json_end(j);
	json_end(j);
}

static void
forget_an_end(void *arg)
{
	struct json	*j = json_new(arg);

	json_array(j, NULL);
	(void)json_done(j, NULL);
}

static void
leave_out_a_key(void *arg)
{
	struct json	*j = json_new(arg);

	json_object(j, NULL);
	json_num(j, NULL, 1);
}

static void
misuse_ends_the_process(void **state)
{
	(void)state;
	assert_int_equal(exit_of(end_too_often, mem), -1);
	assert_int_equal(exit_of(forget_an_end, mem), -1);
	assert_int_equal(exit_of(leave_out_a_key, mem), -1);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(writes_every_kind_of_value),
		promise(escapes_what_must_be_and_leaves_the_rest),
		promise(what_is_not_utf8_becomes_fffd),
		promise(a_parsed_value_is_written_as_it_was),
		promise(members_that_are_not_kept_are_left_out_at_any_depth),
		promise(misuse_ends_the_process),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
