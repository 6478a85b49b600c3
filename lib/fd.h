/*
 * fd: file descriptors, beyond what one system call does.
 */
#ifndef LIB_FD_H
#define LIB_FD_H

#include <stddef.h>

/*
 * Write all of it, in as many calls as it takes.  0; or -1 with errno, and
 * then any part of it may have been written.
 */
int	fd_write_all(int fd, const char *, size_t);

#endif
