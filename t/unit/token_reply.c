/*
 * token_reply: tests of app/calendly/token_reply.h.  A pair of tokens is read,
 * however odd the rest of the answer that brings it is.
 */
#include "t/unit/helper.h"

#include <stdbool.h>

#include "app/calendly/oauth.h"
#include "app/calendly/token_reply.h"
#include "lib/json.h"
#include "lib/secret.h"

#define PAIR		"\"access_token\":\"A\",\"refresh_token\":\"R\""
#define WITHIN(member)	"{\"" member "\":{" PAIR "}}"
#define WITH(member)	"{" PAIR "," member "}"

static const char *const	asked[] = { "users:read", "webhooks:write",
				    NULL };
static struct token_pair	pair;

static bool
read_with(const char *text, struct secret *held)
{
	const struct json_caps	 caps = { 1 << 20, 32, 1000 };
	const struct json_node	*json = NULL;
	const struct bytes	 body = { text, strlen(text) };
	const char		*why;

	if (json_parse(mem, text, body.n, &caps, &json, &why) != CAL_OK)
		json = NULL;
	return token_reply_read(mem, json, body, asked, held, &pair);
}

static void
is_pair(const char *text, struct secret *held, const char *refresh)
{
	if (!read_with(text, held))
		fail_msg("no pair in: %s", text);
	assert_string_equal(secret_text(pair.access), "A");
	assert_string_equal(secret_text(pair.refresh), refresh);
}

static void
lives(const char *member, int64_t seconds)
{
	is_pair(member, NULL, "R");
	if (pair.expires_in != seconds)
		fail_msg("%s: %lld", member, (long long)pair.expires_in);
}

static void
a_life_that_is_no_life_means_the_usual_one(void **state)
{
	static const char *const	odd[] = {
		"{" PAIR "}", WITH("\"expires_in\":null"),
		WITH("\"expires_in\":\"\""), WITH("\"expires_in\":\"soon\""),
		WITH("\"expires_in\":\"7200 s\""), WITH("\"expires_in\":true"),
		WITH("\"expires_in\":[30]"), WITH("\"expires_in\":{}"),
		WITH("\"expires_in\":0"), WITH("\"expires_in\":0.9"),
		WITH("\"expires_in\":-1"), WITH("\"expires_in\":-7200"),
		WITH("\"expires_in\":2592001"), WITH("\"expires_in\":1e99"),
		WITH("\"expires_in\":1e999"), WITH("\"expires_in\":\"0x10\""),
		WITH("\"expires_in\":\"inf\""), WITH("\"expires_in\":\"nan\""),
		WITH("\"expires_in\":\"1\\u00000\""),
		WITH("\"expires_in\":\"1.2.3\""), WITH("\"expires_in\":\"-\""),
	};
	size_t	 i;

	(void)state;
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		lives(odd[i], 7200);
}

static void
a_life_is_read_in_any_spelling_and_rounded_down(void **state)
{
	(void)state;
	lives(WITH("\"expires_in\":30"), 30);
	lives(WITH("\"expires_in\":1"), 1);
	lives(WITH("\"expires_in\":\"7200\""), 7200);
	lives(WITH("\"expires_in\":7200.0"), 7200);
	lives(WITH("\"expires_in\":\"7200.0\""), 7200);
	lives(WITH("\"expires_in\":7199.5"), 7199);
	lives(WITH("\"expires_in\":3.6e3"), 3600);
	lives(WITH("\"expires_in\":2592000"), 2592000);
}

static void
scopes_are(const char *text, const char *first, const char *second)
{
	is_pair(text, NULL, "R");
	if (pair.scopes[0] == NULL || strcmp(pair.scopes[0], first) != 0 ||
	    pair.scopes[1] == NULL || strcmp(pair.scopes[1], second) != 0 ||
	    pair.scopes[2] != NULL)
		fail_msg("other scopes in: %s", text);
}

static void
scopes_are_read_in_every_form(void **state)
{
	static const char *const	forms[] = {
		WITH("\"scope\":\"a:read b:write\""),
		WITH("\"scope\":\"a:read,b:write\""),
		WITH("\"scope\":\" a:read, b:write \""),
		WITH("\"scope\":\"a:read\\nb:write\""),
		WITH("\"scope\":[\"a:read\",\"b:write\"]"),
		WITH("\"scope\":[\"a:read b:write\"]"),
		WITH("\"scope\":[\"a:read\",7,null,[],\"b:write\"]"),
	};
	size_t	 i;

	(void)state;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		scopes_are(forms[i], "a:read", "b:write");
}

static void
scopes_that_say_nothing_are_those_asked_for(void **state)
{
	static const char *const	forms[] = {
		"{" PAIR "}", WITH("\"scope\":null"), WITH("\"scope\":\"\""),
		WITH("\"scope\":\" , \""), WITH("\"scope\":[]"),
		WITH("\"scope\":[null]"), WITH("\"scope\":{\"a\":1}"),
		WITH("\"scope\":7"), WITH("\"scope\":\"default\""),
		WITH("\"scope\":[\"default\"]"),
		WITH("\"scope\":\"default users:read\""),
	};
	size_t	 i;

	(void)state;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		scopes_are(forms[i], asked[0], asked[1]);
}

