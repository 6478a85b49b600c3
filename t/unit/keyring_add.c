/*
 * keyring_add: tests of lib/keyring.h: adding a master key to the file.
 */
#include <sys/stat.h>

#include <stdbool.h>

#include "t/unit/helper.h"

#include "lib/crypto.h"
#include "lib/keyring.h"
#include "lib/secret.h"

static const struct seal_place	place = { "grants", "42", "refresh", 7 };

static char	dir[] = "/tmp/cal-keyring-XXXXXX";
static char	path[64], beside[72], linked[72];

static struct attempt {
	const char	*path;
	enum cal_err	 rc;
	uint32_t	 id;
} attempt;

static void
try_add(void *arg)
{
	attempt.path = arg;
	attempt.rc = keyring_add(attempt.path, &attempt.id);
}

static void
add_text(const char *text)
{
	FILE	*f = fopen(path, "a");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
what_was_sealed_before_opens_after(void **state)
{
	struct keyring	*k;
	struct secret	*out;
	struct bytes	 s;
	uint32_t	 id = 0;

	(void)state;
	assert_int_equal(keyring_open(path, &k), CAL_OK);
	s = keyring_seal(k, mem, &place, secret_from_text(mem, "hush"));
	keyring_close(k);
	assert_int_equal(keyring_add(path, &id), CAL_OK);
	assert_int_equal(id, 2);
	assert_int_equal(keyring_open(path, &k), CAL_OK);
	assert_int_equal(keyring_current(k), 2);
	assert_int_equal(keyring_unseal(k, mem, &place, s, &out), CAL_OK);
	assert_string_equal(secret_text(out), "hush");
	keyring_close(k);
}

static void
the_file_stays_ours_alone_and_keeps_its_comments(void **state)
{
	struct stat	 st;
	char		 text[4096];
	uint32_t	 id;
	FILE		*f;
	size_t		 n;

	(void)state;
	add_text("# made for the rotation of March");	/* without a line end */
	assert_int_equal(chmod(path, 0400), 0);
	assert_int_equal(keyring_add(path, &id), CAL_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	f = fopen(path, "r");
	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	(void)fclose(f);
	assert_non_null(strstr(text, "# made for the rotation of March\n"));
	assert_int_equal(access(beside, F_OK), -1);
}

static void
a_number_is_never_used_again(void **state)
{
	uint32_t	id;

	(void)state;
	add_text("key 100 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
	    "key 50 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
	assert_int_equal(keyring_add(path, &id), CAL_OK);
	assert_int_equal(id, 101);
	add_text("key 4294967295 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	assert_non_null(strstr(stderr_of(try_add, path), "no key added"));
	assert_int_equal(attempt.rc, CAL_INVALID);
}

static void
a_link_is_followed_and_stays_a_link(void **state)
{
	struct stat	st;

	(void)state;
	assert_int_equal(symlink("keyring", linked), 0);
	(void)stderr_of(try_add, linked);
	assert_int_equal(attempt.rc, CAL_OK);
	assert_int_equal(attempt.id, 2);
	assert_int_equal(lstat(linked, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	(void)unlink(linked);
}

static void
two_at_a_time_do_not_lose_a_key(void **state)
{
	FILE	*f;

	(void)state;
	f = fopen(beside, "w");
	assert_non_null(f);
	(void)fclose(f);
	assert_non_null(strstr(stderr_of(try_add, path), beside));
	assert_int_equal(attempt.rc, CAL_CONFLICT);
	assert_int_equal(access(beside, F_OK), 0);
}

static void
a_faulty_file_is_left_alone(void **state)
{
	struct stat	before, after;

	(void)state;
	add_text("nonsense\n");
	assert_int_equal(stat(path, &before), 0);
	(void)stderr_of(try_add, path);
	assert_int_equal(attempt.rc, CAL_INVALID);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(before.st_size, after.st_size);
	(void)unlink(path);
	(void)stderr_of(try_add, path);
	assert_int_equal(attempt.rc, CAL_NOTFOUND);
}

static int
setup(void **state)
{
	(void)unlink(path);
	(void)unlink(beside);
	if (keyring_create(path) != CAL_OK)
		return -1;
	return mem_setup(state);
}

static int
make_dir(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL || crypto_init() != CAL_OK)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/keyring", dir);
	(void)snprintf(beside, sizeof(beside), "%s.new", path);
	(void)snprintf(linked, sizeof(linked), "%s.link", path);
	return 0;
}

static int
remove_dir(void **state)
{
	(void)state;
	(void)unlink(path);
	(void)unlink(beside);
	return rmdir(dir);
}

#define kept(f)	cmocka_unit_test_setup_teardown(f, setup, mem_teardown)

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		kept(what_was_sealed_before_opens_after),
		kept(the_file_stays_ours_alone_and_keeps_its_comments),
		kept(a_number_is_never_used_again),
		kept(a_link_is_followed_and_stays_a_link),
		kept(two_at_a_time_do_not_lose_a_key),
		kept(a_faulty_file_is_left_alone),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
