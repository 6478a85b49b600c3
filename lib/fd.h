/*
 * fd: what takes several system calls on a file descriptor.
 */
#ifndef LIB_FD_H
#define LIB_FD_H

#include <stddef.h>

/*
 * Writes all of the bytes, in as many calls as that takes.  Returns 0; or -1
 * with errno set, and then some of the bytes may have been written.
 */
int	fd_write_all(int fd, const char *, size_t);

#endif
