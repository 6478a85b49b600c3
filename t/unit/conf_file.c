/*
 * conf_file: tests of lib/conf.h: settings in a file, and values in files of
 * their own.
 */
#include <sys/stat.h>

#include <stdbool.h>

#include "t/unit/helper.h"

#include "lib/conf.h"
#include "lib/secret.h"

struct filled {
	const char	*text;
	struct secret	*secret;
};

static const struct conf_item	items[] = {
	{ .name = "THE_TEXT", .type = CONF_TEXT,
	  .offset = offsetof(struct filled, text) },
	{ .name = "APP_SECRET", .type = CONF_SECRET,
	  .offset = offsetof(struct filled, secret) },
};

static char	dir[] = "/tmp/cal-conf-XXXXXX";
static char	path[64], value[64];
static struct filled		 out;
static const struct conf_message *said;

static void
put(const char *where, const char *text, mode_t mode)
{
	FILE	*f = fopen(where, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(where, mode), 0);
}

static enum cal_err
load_with(char *const *env)
{
	const struct conf_source	source = {
		.file = path, .environ = env, .prefix = "APP_",
		.items = items, .nitems = 2,
	};

	memset(&out, 0, sizeof(out));
	return conf_load(mem, &source, &out, &said);
}

static enum cal_err
load(const char *text)
{
	put(path, text, 0600);
	return load_with(NULL);
}

static const char *
only(void)
{
	assert_non_null(said);
	assert_null(said->next);
	return said->text;
}

static void
reads_names_and_values(void **state)
{
	static const struct {
		const char	*text, *value;
	} c[] = {
		{ "THE_TEXT=a", "a" },
		{ "# c\n\n  \t# c\nTHE_TEXT= a b \t\r\n", "a b" },
		{ "  THE_TEXT=\" a \"", " a " },
		{ "THE_TEXT=a=b#c", "a=b#c" },
		{ "THE_TEXT=a\"b", "a\"b" },
		{ "THE_TEXT=\"a\"b\"", "a\"b" },
		{ "THE_TEXT=žofie", "žofie" },
		{ "THE_TEXT=", NULL }, { "THE_TEXT=\"\"", NULL },
		{ "OTHER=1\n", NULL }, { "", NULL },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		assert_int_equal(load(c[i].text), CAL_OK);
		assert_null(said);
		if (c[i].value == NULL)
			assert_null(out.text);
		else
			assert_string_equal(out.text, c[i].value);
	}
}

static void
a_bad_line_is_named_by_its_number_and_not_quoted(void **state)
{
	static const struct {
		const char	*text, *says;
	} c[] = {
		{ "\nhush\n", "line 2: write NAME=value" },
		{ "export A=hush", "line 1: " }, { "=hush", "line 1: " },
		{ "A =hush", "line 1: " }, { "lower=hush", "line 1: " },
		{ "1A=hush", "line 1: " },
		{ "THE_TEXT=\"hush", "line 1: THE_TEXT: the double quote" },
		{ "THE_TEXT=\"", "line 1: THE_TEXT: the double quote" },
		{ "THE_TEXT='hush'", "line 1: THE_TEXT: write double" },
		{ "A=1\n\nA=hush", "line 3: A is there a second time (first "
		  "in line 1)" },
		{ "APP_SECRT=hush", "APP_SECRT (line 1): there is no such "
		  "setting; the nearest is APP_SECRET" },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		assert_int_equal(load(c[i].text), CAL_INVALID);
		if (strstr(only(), c[i].says) == NULL)
			fail_msg("%s: %s", c[i].text, only());
		assert_null(strstr(only(), "hush"));
	}
}

static void
a_misspelt_name_is_a_warning_where_the_prefix_lacks(void **state)
{
	(void)state;
	assert_int_equal(load("THE_TETX=1\nPATH=/bin\n"), CAL_OK);
	assert_false(said->fault);
	assert_non_null(strstr(only(), "is THE_TEXT meant?"));
}

static void
the_environment_wins_over_the_file(void **state)
{
	char	text[] = "THE_TEXT=env", empty[] = "APP_SECRET=";
	char	by_file[96];
	char	*env[] = { text, empty, NULL };
	char	*env2[] = { by_file, NULL };

	(void)state;
	put(path, "THE_TEXT=file\nAPP_SECRET=hush\n", 0600);
	assert_int_equal(load_with(env), CAL_OK);
	assert_string_equal(out.text, "env");
	assert_string_equal(secret_text(out.secret), "hush");
	put(value, "from the other file", 0600);
	(void)snprintf(by_file, sizeof(by_file), "THE_TEXT_FILE=%s", value);
	assert_int_equal(load_with(env2), CAL_OK);
	assert_string_equal(out.text, "from the other file");
}

static void
a_value_may_stand_in_a_file_of_its_own(void **state)
{
	static const struct {
		const char	*text, *value;
	} c[] = {
		{ "hush", "hush" }, { "hush\n", "hush" },
		{ "hush\r\n", "hush" }, { " hush \n", " hush " },
		{ "hush\n\n", NULL }, { "", NULL }, { "\n", NULL },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		put(value, c[i].text, 0600);
		assert_int_equal(load(arena_printf(mem, "APP_SECRET_FILE=%s",
		    value)), c[i].value == NULL ? CAL_INVALID : CAL_OK);
		if (c[i].value != NULL)
			assert_string_equal(secret_text(out.secret),
			    c[i].value);
		else
			assert_null(strstr(only(), "hush"));
	}
}

static void
both_forms_of_a_value_are_a_fault(void **state)
{
	(void)state;
	assert_int_equal(load(arena_printf(mem, "APP_SECRET_FILE=%s\n"
	    "APP_SECRET=x", value)), CAL_INVALID);
	assert_non_null(strstr(only(), "APP_SECRET and APP_SECRET_FILE"));
}

static void
a_file_that_cannot_be_read_is_told(void **state)
{
	(void)state;
	assert_int_equal(load("APP_SECRET_FILE=/nowhere"), CAL_INVALID);
	assert_non_null(strstr(only(),
	    "APP_SECRET_FILE: cannot read /nowhere: No such file"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(load_with(NULL), CAL_INVALID);
	assert_non_null(strstr(only(), path));
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(load_with(NULL), CAL_INVALID);
	assert_non_null(strstr(only(), "directory"));
	assert_int_equal(rmdir(path), 0);
}

static void
a_secret_that_everybody_can_read_is_a_warning(void **state)
{
	(void)state;
	put(path, "APP_SECRET=hush\n", 0644);
	assert_int_equal(load_with(NULL), CAL_OK);
	assert_false(said->fault);
	assert_non_null(strstr(only(), "chmod o-rwx"));
	put(path, "THE_TEXT=x\n", 0644);
	assert_int_equal(load_with(NULL), CAL_OK);
	assert_null(said);
}

static int
make_dir(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/conf", dir);
	(void)snprintf(value, sizeof(value), "%s/value", dir);
	return 0;
}

static int
remove_dir(void **state)
{
	(void)state;
	(void)unlink(path);
	(void)unlink(value);
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(reads_names_and_values),
		promise(a_bad_line_is_named_by_its_number_and_not_quoted),
		promise(a_misspelt_name_is_a_warning_where_the_prefix_lacks),
		promise(the_environment_wins_over_the_file),
		promise(a_value_may_stand_in_a_file_of_its_own),
		promise(both_forms_of_a_value_are_a_fault),
		promise(a_file_that_cannot_be_read_is_told),
		promise(a_secret_that_everybody_can_read_is_a_warning),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
