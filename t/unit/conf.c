/*
 * conf: tests of lib/conf.h: how the values of each type of setting are read,
 * and what is said about wrong ones.
 */
#include <sys/stat.h>

#include <stdbool.h>

#include "t/unit/helper.h"

#include "lib/conf.h"
#include "lib/secret.h"

struct filled {
	const char		*text;
	const char		*other;
	struct secret		*secret;
	long			 number;
	long			 fitting;
	int			 choice;
	const char *const	*words;
	struct secret *const	*secrets;
};

static const char *const	levels[] = { "warn", "info", NULL };

static const char *
no_slash(struct arena *a, const char *value)
{
	return strchr(value, '/') == NULL ? NULL :
	    arena_printf(a, "write it without a slash");
}

#define AT(field)	.offset = offsetof(struct filled, field)

static const struct conf_item	items[] = {
	{ .name = "THE_TEXT", .type = CONF_TEXT, AT(text), .fallback = "dflt",
	  .check = no_slash },
	{ .name = "APP_OTHER", .type = CONF_TEXT, AT(other),
	  .reloadable = true },
	{ .name = "APP_SECRET", .type = CONF_SECRET, AT(secret),
	  .required = true, .help = "what nobody knows", .check = no_slash },
	{ .name = "APP_NUMBER", .type = CONF_NUMBER, AT(number),
	  .fallback = "8", .min = 1, .max = 512 },
	{ .name = "APP_FITTING", .type = CONF_NUMBER, AT(fitting),
	  .automatic = true, .fallback = "auto", .min = 1, .max = 9 },
	{ .name = "APP_LEVEL", .type = CONF_CHOICE, AT(choice),
	  .fallback = "info", .choices = levels },
	{ .name = "APP_WORDS", .type = CONF_WORDS, AT(words) },
	{ .name = "APP_SECRETS", .type = CONF_SECRETS, AT(secrets) },
};

enum { NITEMS = sizeof(items) / sizeof(items[0]) };

static struct filled	out;
static const struct conf_message *said;

static enum cal_err
load(char *const *env)
{
	const struct conf_source	source = {
		.environ = env, .prefix = "APP_", .items = items,
		.nitems = NITEMS,
	};

	memset(&out, 0, sizeof(out));
	return conf_load(mem, &source, &out, &said);
}

/* Returns the text of the only message, or "" if there is none. */
static const char *
only(void)
{
	if (said == NULL)
		return "";
	assert_null(said->next);
	return said->text;
}

/*
 * Loads one variable and, unless it is that one, APP_SECRET, which is required.
 */
static enum cal_err
load_one(const char *pair)
{
	char	*env[] = { arena_dup(mem, pair), NULL, NULL };
	char	 secret[] = "APP_SECRET=hush";

	if (strncmp(pair, "APP_SECRET=", 11) != 0)
		env[1] = secret;
	return load(env);
}

static void
fills_in_every_type(void **state)
{
	char	text[] = "THE_TEXT=a b", secret[] = "APP_SECRET=hush";
	char	number[] = "APP_NUMBER=512", choice[] = "APP_LEVEL=warn";
	char	words[] = "APP_WORDS= a,b  c,, ";
	char	secrets[] = "APP_SECRETS= k 1 ,k2,";
	char	*env[] = { text, secret, number, choice, words, secrets,
		    NULL };

	(void)state;
	assert_int_equal(load(env), CAL_OK);
	assert_null(said);
	assert_string_equal(out.text, "a b");
	assert_string_equal(secret_text(out.secret), "hush");
	assert_int_equal(out.number, 512);
	assert_int_equal(out.choice, 0);
	assert_string_equal(out.words[0], "a");
	assert_string_equal(out.words[2], "c");
	assert_null(out.words[3]);
	assert_string_equal(secret_text(out.secrets[0]), "k 1");
	assert_string_equal(secret_text(out.secrets[1]), "k2");
	assert_null(out.secrets[2]);
}

static void
what_is_not_given_has_its_default_or_stays_empty(void **state)
{
	(void)state;
	assert_int_equal(load_one("APP_OTHER="), CAL_OK);
	assert_null(said);
	assert_string_equal(out.text, "dflt");
	assert_int_equal(out.number, 8);
	assert_int_equal(out.fitting, CONF_AUTO);
	assert_int_equal(out.choice, 1);
	assert_null(out.other);
	assert_null(out.words);
	assert_null(out.secrets);
}

