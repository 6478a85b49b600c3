/*
 * signature: tests of app/calendly/signature.h, the header by which Calendly
 * signs a webhook.
 */
#include "t/unit/helper.h"

#include "app/calendly/signature.h"
#include "lib/secret.h"

#define MAC	"e1b82a0c311e6282f5b2cf34e3f2f19c" \
		"d0edd8f0f1931ae1fc626f84721bd793"
#define OTHER	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const char	key[] = "5mEzn9C-I28UtwOjZJtFoob0sAAFZ95GbZkqj4y3i0I";
static const char	body[] = "{\"event\":\"invitee.created\"}";

static bool
accepts(const char *header, const char *k, const char *text, size_t n)
{
	struct signature	s;

	return signature_parse(header, &s) == CAL_OK &&
	    signature_matches(&s, secret_from_text(mem, k),
	    (struct bytes){ text, n });
}

static void
takes_what_the_key_made(void **state)
{
	static const struct {
		const char	*key, *header, *body;
	} v[] = {
		{ key, "t=1762967812,v1=" MAC, body },
		{ "whsec_0123456789abcdef", "t=1795000000,v1=1b5bc5c7bc06ad25"
		  "006109fa641e408cf64b5b84fccc91dd40e6ccc56343961c", "" },
		{ "schlüssel", "t=1795000001,v1=3bc2fb1fa95eb047dc1790e451f5"
		  "afb343d347d8ff0538e84beec0e0a2ce937e",
		  "{\"name\":\"Žofie – 会議\"}" },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(v) / sizeof(v[0]); i++)
		assert_true(accepts(v[i].header, v[i].key, v[i].body,
		    strlen(v[i].body)));
}

static void
refuses_another_key_body_or_time(void **state)
{
	static const char	good[] = "t=1762967812,v1=" MAC;

	(void)state;
	assert_false(accepts(good, "5mEzn9C", body, strlen(body)));
	assert_false(accepts(good, "", body, strlen(body)));
	assert_false(accepts(good, key, body, strlen(body) - 1));
	assert_false(accepts(good, key, body, sizeof(body)));
	assert_false(accepts("t=1762967813,v1=" MAC, key, body,
	    strlen(body)));
	/*
	 * The time is signed as it is written, so a leading zero makes a
	 * difference.
	 */
	assert_false(accepts("t=01762967812,v1=" MAC, key, body,
	    strlen(body)));
}

static void
a_bit_more_or_less_is_another_signature(void **state)
{
	struct signature	s;
	size_t			i;

	(void)state;
	for (i = 0; i < CRYPTO_HASHSZ * 8; i++) {
		assert_int_equal(signature_parse("t=1762967812,v1=" MAC, &s),
		    CAL_OK);
		s.mac[0][i / 8] ^= (uint8_t)(1 << i % 8);
		assert_false(signature_matches(&s, secret_from_text(mem, key),
		    (struct bytes){ body, strlen(body) }));
	}
}

static void
any_one_of_several_is_enough(void **state)
{
	static const char *const	good[] = {
		"t=1762967812,v1=" OTHER ",v1=" MAC,
		"v1=" MAC ",t=1762967812,v1=" OTHER,
		" t=1762967812 ,\tv1=" MAC " ",
		"v2=x,t=1762967812,v0=,v1=" MAC,
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(accepts(good[i], key, body, strlen(body)));
}

static void
refuses_headers_that_make_no_sense(void **state)
{
	static const char *const	bad[] = {
		"", " ", ",", ",,", "t", "t=", "v1", "v1=", "=", "t=1", "v1="
		MAC, "t=1,v1=", "t=,v1=" MAC, "t=x,v1=" MAC, "t=-1,v1=" MAC,
		"t=+1,v1=" MAC, "t= 1,v1=" MAC, "t=1 2,v1=" MAC,
		"t=1.0,v1=" MAC, "t=0x1,v1=" MAC, "t=1,t=1,v1=" MAC,
		"t=1,t=,v1=" MAC, "t=1;v1=" MAC, "t=1 v1=" MAC,
		"t=1,v1=" MAC ",", "t=1,,v1=" MAC, ",t=1,v1=" MAC,
		"t=1,v1=" MAC "0", "t=1,v1=" MAC ",v1=0", "T=1,v1=" MAC,
		"t=1,V1=" MAC, "t=1,v1 =" MAC, "t=1,v1==" MAC,
		"t=1,v1=\"" MAC "\"", "t=1234567890123,v1=" MAC,
		"t=\xd9\xa1,v1=" MAC,
		"t=1,v1=ga" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaa",
	};
	struct signature	s;
	size_t			i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (signature_parse(bad[i], &s) != CAL_INVALID)
			fail_msg("taken: \"%s\"", bad[i]);
}

static void
takes_so_many_signatures_and_no_more(void **state)
{
	const char		*header = "t=1";
	struct signature	 s;
	int			 i;

	(void)state;
	for (i = 0; i < SIGNATURE_MACS; i++) {
		header = arena_printf(mem, "%s,v1=%s", header, OTHER);
		assert_int_equal(signature_parse(header, &s), CAL_OK);
		assert_int_equal(s.nmacs, i + 1);
	}
	header = arena_printf(mem, "%s,v1=%s", header, OTHER);
	assert_int_equal(signature_parse(header, &s), CAL_INVALID);
}

static void
tells_the_time_in_seconds(void **state)
{
	struct signature	s;

	(void)state;
	assert_int_equal(signature_parse("t=1762967812,v1=" MAC, &s), CAL_OK);
	assert_int_equal(s.at, 1762967812);
	assert_int_equal(signature_parse("t=999999999999,v1=" MAC, &s),
	    CAL_OK);
	assert_int_equal(s.at, 999999999999);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(takes_what_the_key_made),
		promise(refuses_another_key_body_or_time),
		promise(a_bit_more_or_less_is_another_signature),
		promise(any_one_of_several_is_enough),
		promise(refuses_headers_that_make_no_sense),
		promise(takes_so_many_signatures_and_no_more),
		promise(tells_the_time_in_seconds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return crypto_init() != CAL_OK ||
	    cmocka_run_group_tests(tests, NULL, NULL);
}