static void
no_more_scopes_are_taken_than_fit(void **state)
{
	char	 text[8192] = "{" PAIR ",\"scope\":\"";
	size_t	 i, n = strlen(text);

	(void)state;
	for (i = 0; i < 1000; i++) {
		text[n++] = 's';
		text[n++] = ' ';
	}
	memcpy(text + n, "\"}", 3);
	is_pair(text, NULL, "R");
	for (i = 0; pair.scopes[i] != NULL; i++)
		;
	assert_int_equal(i, 64);
}

static void
a_refresh_without_a_new_token_keeps_the_old_one(void **state)
{
	struct secret	*held = secret_from_text(mem, "old");

	(void)state;
	is_pair("{\"access_token\":\"A\"}", held, "old");
	is_pair("{\"access_token\":\"A\",\"refresh_token\":null}", held,
	    "old");
	is_pair("{\"access_token\":\"A\",\"refresh_token\":\"\"}", held,
	    "old");
	is_pair("{" PAIR "}", held, "R");
	assert_false(read_with("{\"access_token\":\"A\"}", NULL));
}

/*
 * An answer with a new refresh token that cannot be used is not treated as one
 * without: the old token is most likely dead by then, and keeping it would be a
 * guess.
 */
static void
a_new_token_that_cannot_be_used_is_not_no_new_token(void **state)
{
	struct secret	*held = secret_from_text(mem, "old");

	(void)state;
	assert_false(read_with(
	    "{\"access_token\":\"A\",\"refresh_token\":7}", held));
	assert_false(read_with(
	    "{\"access_token\":\"A\",\"refresh_token\":\"a b\"}", held));
	assert_null(pair.access);
	assert_null(pair.refresh);
}

static void
what_holds_no_access_token_is_no_pair(void **state)
{
	static const char *const	odd[] = {
		"{}", "[]", "null", "7", "\"access_token\"", "",
		"{\"refresh_token\":\"R\"}",
		"{\"access_token\":\"\",\"refresh_token\":\"R\"}",
		"{\"access_token\":\"a\\r\\nb\",\"refresh_token\":\"R\"}",
		"{\"access_token\":\"\\u00e9\",\"refresh_token\":\"R\"}",
		WITHIN("data"),
		"<html>Be right back</html>",
	};
	size_t	 i;

	(void)state;
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		if (read_with(odd[i], secret_from_text(mem, "old")))
			fail_msg("a pair in: %s", odd[i]);
}

static void
whole_tokens_are_found_in_what_is_no_json(void **state)
{
	(void)state;
	is_pair("{" PAIR ",\"expires_in\":72", NULL, "R");
	is_pair("{" PAIR ",\"name\":\"\xff\"}", NULL, "R");
	is_pair("{" PAIR ",}", NULL, "R");
	is_pair("{" PAIR "} trailing", NULL, "R");
	is_pair("{ \"access_token\" :\n\"A\" ,\t\"refresh_token\": \"R\" ",
	    NULL, "R");
	assert_int_equal(pair.expires_in, 7200);
	assert_string_equal(pair.scopes[0], asked[0]);
}

static void
a_token_that_may_be_cut_is_not_taken(void **state)
{
	static const char *const	cut[] = {
		"{\"access_token\":\"A\",\"refresh_token\":\"R",
		"{\"access_token\":\"A\",\"refresh_token\":",
		"{\"access_token\":\"A\",\"refresh_token\"",
		"{\"access_token\":\"A\",\"refresh_tok",
		"{\"access_token\":\"A\"",
		"{\"access_token\":\"A\\\"B\",\"refresh_token\":\"R\"",
		"{\"access_token\":\"A\",\"refresh_token\":\"R\\u0041\"",
	};
	size_t	 i;

	(void)state;
	for (i = 0; i < sizeof(cut) / sizeof(cut[0]); i++)
		if (read_with(cut[i], secret_from_text(mem, "old")))
			fail_msg("a pair in: %s", cut[i]);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(a_life_that_is_no_life_means_the_usual_one),
		promise(a_life_is_read_in_any_spelling_and_rounded_down),
		promise(scopes_are_read_in_every_form),
		promise(scopes_that_say_nothing_are_those_asked_for),
		promise(no_more_scopes_are_taken_than_fit),
		promise(a_refresh_without_a_new_token_keeps_the_old_one),
		promise(a_new_token_that_cannot_be_used_is_not_no_new_token),
		promise(what_holds_no_access_token_is_no_pair),
		promise(whole_tokens_are_found_in_what_is_no_json),
		promise(a_token_that_may_be_cut_is_not_taken),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
