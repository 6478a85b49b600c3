/*
 * crypto: tests of lib/crypto.h: hashes, MACs, sealing, random values, text
 * forms, and guarded memory.
 */
#include <stdbool.h>

#include <time.h>

#include "t/unit/helper.h"

#include "lib/crypto.h"
#include "lib/secret.h"

static struct bytes
bytes_of(const char *s)
{
	return (struct bytes){ s, strlen(s) };
}

static const char *
hex_of(const void *p, size_t n)
{
	return crypto_hex(mem, (struct bytes){ p, n });
}

/* The expected values are NIST's examples for SHA-256 (FIPS 180-4). */
static void
hashes_as_sha256_says(void **state)
{
	uint8_t	out[CRYPTO_HASHSZ];

	(void)state;
	crypto_sha256(out, NULL, 0);
	assert_string_equal(hex_of(out, sizeof(out)), "e3b0c44298fc1c149afb"
	    "f4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_string_equal(crypto_hex(mem, crypto_hash_text(mem, "abc")),
	    "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
}

static void
parts_in_a_row_are_one_text(void **state)
{
	const struct bytes	parts[] = {
		bytes_of("a"), bytes_of(""), bytes_of("bc")
	};
	uint8_t			out[CRYPTO_HASHSZ], mac[CRYPTO_HASHSZ];
	struct bytes		whole = bytes_of("abc");

	(void)state;
	crypto_sha256(out, parts, 3);
	assert_memory_equal(out, crypto_hash_text(mem, "abc").p,
	    CRYPTO_HASHSZ);
	crypto_hmac(out, bytes_of("k"), parts, 3);
	crypto_hmac(mac, bytes_of("k"), &whole, 1);
	assert_true(crypto_equal(out, mac, CRYPTO_HASHSZ));
}

static void
signs_webhooks_as_calendly_does(void **state)
{
	static const struct {
		const char	*key, *t, *body, *v1;
	} c[] = {
		{ "5mEzn9C-I28UtwOjZJtFoob0sAAFZ95GbZkqj4y3i0I", "1762967812",
		  "{\"event\":\"invitee.created\"}",
		  "e1b82a0c311e6282f5b2cf34e3f2f19c"
		  "d0edd8f0f1931ae1fc626f84721bd793" },
		{ "whsec_0123456789abcdef", "1795000000", "",
		  "1b5bc5c7bc06ad25006109fa641e408c"
		  "f64b5b84fccc91dd40e6ccc56343961c" },
		{ "schlüssel", "1795000001",
		  "{\"name\":\"Žofie – 会議\"}",
		  "3bc2fb1fa95eb047dc1790e451f5afb3"
		  "43d347d8ff0538e84beec0e0a2ce937e" },
	};
	struct bytes	parts[3];
	uint8_t		out[CRYPTO_HASHSZ];
	size_t		i;

	(void)state;
	for (i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		parts[0] = bytes_of(c[i].t);
		parts[1] = bytes_of(".");
		parts[2] = bytes_of(c[i].body);
		crypto_hmac(out, bytes_of(c[i].key), parts, 3);
		assert_string_equal(hex_of(out, sizeof(out)), c[i].v1);
	}
}

/* RFC 4231, test case 6, has a key that is longer than a block. */
static void
a_key_may_be_of_any_length(void **state)
{
	struct bytes	part = bytes_of("Test Using Larger Than Block-Size "
			    "Key - Hash Key First");
	char		key[131];
	uint8_t		out[CRYPTO_HASHSZ];

	(void)state;
	memset(key, 0xaa, sizeof(key));
	crypto_hmac(out, (struct bytes){ key, sizeof(key) }, &part, 1);
	assert_string_equal(hex_of(out, sizeof(out)),
	    "60e431591ee0b67f0d8a26aacbf5b77f"
	    "8e0bc6213728c5140546040f0ee37f54");
}

/* The verifier and its challenge are those of RFC 7636, appendix B. */
static void
makes_the_pkce_challenge_of_the_rfc(void **state)
{
	struct secret	*verifier;

	(void)state;
	verifier = secret_from_text(mem,
	    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
	assert_string_equal(crypto_pkce_challenge(mem, verifier),
	    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

static void
tokens_and_uuids_have_their_form_and_differ(void **state)
{
	struct secret	*a = crypto_token(mem), *b = crypto_token(mem);
	const char	*u = crypto_uuid(mem), *v = crypto_uuid(mem);
	struct bytes	 raw;
	size_t		 i;

	(void)state;
	assert_int_equal(secret_len(a), CRYPTO_TOKENSZ);
	assert_true(crypto_unbase64url(mem, secret_text(a), &raw));
	assert_int_equal(raw.n, 32);
	assert_string_not_equal(secret_text(a), secret_text(b));
	assert_string_not_equal(u, v);
	assert_int_equal(strlen(u), CRYPTO_UUIDSZ);
	for (i = 0; i < CRYPTO_UUIDSZ; i++)
		assert_int_equal(u[i] == '-',
		    i == 8 || i == 13 || i == 18 || i == 23);
	assert_int_equal(u[14], '4');
	assert_non_null(strchr("89ab", u[19]));
	assert_int_equal(strspn(u, "0123456789abcdef-"), CRYPTO_UUIDSZ);
}

/* Returns the milliseconds that a UUID of version 7 begins with. */
static uint64_t
milliseconds_in(const char *uuid)
{
	char	 hex[13];

	(void)snprintf(hex, sizeof(hex), "%.8s%.4s", uuid, uuid + 9);
	return strtoull(hex, NULL, 16);
}

static void
a_uuid_of_version_7_begins_with_its_time(void **state)
{
	const uint64_t	 before = (uint64_t)time(NULL) * 1000;
	const char	*u = crypto_uuid7(mem), *v = crypto_uuid7(mem);
	const uint64_t	 after = ((uint64_t)time(NULL) + 1) * 1000;

	(void)state;
	assert_true(crypto_is_uuid(u) && crypto_is_uuid(v));
	assert_int_equal(u[14], '7');
	assert_non_null(strchr("89ab", u[19]));
	assert_int_equal(strspn(u, "0123456789abcdef-"), CRYPTO_UUIDSZ);
	assert_true(before <= milliseconds_in(u));
	assert_true(milliseconds_in(u) <= milliseconds_in(v));
	assert_true(milliseconds_in(v) <= after);
	assert_string_not_equal(u + 15, v + 15);
}

static void
a_uuid_is_told_from_other_text(void **state)
{
	static const char *const	wrong[] = {
		"", "x", "0f0e0d0c-0b0a-4908-8706-05040302010",
		"0f0e0d0c-0b0a-4908-8706-0504030201000",
		"0f0e0d0c-0b0a-4908-8706-0504030201g0",
		"0f0e0d0c00b0a-4908-8706-050403020100",
		"0f0e0d0c-0b0a-4908-8706_050403020100",
	};
	size_t				 i;

	(void)state;
	assert_true(crypto_is_uuid("0f0e0d0c-0b0a-4908-8706-050403020100"));
	assert_true(crypto_is_uuid("0F0E0D0C-0B0A-4908-8706-050403020100"));
	assert_true(crypto_is_uuid(crypto_uuid(mem)));
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(crypto_is_uuid(wrong[i]));
}

static void
compares_all_bytes(void **state)
{
	(void)state;
	assert_true(crypto_equal("abc", "abd", 2));
	assert_false(crypto_equal("abc", "abd", 3));
	assert_true(crypto_equal("", "", 0));
}

static void
hex_reads_back_and_nothing_else_does(void **state)
{
	static const char *const	bad[] = { "0", "0g", "g0", "0 1", "-1",
					    "ab:cd", "0x12" };
	struct bytes	out;
	size_t		i;

	(void)state;
	assert_string_equal(hex_of("\0\xff\x10", 3), "00ff10");
	assert_true(crypto_unhex(mem, "00fF10", 6, &out));
	assert_int_equal(out.n, 3);
	assert_memory_equal(out.p, "\0\xff\x10", 3);
	assert_true(crypto_unhex(mem, "", 0, &out));
	assert_int_equal(out.n, 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(crypto_unhex(mem, bad[i], strlen(bad[i]), &out));
}

/*
 * The texts are from RFC 4648, section 10; the bytes "\xfb\xff" are encoded
 * with characters in which the two alphabets differ.
 */
static void
base64_reads_back_and_has_one_form(void **state)
{
	static const char *const	bad[] = { "A", "Zg==", "Zh", "Zm+v",
					    "Zm/v", "Zg =", "Zm9v\n", "Zm 9v",
					    "Zm9v\xff\xff\xff\xff" };
	struct bytes	out;
	size_t		i;

	(void)state;
	assert_string_equal(crypto_base64url(mem, bytes_of("")), "");
	assert_string_equal(crypto_base64url(mem, bytes_of("f")), "Zg");
	assert_string_equal(crypto_base64(mem, bytes_of("f")), "Zg==");
	assert_string_equal(crypto_base64url(mem, bytes_of("\xfb\xff")),
	    "-_8");
	assert_string_equal(crypto_base64(mem, bytes_of("\xfb\xff")), "+/8=");
	assert_true(crypto_unbase64url(mem, "Zm9vYmFy", &out));
	assert_int_equal(out.n, 6);
	assert_memory_equal(out.p, "foobar", 6);
	assert_true(crypto_unbase64url(mem, "", &out));
	assert_int_equal(out.n, 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(crypto_unbase64url(mem, bad[i], &out));
	assert_true(crypto_unbase64(mem, "+/8=", &out));
	assert_int_equal(out.n, 2);
	assert_memory_equal(out.p, "\xfb\xff", 2);
	assert_false(crypto_unbase64(mem, "-_8=", &out));
	assert_false(crypto_unbase64(mem, "+/8", &out));
	assert_false(crypto_unbase64(mem, "+/9=", &out));
	assert_false(crypto_unbase64(mem, "+/8=\n", &out));
}

static void
what_was_altered_does_not_unseal(void **state)
{
	static const uint8_t	key[CRYPTO_KEYSZ], other[CRYPTO_KEYSZ] = { 1 };
	static const uint8_t	nonce[CRYPTO_NONCESZ];
	uint8_t			sealed[6 + CRYPTO_TAGSZ], out[6];
	struct bytes		s = { sealed, sizeof(sealed) };
	struct bytes		ad = bytes_of("ad");
	size_t			i;

	(void)state;
	crypto_seal(sealed, key, nonce, bytes_of("foobar"), ad);
	assert_true(crypto_unseal(out, key, nonce, s, ad));
	assert_memory_equal(out, "foobar", 6);
	assert_false(crypto_unseal(out, other, nonce, s, ad));
	assert_false(crypto_unseal(out, key, nonce, s, bytes_of("aD")));
	for (i = 0; i < sizeof(sealed); i++) {
		sealed[i] ^= 1;
		assert_false(crypto_unseal(out, key, nonce, s, ad));
		sealed[i] ^= 1;
	}
}

static void
write_to_guarded(void *arg)
{
	char	*p = crypto_guarded_new(16);

	crypto_guarded_readonly(p);
	p[0] = *(const char *)arg;
}

static void
guarded_memory_cannot_be_written_once_it_is_readonly(void **state)
{
	char	*p = crypto_guarded_new(16);
	char	 x = 'x';

	(void)state;
	assert_int_equal(p[15], 0);
	p[15] = x;
	crypto_guarded_readonly(p);
	assert_int_equal(p[15], x);
	crypto_guarded_free(p);
	crypto_guarded_free(NULL);
	assert_int_not_equal(exit_of(write_to_guarded, &x), 0);
}

static int
start(void **state)
{
	(void)state;
	if (crypto_init() != CAL_OK)
		return -1;
	/* Calling crypto_init() a second time is harmless. */
	return crypto_init() == CAL_OK ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(hashes_as_sha256_says),
		promise(parts_in_a_row_are_one_text),
		promise(signs_webhooks_as_calendly_does),
		promise(a_key_may_be_of_any_length),
		promise(makes_the_pkce_challenge_of_the_rfc),
		promise(tokens_and_uuids_have_their_form_and_differ),
		promise(a_uuid_of_version_7_begins_with_its_time),
		promise(a_uuid_is_told_from_other_text),
		promise(compares_all_bytes),
		promise(hex_reads_back_and_nothing_else_does),
		promise(base64_reads_back_and_has_one_form),
		promise(what_was_altered_does_not_unseal),
		promise(guarded_memory_cannot_be_written_once_it_is_readonly),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start, NULL);
}
