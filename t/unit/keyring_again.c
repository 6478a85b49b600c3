/*
 * keyring_again: tests of lib/keyring.h: a keyring file that changes while a
 * process is running that has it open.
 */
#include <sys/stat.h>

#include <stdbool.h>

#include "t/unit/helper.h"

#include "lib/crypto.h"
#include "lib/keyring.h"
#include "lib/secret.h"

#define KEY1	"key 1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
#define KEY2	"key 2 AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\n"
#define OTHER1	"key 1 AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\n"
#define DEPLOY	"deployment 0f0e0d0c-0b0a-4900-8807-060504030201\n"
#define ANOTHER	"deployment 1f0e0d0c-0b0a-4900-8807-060504030201\n"

static const struct seal_place	place = { "grants", "42", "refresh", 7 };

static char		 dir[] = "/tmp/cal-keyring-XXXXXX";
static char		 path[64], beside[72];
static struct keyring	*ours;		/* the keyring of a running process */
static struct bytes	 sealed;
static struct secret	*text;
static enum cal_err	 result;

/*
 * Replaces the file by renaming another one over it, as calendlyctl and careful
 * people do.
 */
static void
put(const char *file)
{
	FILE	*f = fopen(beside, "w");

	assert_non_null(f);
	assert_int_equal(fputs(file, f) < 0, 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(beside, 0600), 0);
	assert_int_equal(rename(beside, path), 0);
}

static void
start_with(const char *file)
{
	put(file);
	assert_int_equal(keyring_open(path, &ours), CAL_OK);
}

/* Seals a secret as another process would that opens the file as it is now. */
static struct bytes
sealed_elsewhere(const char *what)
{
	struct keyring	*k;
	struct bytes	 s;

	assert_int_equal(keyring_open(path, &k), CAL_OK);
	s = keyring_seal(k, mem, &place, secret_from_text(mem, what));
	keyring_close(k);
	return s;
}

static void
unseal(void *arg)
{
	(void)arg;
	result = keyring_unseal(ours, mem, &place, sealed, &text);
}

static void
seal(void *arg)
{
	sealed = keyring_seal(ours, mem, &place, secret_from_text(mem, arg));
}

static void
look(void *arg)
{
	(void)arg;
	keyring_look_again(ours);
}

static unsigned char
key_of(struct bytes s)
{
	return ((const unsigned char *)s.p)[4];
}

static void
what_a_new_key_sealed_opens_without_a_signal(void **state)
{
	(void)state;
	start_with(DEPLOY KEY1);
	put(DEPLOY KEY1 KEY2);
	sealed = sealed_elsewhere("hush");
	assert_int_equal(key_of(sealed), 2);
	assert_int_equal(keyring_current(ours), 1);
	assert_non_null(strstr(stderr_of(unseal, NULL), "key 2 seals now"));
	assert_int_equal(result, CAL_OK);
	assert_string_equal(secret_text(text), "hush");
	assert_int_equal(keyring_current(ours), 2);
	keyring_close(ours);
}

static void
what_is_sealed_after_a_key_was_added_is_sealed_with_it(void **state)
{
	char	 what[] = "hush";

	(void)state;
	start_with(DEPLOY KEY1);
	(void)stderr_of(seal, what);
	assert_int_equal(key_of(sealed), 1);
	put(DEPLOY KEY1 KEY2);
	(void)stderr_of(seal, what);
	assert_int_equal(key_of(sealed), 2);
	keyring_close(ours);
}

static void
a_key_that_is_nowhere_is_told_from_damage(void **state)
{
	const char	*log;

	(void)state;
	start_with(DEPLOY KEY1 KEY2);
	sealed = sealed_elsewhere("hush");
	keyring_close(ours);
	start_with(DEPLOY KEY1);
	log = stderr_of(unseal, NULL);
	assert_int_equal(result, CAL_NOTFOUND);
	assert_string_equal(log, "");	/* the file has not changed */
	keyring_close(ours);
}

/*
 * Each fault of a changed file is logged once, however often the file is looked
 * at, and the process goes on with the keys that it has.
 */
static void
a_file_that_cannot_be_right_is_said_and_left_alone(void **state)
{
	static const struct {
		const char	*file, *says;
	} c[] = {
		{ DEPLOY KEY1, "lacks the key that seals now" },
		{ ANOTHER KEY1 KEY2, "belongs to another deployment" },
		{ DEPLOY OTHER1 "key 2 " KEY1, "line 3" },
		{ DEPLOY OTHER1 KEY2, "another than before" },
		{ "", "has no" },
		{ DEPLOY "key 1 AAAA", "line 2" },
	};
	size_t	 i;

	(void)state;
	start_with(DEPLOY KEY1 KEY2);
	for (i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		put(c[i].file);
		assert_non_null(strstr(stderr_of(look, NULL), c[i].says));
		assert_string_equal(stderr_of(look, NULL), "");
		assert_int_equal(keyring_current(ours), 2);
		assert_int_equal(keyring_count(ours), 2);
	}
	assert_int_equal(unlink(path), 0);
	assert_string_equal(stderr_of(look, NULL), "");
	assert_int_equal(keyring_current(ours), 2);
	put(DEPLOY KEY2);
	assert_non_null(strstr(stderr_of(look, NULL), "key 2 seals now"));
	assert_int_equal(keyring_count(ours), 1);
	assert_int_equal(keyring_id(ours, 0), 2);
	keyring_close(ours);
}

/*
 * Under AddressSanitizer memory cannot be locked, so there is nothing to test.
 */
#ifndef __SANITIZE_ADDRESS__

/* Returns how much memory of this process cannot be swapped out, in kB. */
static long
locked(void)
{
	FILE	*f = fopen("/proc/self/status", "r");
	char	 line[256];
	long	 kb = -1;

	assert_non_null(f);
	while (kb == -1 && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "VmLck:", 6) == 0)
			kb = strtol(line + 6, NULL, 10);
	(void)fclose(f);
	return kb;
}

static void
keys_stay_in_locked_memory_which_does_not_grow(void **state)
{
	const long	 before = locked();
	long		 held;
	int		 i;

	(void)state;
	start_with(DEPLOY KEY1);
	held = locked();
	assert_true(held > before);
	for (i = 0; i < 8; i++) {
		put(i % 2 == 0 ? DEPLOY KEY1 KEY2 : DEPLOY "# x\n" KEY2);
		(void)stderr_of(look, NULL);
		assert_int_equal(keyring_current(ours), 2);
		assert_int_equal(locked(), held);
	}
	keyring_close(ours);
	assert_int_equal(locked(), before);
}

#endif

static int
make_dir(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL || crypto_init() != CAL_OK)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/keyring", dir);
	(void)snprintf(beside, sizeof(beside), "%s.beside", path);
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
		promise(what_a_new_key_sealed_opens_without_a_signal),
		promise(what_is_sealed_after_a_key_was_added_is_sealed_with_it),
		promise(a_key_that_is_nowhere_is_told_from_damage),
		promise(a_file_that_cannot_be_right_is_said_and_left_alone),
#ifndef __SANITIZE_ADDRESS__
		promise(keys_stay_in_locked_memory_which_does_not_grow),
#endif
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
