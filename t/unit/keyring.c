/*
 * keyring: tests of lib/keyring.h: sealing with master keys, and the file that
 * holds them.
 */
#include <sys/stat.h>

#include <stdbool.h>

#include "t/unit/helper.h"

#include "lib/crypto.h"
#include "lib/keyring.h"
#include "lib/secret.h"

#define KEY1	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define KEY2	"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"
#define DEPLOY	"deployment 0f0e0d0c-0b0a-4900-8807-060504030201\n"

static const struct seal_place	place = { "grants", "42", "refresh", 7 };

static char	dir[] = "/tmp/cal-keyring-XXXXXX";
static char	path[64];

static void
put(const char *text, mode_t mode)
{
	FILE	*f;

	(void)unlink(path);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static struct keyring *
open_text(const char *text)
{
	struct keyring	*k;

	put(text, 0600);
	assert_int_equal(keyring_open(path, &k), CAL_OK);
	return k;
}

static struct attempt {
	struct keyring	*k;
	enum cal_err	 rc;
} attempt;

static void
try_open(void *arg)
{
	(void)arg;
	attempt.rc = keyring_open(path, &attempt.k);
	assert_null(attempt.k);
}

static void
seals_and_unseals_with_the_last_key(void **state)
{
	struct keyring	*k = open_text(DEPLOY "key 1 " KEY1 "\nkey 9 " KEY2);
	struct secret	*out;
	struct bytes	 s;

	(void)state;
	assert_string_equal(keyring_deployment(k),
	    "0f0e0d0c-0b0a-4900-8807-060504030201");
	assert_int_equal(keyring_current(k), 9);
	s = keyring_seal(k, mem, &place, secret_from_text(mem, "hush"));
	assert_int_equal(s.n, 1 + 4 + 24 + 4 + 16);
	assert_memory_equal(s.p, "\1\0\0\0\11", 5);
	assert_int_equal(keyring_unseal(k, mem, &place, s, &out), CAL_OK);
	assert_string_equal(secret_text(out), "hush");
	s = keyring_seal(k, mem, &place, secret_from_text(mem, ""));
	assert_int_equal(keyring_unseal(k, mem, &place, s, &out), CAL_OK);
	assert_int_equal(secret_len(out), 0);
	keyring_close(k);
	keyring_close(NULL);
}

static void
equal_secrets_are_sealed_differently(void **state)
{
	struct keyring	*k = open_text(DEPLOY "key 1 " KEY1 "\n");
	struct secret	*s = secret_from_text(mem, "hush");
	struct bytes	 a = keyring_seal(k, mem, &place, s);
	struct bytes	 b = keyring_seal(k, mem, &place, s);

	(void)state;
	assert_int_equal(a.n, b.n);
	assert_memory_not_equal(a.p, b.p, a.n);
	keyring_close(k);
}

static void
older_keys_open_what_they_sealed(void **state)
{
	struct keyring	*k = open_text(DEPLOY "key 1 " KEY1 "\n");
	struct secret	*out;
	struct bytes	 s;

	(void)state;
	s = keyring_seal(k, mem, &place, secret_from_text(mem, "hush"));
	keyring_close(k);
	k = open_text(DEPLOY "# old\nkey 1 " KEY1 "\n\n\tkey  2\t" KEY2 "\r\n");
	assert_int_equal(keyring_current(k), 2);
	assert_int_equal(keyring_unseal(k, mem, &place, s, &out), CAL_OK);
	keyring_close(k);
	k = open_text(DEPLOY "key 2 " KEY2 "\n");
	assert_int_equal(keyring_unseal(k, mem, &place, s, &out),
	    CAL_NOTFOUND);
	assert_null(out);
	keyring_close(k);
	k = open_text(DEPLOY "key 1 " KEY2 "\n");
	assert_int_equal(keyring_unseal(k, mem, &place, s, &out), CAL_INVALID);
	keyring_close(k);
}

static void
what_was_altered_or_moved_does_not_open(void **state)
{
	static const struct seal_place	moved[] = {
		{ "grant", "s42", "refresh", 7 }, { "grants", "43", "refresh",
		7 }, { "grants", "42", "access", 7 }, { "grants", "42",
		"refresh", 8 }, { "grants4", "2", "refresh", 7 },
	};
	struct keyring	*k = open_text(DEPLOY "key 1 " KEY1 "\n");
	struct secret	*out;
	struct bytes	 s;
	char		*p;
	size_t		 i;

	(void)state;
	s = keyring_seal(k, mem, &place, secret_from_text(mem, "hush"));
	for (i = 0; i < sizeof(moved) / sizeof(moved[0]); i++)
		assert_int_equal(keyring_unseal(k, mem, &moved[i], s, &out),
		    CAL_INVALID);
	for (i = 0; i < s.n; i++) {
		p = arena_ndup(mem, s.p, s.n);
		p[i] ^= 0x40;
		assert_int_not_equal(keyring_unseal(k, mem, &place,
		    (struct bytes){ p, s.n }, &out), CAL_OK);
		assert_int_not_equal(keyring_unseal(k, mem, &place,
		    (struct bytes){ s.p, i }, &out), CAL_OK);
	}
	assert_int_equal(keyring_unseal(k, mem, &place,
	    (struct bytes){ NULL, 0 }, &out), CAL_INVALID);
	keyring_close(k);
}

static void
a_file_that_others_could_read_is_refused(void **state)
{
	static const mode_t	bad[] = { 0640, 0604, 0610, 0602, 0666 };
	const char		*log;
	size_t			 i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put(DEPLOY "key 1 " KEY1 "\n", bad[i]);
		log = stderr_of(try_open, NULL);
		assert_int_equal(attempt.rc, CAL_DENIED);
		assert_non_null(strstr(log, "chmod 600"));
		assert_non_null(strstr(log, path));
	}
}

