/*
 * log_pipe: see log_pipe.h.
 */
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "lib/fd.h"
#include "lib/log_line.h"
#include "lib/log_pipe.h"

enum {
	IN,			/* the end to which processes send lines */
	OUT,			/* the end from which the writer reads */
	PATIENCE_MS = 100,	/* to wait for a writer that is only slow */
};

static int	ends[2] = { -1, -1 };
static bool	patient = true;

/* Writing to a file needs no reader who could stall it. */
static bool
is_file(int fd)
{
	struct stat	 st;

	return fstat(fd, &st) == -1 || S_ISREG(st.st_mode);
}

enum cal_err
log_pipe_open(void)
{
	if (is_file(STDERR_FILENO))
		return CAL_OK;
	/*
	 * A socket of messages keeps each line whole, whichever process dies
	 * when.
	 */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0)
		return CAL_OK;
	ends[IN] = ends[OUT] = -1;
	return CAL_UNAVAILABLE;
}

/* An error ends it silently, because there is nowhere to report it. */
static void
pipe_write_line(const char *line, size_t n)
{
	(void)fd_write_all(STDERR_FILENO, line, n);
}

/* Runs until no process is left that could send a line. */
static void
pass_on(int from)
{
	char	 line[LOG_LINE_MAX];
	ssize_t	 n;

	while ((n = recv(from, line, sizeof(line), 0)) > 0 ||
	    (n == -1 && errno == EINTR))
		if (n > 0)
			pipe_write_line(line, (size_t)n);
}

/*
 * The writer closes all descriptors that it does not need: the workers'
 * listening sockets must not stay open in it, and if it held the sending end of
 * its own socket it would never read the end of file.
 */
static _Noreturn void
be_writer(void)
{
	(void)prctl(PR_SET_NAME, "log", 0, 0, 0);
	if (dup2(ends[OUT], STDIN_FILENO) != -1 &&
	    close_range(STDERR_FILENO + 1, ~0U, 0) == 0)
		pass_on(STDIN_FILENO);
	_exit(0);
}

pid_t
log_pipe_start(void)
{
	pid_t	 pid;

	if (ends[OUT] == -1)
		return 0;
	if ((pid = fork()) == 0)
		be_writer();
	return pid;
}

static bool
has_room(void)
{
	struct pollfd	 pfd = { .fd = ends[IN], .events = POLLOUT };

	return poll(&pfd, 1, PATIENCE_MS) > 0 && (pfd.revents & POLLOUT) != 0;
}

static bool
try_line(const char *line, size_t n)
{
	return send(ends[IN], line, n, MSG_DONTWAIT | MSG_NOSIGNAL) != -1;
}

bool
log_pipe_write(const char *line, size_t n)
{
	if (ends[IN] == -1) {
		pipe_write_line(line, n);
		return true;
	}
	if (!try_line(line, n))
		patient = patient && errno == EAGAIN && has_room() &&
		    try_line(line, n);
	else
		patient = true;
	return patient;
}

static bool
ends_within(pid_t pid, int ms)
{
	struct pollfd	 pfd = { .fd = pidfd_open(pid, 0), .events = POLLIN };
	bool		 ended;

	ended = pfd.fd != -1 && poll(&pfd, 1, ms) > 0;
	if (pfd.fd != -1)
		(void)close(pfd.fd);
	return ended;
}

void
log_pipe_close(pid_t writer, int ms)
{
	if (ends[IN] == -1)
		return;
	(void)close(ends[IN]);
	(void)close(ends[OUT]);
	ends[IN] = ends[OUT] = -1;
	if (writer <= 0)
		return;
	if (!ends_within(writer, ms))
		(void)kill(writer, SIGKILL);
	(void)waitpid(writer, NULL, 0);
}