static void
a_wrong_value_is_told_what_to_write_instead(void **state)
{
	static const struct {
		const char	*pair, *says;
	} c[] = {
		{ "APP_NUMBER=0", "APP_NUMBER is \"0\": write a whole number "
		  "from 1 to 512" },
		{ "APP_NUMBER=513", "from 1 to 512" },
		{ "APP_NUMBER=auto", "from 1 to 512" },
		{ "APP_FITTING=-1", "from 1 to 9, or auto" },
		{ "APP_FITTING=Auto", "from 1 to 9, or auto" },
		{ "APP_NUMBER=8x", "\"8x\"" },
		{ "APP_NUMBER=99999999999999999999", "from 1 to 512" },
		{ "APP_LEVEL=loud", "write one of: warn, info" },
		{ "THE_TEXT=a/b", "THE_TEXT: write it without a slash" },
		{ "THE_TEXT=a\nb", "line break" },
		{ "APP_SECRET=", "APP_SECRET is missing: write APP_SECRET=… "
		  "(what nobody knows)" },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		assert_int_equal(load_one(c[i].pair), CAL_INVALID);
		assert_true(said->fault);
		if (strstr(only(), c[i].says) == NULL)
			fail_msg("%s: %s", c[i].pair, only());
	}
}

static void
a_secret_is_never_quoted(void **state)
{
	(void)state;
	assert_int_equal(load_one("APP_SECRET=hush/hush"), CAL_INVALID);
	assert_null(strstr(only(), "hush"));
	assert_int_equal(load_one("APP_SECRETS=a,hush\x01"), CAL_INVALID);
	assert_null(strstr(only(), "hush"));
}

static void
all_faults_are_told_in_the_tables_order(void **state)
{
	char	level[] = "APP_LEVEL=x", text[] = "THE_TEXT=/";
	char	number[] = "APP_NUMBER=x";
	char	*env[] = { level, text, number, NULL };
	static const char *const	order[] = { "THE_TEXT", "APP_SECRET",
					    "APP_NUMBER", "APP_LEVEL" };
	const struct conf_message	*m;
	size_t				 i = 0;

	(void)state;
	assert_int_equal(load(env), CAL_INVALID);
	for (m = said; m != NULL; m = m->next, i++)
		assert_int_equal(strncmp(m->text, order[i],
		    strlen(order[i])), 0);
	assert_int_equal(i, 4);
}

static void
an_unknown_name_in_the_environment_is_a_warning(void **state)
{
	(void)state;
	assert_int_equal(load_one("APP_NUMBR=1"), CAL_OK);
	assert_false(said->fault);
	assert_non_null(strstr(only(), "APP_NUMBR"));
	assert_non_null(strstr(only(), "the nearest is APP_NUMBER"));
	assert_int_equal(load_one("THE_TXT=1"), CAL_OK);
	assert_null(said);
}

static void
tells_what_needs_a_restart(void **state)
{
	struct filled	a;

	(void)state;
	assert_int_equal(load_one("APP_OTHER=1"), CAL_OK);
	a = out;
	assert_int_equal(load_one("APP_OTHER=2"), CAL_OK);
	assert_null(conf_fixed_changes(mem, items, NITEMS, &a, &out));
	assert_int_equal(load_one("APP_SECRETS=x"), CAL_OK);
	assert_string_equal(conf_fixed_changes(mem, items, NITEMS, &a, &out),
	    "APP_SECRETS");
	a = out;
	assert_int_equal(load_one("APP_SECRETS=x,y"), CAL_OK);
	assert_string_equal(conf_fixed_changes(mem, items, NITEMS, &a, &out),
	    "APP_SECRETS");
	assert_int_equal(load_one("APP_WORDS=x"), CAL_OK);
	out.number = 9;
	out.choice = 0;
	out.text = "new";
	out.secret = NULL;
	assert_string_equal(conf_fixed_changes(mem, items, NITEMS, &a, &out),
	    "THE_TEXT, APP_SECRET, APP_NUMBER, APP_LEVEL, APP_WORDS, "
	    "APP_SECRETS");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(fills_in_every_type),
		promise(what_is_not_given_has_its_default_or_stays_empty),
		promise(a_wrong_value_is_told_what_to_write_instead),
		promise(a_secret_is_never_quoted),
		promise(all_faults_are_told_in_the_tables_order),
		promise(an_unknown_name_in_the_environment_is_a_warning),
		promise(tells_what_needs_a_restart),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