static void
what_is_no_file_is_refused_at_once(void **state)
{
	(void)state;
	(void)unlink(path);
	assert_non_null(strstr(stderr_of(try_open, NULL), "No such file"));
	assert_int_equal(attempt.rc, CAL_NOTFOUND);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_non_null(strstr(stderr_of(try_open, NULL), "regular file"));
	assert_int_equal(attempt.rc, CAL_INVALID);
	(void)unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_non_null(strstr(stderr_of(try_open, NULL), "regular file"));
	assert_int_equal(rmdir(path), 0);
}

static void
a_fault_is_named_by_its_line_without_any_key(void **state)
{
	static const struct {
		const char	*text, *says;
	} c[] = {
		{ "", "has no \\\"key\\\" line" },
		{ "key 1 " KEY1 "\n", "has no \\\"deployment\\\" line" },
		{ DEPLOY, "has no \\\"key\\\" line" },
		{ DEPLOY DEPLOY, "line 2: a second" },
		{ "deployment x\n", "line 1: " },
		{ "deployment\n", "line 1: " },
		{ DEPLOY "\nkey\n", "line 3: " },
		{ DEPLOY "key 0 " KEY1, "line 2: " },
		{ DEPLOY "key 4294967296 " KEY1, "line 2: " },
		{ DEPLOY "key -1 " KEY1, "line 2: " },
		{ DEPLOY "key 1x " KEY1, "line 2: " },
		{ DEPLOY "key 1\n", "line 2: the key must be 43" },
		{ DEPLOY "key 1 " KEY1 "A", "line 2: the key must be 43" },
		{ DEPLOY "key 1 " KEY1 " x", "line 2: something follows" },
		{ DEPLOY "key 1 " KEY1 "\nkey 1 " KEY2, "line 3: the number" },
		{ DEPLOY KEY1 "\n", "line 2: a line must begin" },
	};
	const char	*log;
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		put(c[i].text, 0600);
		log = stderr_of(try_open, NULL);
		assert_int_equal(attempt.rc, CAL_INVALID);
		assert_non_null(strstr(log, c[i].says));
		assert_null(strstr(log, KEY1));
		assert_null(strstr(log, KEY2));
	}
}

static void
create_again(void *arg)
{
	*(enum cal_err *)arg = keyring_create(path);
}

static void
a_new_file_is_ours_alone_and_never_overwritten(void **state)
{
	struct keyring	*k;
	struct stat	 st;
	enum cal_err	 rc;
	mode_t		 old;
	char		 id[CRYPTO_UUIDSZ + 1];

	(void)state;
	(void)unlink(path);
	old = umask(0);
	assert_int_equal(keyring_create(path), CAL_OK);
	(void)umask(old);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(keyring_open(path, &k), CAL_OK);
	assert_int_equal(keyring_current(k), 1);
	(void)snprintf(id, sizeof(id), "%s", keyring_deployment(k));
	keyring_close(k);
	assert_non_null(strstr(stderr_of(create_again, &rc), path));
	assert_int_equal(rc, CAL_CONFLICT);
	assert_int_equal(keyring_open(path, &k), CAL_OK);
	assert_string_equal(keyring_deployment(k), id);
	keyring_close(k);
}

static int
make_dir(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL || crypto_init() != CAL_OK)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/keyring", dir);
	return 0;
}

static int
remove_dir(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(seals_and_unseals_with_the_last_key),
		promise(equal_secrets_are_sealed_differently),
		promise(older_keys_open_what_they_sealed),
		promise(what_was_altered_or_moved_does_not_open),
		promise(a_file_that_others_could_read_is_refused),
		promise(what_is_no_file_is_refused_at_once),
		promise(a_fault_is_named_by_its_line_without_any_key),
		promise(a_new_file_is_ours_alone_and_never_overwritten),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
