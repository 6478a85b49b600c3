/*
 * redact: tests of app/calendly/redact.h, which hides secrets in replies that
 * are to be kept and shown.
 */
#include "t/unit/helper.h"

#include "app/calendly/redact.h"
#include "lib/crypto.h"
#include "lib/secret.h"

static const char	value[] = "s/ecret+\"\\value=&\xc5\xbe-1234567890";

static const char *
redacted(const char *text)
{
	const struct secret *const	hide[] = {
		NULL, secret_from_text(mem, value), NULL
	};

	return redact(mem, text, strlen(text), hide,
	    sizeof(hide) / sizeof(hide[0]));
}

#define gives(text, want)	assert_string_equal(redacted(text), want)

static void
keeps_what_is_not_secret(void **state)
{
	static const char	reply[] = "{\"title\":\"Invalid Argument\","
	    "\"message\":\"no token here\",\"details\":[{\"parameter\":\"url\","
	    "\"code\":\"blank\"}],\"state\":\"active\",\"token_type\":\"x\"}";

	(void)state;
	gives(reply, reply);
	gives("", "");
	gives("<html>\nSorry", "<html>\nSorry");
}

static void
hides_a_secret_as_it_is_and_as_it_travels(void **state)
{
	(void)state;
	gives(arena_printf(mem, "a %s b %s", value, value),
	    "a [redacted] b [redacted]");
	gives("x=s%2Fecret%2B%22%5Cvalue%3D%26%C5%BE-1234567890&y",
	    "x=[redacted]&y");
}

/* A secret is hidden in base64, too, at any offset in a longer text. */
static void
hides_a_secret_in_base64(void **state)
{
	size_t	i;

	(void)state;
	for (i = 0; i < 7; i++) {
		const char	*text = arena_printf(mem, "%.*s%s:more",
		    (int)i, "before:", value);
		const struct bytes	raw = { text, strlen(text) };

		assert_non_null(strstr(redacted(crypto_base64(mem, raw)),
		    "[redacted]"));
		assert_non_null(strstr(redacted(crypto_base64url(mem, raw)),
		    "[redacted]"));
		/*
		 * Only the text around the secret remains, and the base64
		 * digits that stand for parts of both.
		 */
		assert_in_range(strlen(redacted(crypto_base64(mem, raw))),
		    10, 10 + (i + 5) * 8 / 6 + 8);
	}
}

static void
hides_members_that_are_secret_by_name(void **state)
{
	(void)state;
	gives("{\"signingKey\":\"abc\",\"callbackUrl\":\"x\"}",
	    "{\"signingKey\":\"[redacted]\",\"callbackUrl\":\"x\"}");
	gives("{\"access_token\":\"abc\",\"refresh_token\" : "
	    "\"d\\\"ef\",\"a\":1}",
	    "{\"access_token\":\"[redacted]\",\"refresh_token\" : "
	    "\"[redacted]\",\"a\":1}");
	gives("{\"signing_key\":null,\"password\":\"\"}",
	    "{\"signing_key\":null,\"password\":\"[redacted]\"}");
	gives("{\"json\":\"{\\\"access_token\\\":\\\"abc\\\"}\"}",
	    "{\"json\":\"{\\\"access_token\\\":\\\"[redacted]\\\"}\"}");
	gives("a=b&refresh_token=abc&client_secret=d",
	    "a=b&refresh_token=[redacted]&client_secret=[redacted]");
	gives("{\"access_token\":\"cut in the midd",
	    "{\"access_token\":\"[redacted]");
}

static void
hides_endpoints_but_not_what_they_belong_to(void **state)
{
	(void)state;
	gives("{\"callback_url\":\"https://h/webhooks/calendly/Ab-_9\"}",
	    "{\"callback_url\":\"https://h/webhooks/calendly/[redacted]\"}");
	gives("https:\\/\\/h\\/webhooks\\/calendly\\/Ab-_9\"",
	    "https:\\/\\/h\\/webhooks\\/calendly\\/[redacted]\"");
	gives("\\\\\\/webhooks\\\\\\/calendly\\\\\\/Ab-_9.",
	    "\\\\\\/webhooks\\\\\\/calendly\\\\\\/[redacted].");
	gives("%2fwebhooks%2Fcalendly%2fAb-_9&x",
	    "%2fwebhooks%2Fcalendly%2f[redacted]&x");
	gives("webhooks/other/x webhooks", "webhooks/other/x webhooks");
}

static void
a_hidden_form_leaves_no_part_at_the_cut(void **state)
{
	char	*text = arena_alloc(mem, REDACT_MAX + 100);
	size_t	 at;

	(void)state;
	for (at = REDACT_MAX - 40; at < REDACT_MAX; at++) {
		memset(text, 'x', REDACT_MAX + 50);
		memcpy(text + at, value, strlen(value));
		assert_null(strstr(redacted(text), "s/ec"));
	}
}

static void
a_long_reply_is_cut_and_says_so(void **state)
{
	size_t		 n = 3 << 20;
	char		*text = arena_alloc(mem, n + 1);
	const char	*s;

	(void)state;
	memset(text, '[', n);
	s = redacted(text);
	assert_int_equal(strlen(s), REDACT_MAX + strlen(" [cut]"));
	assert_string_equal(s + REDACT_MAX, " [cut]");
}

static void
control_characters_become_blanks(void **state)
{
	(void)state;
	gives("a\x1b[31mb\rc\td\ne\x7f", "a [31mb c d\ne ");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(keeps_what_is_not_secret),
		promise(hides_a_secret_as_it_is_and_as_it_travels),
		promise(hides_a_secret_in_base64),
		promise(hides_members_that_are_secret_by_name),
		promise(hides_endpoints_but_not_what_they_belong_to),
		promise(a_hidden_form_leaves_no_part_at_the_cut),
		promise(a_long_reply_is_cut_and_says_so),
		promise(control_characters_become_blanks),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return crypto_init() != CAL_OK ||
	    cmocka_run_group_tests(tests, NULL, NULL);
}
