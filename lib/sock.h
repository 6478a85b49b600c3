/*
 * sock: a listening Unix socket that workers share.
 */
#ifndef LIB_SOCK_H
#define LIB_SOCK_H

#include <sys/types.h>
#include <sys/un.h>

#include <stddef.h>

#include "lib/err.h"

struct sock {
	int	fd;		/* -1: closed */
	char	path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	dev_t	dev;		/* which file is ours */
	ino_t	ino;
};

/*
 * Bind and listen: non-blocking, close-on-exec, mode 0660, in the group of
 * its directory if we may.  What is left of a process that died is removed;
 * a socket that somebody still listens on is CAL_CONFLICT, a file that is no
 * socket CAL_INVALID.  Says why in the log.
 */
enum cal_err	sock_listen(const char *path, struct sock *) ERR_CHECK;
/* Take the name away, if it is still ours; who is connected stays so. */
void		sock_unlink(struct sock *);
/* Unlink and close. Harmless when closed already. */
void		sock_close(struct sock *);

#endif
