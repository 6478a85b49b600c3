/*
 * listen_print: writes lines without ever being stuck in a write.
 *
 * Whoever reads the output may be slow, or have stopped.  A pipe that poll(2)
 * calls writable takes PIPE_BUF bytes at once.  So no more are written at a
 * time, and the command can be ended while it waits for room.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "app/ctl/listen.h"

enum { ROOM_MS = 20 };		/* between two looks for room */

static short
output_state(short events)
{
	struct pollfd	 p = { .fd = STDOUT_FILENO, .events = events };

	return poll(&p, 1, 0) == 1 ? p.revents : 0;
}

static void
give_up_output(struct listen *l)
{
	l->over = l->unread = true;
}

void
listen_watch_reader(struct listen *l)
{
	if ((output_state(0) & (POLLERR | POLLHUP | POLLNVAL)) != 0)
		give_up_output(l);
}

/*
 * Writes as much as there is room for now.  Returns how much that was; -1: the
 * output can't be written any more.
 */
static ssize_t
print_some(const char *p, size_t n)
{
	const short	 state = output_state(POLLOUT);
	ssize_t		 done;

	if (state == 0)
		return 0;
	if ((state & POLLOUT) == 0)
		return -1;
	done = write(STDOUT_FILENO, p, n < PIPE_BUF ? n : PIPE_BUF);
	return done == -1 && (errno == EINTR || errno == EAGAIN) ? 0 : done;
}

static void
print_bytes(struct listen *l, const char *p, size_t n)
{
	ssize_t	 done;

	while (n > 0 && !l->over) {
		done = print_some(p, n);
		if (done == -1) {
			give_up_output(l);
		} else if (done == 0) {
			listen_pause(l, ROOM_MS);
		} else {
			p += done;
			n -= (size_t)done;
		}
	}
}

void
listen_print(struct listen *l, const char *line)
{
	print_bytes(l, line, strlen(line));
	print_bytes(l, "\n", 1);
}
