/*
 * fd: see fd.h.
 */
#include <errno.h>
#include <unistd.h>

#include "lib/fd.h"

int
fd_write_all(int fd, const char *p, size_t n)
{
	ssize_t	 did;

	while (n != 0) {
		if ((did = write(fd, p, n)) == -1) {
			if (errno == EINTR)
				continue;
			return -1;
		}
		p += did;
		n -= (size_t)did;
	}
	return 0;
}
