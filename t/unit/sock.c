/*
 * sock: tests of lib/sock.h, a listening Unix socket that workers share.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/sock.h"

static char	dir[] = "/tmp/cal-sock-XXXXXX";
static char	path[64];

static int
make_dir(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/s", dir);
	return 0;
}

static int
remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

static int
connect_to(const char *where)
{
	struct sockaddr_un	 sun = { .sun_family = AF_UNIX };
	int			 fd, rc;

	memcpy(sun.sun_path, where, strlen(where) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	rc = connect(fd, (const struct sockaddr *)&sun, sizeof(sun));
	(void)close(fd);
	return rc;
}

static void
listens_for_us_and_the_group_alone(void **state)
{
	struct stat	 st;
	struct sock	 s;
	mode_t		 old = umask(0);

	(void)state;
	assert_int_equal(sock_listen(path, &s), CAL_OK);
	(void)umask(old);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_true((fcntl(s.fd, F_GETFL) & O_NONBLOCK) != 0);
	assert_true((fcntl(s.fd, F_GETFD) & FD_CLOEXEC) != 0);
	assert_int_equal(connect_to(path), 0);
	sock_close(&s);
}

static void
leaves_the_umask_as_it_was(void **state)
{
	struct sock	 s;
	mode_t		 old = umask(027);

	(void)state;
	assert_int_equal(sock_listen(path, &s), CAL_OK);
	assert_int_equal(umask(old), 027);
	sock_close(&s);
}

static void
takes_the_group_of_its_directory(void **state)
{
	struct stat	 st;
	struct sock	 s;

	(void)state;
	if (getuid() != 0)
		skip();
	assert_int_equal(chown(dir, (uid_t)-1, 33), 0);
	assert_int_equal(sock_listen(path, &s), CAL_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_gid, 33);
	sock_close(&s);
	assert_int_equal(chown(dir, (uid_t)-1, 0), 0);
}

static void
closing_removes_it_and_twice_is_harmless(void **state)
{
	struct sock	 s;

	(void)state;
	assert_int_equal(sock_listen(path, &s), CAL_OK);
	sock_close(&s);
	sock_close(&s);
	assert_int_equal(access(path, F_OK), -1);
}

static void
replaces_what_a_dead_process_left(void **state)
{
	struct sock	 dead, s;

	(void)state;
	assert_int_equal(sock_listen(path, &dead), CAL_OK);
	assert_int_equal(close(dead.fd), 0);	/* leaves the file, as kill -9
						 * would */
	assert_int_equal(sock_listen(path, &s), CAL_OK);
	assert_int_equal(connect_to(path), 0);
	sock_close(&s);
}

static void
refuses_where_somebody_listens_and_disturbs_nobody(void **state)
{
	struct sock	 first, second;

	(void)state;
	assert_int_equal(sock_listen(path, &first), CAL_OK);
	assert_int_equal(sock_listen(path, &second), CAL_CONFLICT);
	assert_int_equal(second.fd, -1);
	assert_int_equal(connect_to(path), 0);
	sock_close(&first);
}

static void
never_removes_a_file_that_is_no_socket(void **state)
{
	struct sock	 s;
	int		 fd;

	(void)state;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd != -1);
	(void)close(fd);
	assert_int_equal(sock_listen(path, &s), CAL_INVALID);
	assert_int_equal(unlink(path), 0);
}

static void
leaves_the_socket_of_a_successor_alone(void **state)
{
	struct sock	 old, fresh;

	(void)state;
	assert_int_equal(sock_listen(path, &old), CAL_OK);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(sock_listen(path, &fresh), CAL_OK);
	sock_close(&old);
	assert_int_equal(connect_to(path), 0);
	sock_close(&fresh);
}

static void
refuses_a_path_that_does_not_fit(void **state)
{
	struct sock	 s;
	char		 longest[200];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[0] = '/';
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(sock_listen(longest, &s), CAL_INVALID);
	assert_int_equal(sock_listen("", &s), CAL_INVALID);
	assert_int_equal(sock_listen("/nowhere/at/all/s", &s), CAL_DENIED);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(listens_for_us_and_the_group_alone),
		cmocka_unit_test(leaves_the_umask_as_it_was),
		cmocka_unit_test(takes_the_group_of_its_directory),
		cmocka_unit_test(closing_removes_it_and_twice_is_harmless),
		cmocka_unit_test(replaces_what_a_dead_process_left),
		cmocka_unit_test(
		    refuses_where_somebody_listens_and_disturbs_nobody),
		cmocka_unit_test(never_removes_a_file_that_is_no_socket),
		cmocka_unit_test(leaves_the_socket_of_a_successor_alone),
		cmocka_unit_test(refuses_a_path_that_does_not_fit),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
