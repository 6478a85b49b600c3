/*
 * fault: see fault.h.
 */
#include <sys/file.h>
#include <sys/prctl.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/fault.h"
#include "lib/log.h"

enum {
	NAME_MAX_SIZE = 256,
	THREAD_NAME = 16,	/* see prctl(2) */
	ID_MIN = 16,		/* a part of a path that is this long and has
				 * a digit is an identifier */
};

static char	last_statement[NAME_MAX_SIZE];

/* Uses one write(2), so that the lines of many processes do not mix. */
static void
fault_trace(const char *name)
{
	const char	*file = getenv("FAULT_TRACE");
	char		 line[NAME_MAX_SIZE + 1];
	int		 fd, n;

	if (file == NULL || (fd = open(file, O_WRONLY | O_APPEND |
	    O_CLOEXEC)) == -1)
		return;
	n = snprintf(line, sizeof(line), "%s\n", name);
	if (n < 0 || write(fd, line, (size_t)n) != n)
		abort();
	(void)close(fd);
}

/*
 * Counts down the number in the file, which is locked.  Returns true when it
 * reaches 0.
 */
static bool
count_down(int fd, const char *file, const char *name)
{
	char	 text[NAME_MAX_SIZE + 32];
	char	*armed;
	ssize_t	 n;
	long	 left;

	if ((n = pread(fd, text, sizeof(text) - 1, 0)) <= 0)
		return false;
	text[n] = '\0';
	left = strtol(text, &armed, 10);
	if (*armed != ' ' || strcmp(armed + 1, name) != 0 || left < 1)
		return false;
	if (left == 1)
		return ftruncate(fd, 0) == 0 && unlink(file) == 0;
	n = snprintf(text, sizeof(text), "%ld %s", left - 1, name);
	if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n)
		abort();
	return false;
}

static bool
is_last_point(const char *name)
{
	const char	*file = getenv("FAULT_KILL");
	bool		 last;
	int		 fd;

	if (file == NULL || (fd = open(file, O_RDWR | O_CLOEXEC)) == -1)
		return false;
	last = flock(fd, LOCK_EX) == 0 && count_down(fd, file, name);
	(void)close(fd);
	return last;
}

/*
 * The name leaves out a worker's number ("app/3" becomes "app"), because it
 * does not matter which one is killed.
 */
static void
point_name(char *name, size_t size, const char *when, const char *kind,
    const char *what)
{
	char	 who[THREAD_NAME + 1] = "";

	(void)prctl(PR_GET_NAME, who, 0, 0, 0);
	who[strcspn(who, "/")] = '\0';
	(void)snprintf(name, size, "%s%s %s %s %s", who,
	    log_request_id()[0] == '\0' ? ", idle" : "", when, kind, what);
}

static void
fault_pass(const char *when, const char *kind, const char *what)
{
	char	 name[NAME_MAX_SIZE];

	point_name(name, sizeof(name), when, kind, what);
	fault_trace(name);
	if (is_last_point(name))
		(void)raise(SIGKILL);
}

void
fault_statement(const char *when, const char *name, bool in_transaction)
{
	if (!in_transaction)
		fault_pass(when, "statement", name);
	else
		(void)snprintf(last_statement, sizeof(last_statement),
		    "%s", name);
}

void
fault_commit(const char *when)
{
	fault_pass(when, "commit", last_statement);
}

static bool
is_point_id(const char *part, size_t n)
{
	return n >= ID_MIN && strcspn(part, "0123456789") < n;
}

void
fault_call(const char *when, const char *method, const char *url)
{
	const char	*p = strstr(url, "://");
	char		 what[NAME_MAX_SIZE];
	size_t		 n, used;

	used = (size_t)snprintf(what, sizeof(what), "%s ", method);
	p = p == NULL ? url : p + strlen("://");
	for (p += strcspn(p, "/?#"); *p == '/' && used < sizeof(what) - 1;
	    p += n) {
		n = 1 + strcspn(p + 1, "/?#");
		used += (size_t)snprintf(what + used, sizeof(what) - used,
		    "/%.*s", is_point_id(p + 1, n - 1) ? 1 : (int)n - 1,
		    is_point_id(p + 1, n - 1) ? "*" : p + 1);
	}
	fault_pass(when, "call", what);
}
