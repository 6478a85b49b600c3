/*
 * push_sign: tests of app/service/push/sign.h: secrets and signatures of
 * Standard Webhooks.
 */
#include "t/unit/helper.h"

#include "app/service/push/sign.h"
#include "lib/crypto.h"
#include "lib/secret.h"

/* The vector of the libraries that the specification's authors publish. */
#define SECRET	"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define ID	"msg_p5jXN8AQM9LWM0D4loKWxJek"
#define BODY	"{\"test\": 2432232314}"

enum { AT = 1614265330 };

static const struct secret *
secret_of(const char *text)
{
	return secret_from_text(mem, text);
}

static struct bytes
body_of(const char *s)
{
	return (struct bytes){ s, strlen(s) };
}

static const char *
signed_with(const char *one, const char *two)
{
	const struct secret	*list[2] = { secret_of(one), NULL };

	if (two != NULL)
		list[1] = secret_of(two);
	return push_signature(mem, list, two == NULL ? 1 : 2, ID, AT,
	    body_of(BODY));
}

/* The expected values are openssl's. */
static void
signs_as_the_specification_says(void **state)
{
	const struct secret	*secret = secret_of(SECRET);

	(void)state;
	assert_string_equal(signed_with(SECRET, NULL),
	    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
	assert_string_equal(push_signature(mem, &secret, 1, "e-1", 1795000000,
	    (struct bytes){ "\303\251\000z", 4 }),
	    "v1,RBHa71TyiCRPpV7zuY3/uuBz6N1YCoLvs9htd681VYQ=");
}

static void
two_secrets_give_two_signatures(void **state)
{
	(void)state;
	assert_string_equal(signed_with(SECRET,
	    "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="),
	    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= "
	    "v1,frM35V2Z51bxs4v81I6TpLnscXkhXtKLP/7WPYVyj3A=");
	assert_null(signed_with(SECRET, "whsec_short"));
}

static void
a_new_secret_has_32_bytes_and_is_another_each_time(void **state)
{
	const struct secret	*one = push_secret_new(mem),
				*two = push_secret_new(mem);
	const char		*why = "?";

	(void)state;
	assert_int_equal(push_key(mem, one, &why).n, 32);
	assert_null(why);
	assert_string_not_equal(secret_text(one), secret_text(two));
}

/* Base64 of "n" bytes behind the prefix. */
static const struct secret *
secret_with(size_t n)
{
	return secret_of(arena_printf(mem, "whsec_%s", crypto_base64(mem,
	    (struct bytes){ arena_alloc(mem, n), n })));
}

static void
a_key_has_24_to_64_bytes(void **state)
{
	(void)state;
	assert_null(push_key(mem, secret_with(23), NULL).p);
	assert_int_equal(push_key(mem, secret_with(24), NULL).n, 24);
	assert_int_equal(push_key(mem, secret_with(64), NULL).n, 64);
	assert_null(push_key(mem, secret_with(65), NULL).p);
	assert_null(push_key(mem, secret_with(0), NULL).p);
}

/* Returns why the text is no secret; "" if it is one. */
static const char *
fault_in(const struct secret *s)
{
	const char	*why;

	return push_key(mem, s, &why).p == NULL ? why : "";
}

static void
what_is_no_secret_is_refused_without_being_quoted(void **state)
{
	static const char *const	bad[] = {
		"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
		"WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
		" " SECRET, SECRET "\n", SECRET " ", SECRET "=", SECRET "A",
		"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_",
		"whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA",
		"whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyB=",
		"whsec_MfKQ9r8GKYqrTwjU\303\251D8ILPZIo2LaLa",
	};
	static const char		tail[] = SECRET "\0tail";
	size_t				i;

	(void)state;
	assert_string_equal(fault_in(secret_of(SECRET)), "");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_string_not_equal(fault_in(secret_of(bad[i])), "");
		assert_null(strstr(fault_in(secret_of(bad[i])), "MfKQ"));
	}
	assert_string_not_equal(fault_in(secret_new(mem, tail,
	    sizeof(tail) - 1)), "");
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(signs_as_the_specification_says),
		promise(two_secrets_give_two_signatures),
		promise(a_new_secret_has_32_bytes_and_is_another_each_time),
		promise(a_key_has_24_to_64_bytes),
		promise(what_is_no_secret_is_refused_without_being_quoted),
	};

	assert_int_equal(crypto_init(), CAL_OK);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
