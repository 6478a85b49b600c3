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
	dev_t	dev;		/* identify the socket's file as ours */
	ino_t	ino;
};

/*
 * Binds and listens.  The socket is non-blocking and close-on-exec, has mode
 * 0660, and is in the group of its directory if we may set that.  A socket that
 * a dead process left behind is removed.  CAL_CONFLICT: somebody still listens
 * on it.  CAL_INVALID: the file is no socket.  The log says why.
 */
enum cal_err	sock_listen(const char *path, struct sock *) ERR_CHECK;
/* Removes the socket's file, if it is still ours.  Open connections stay. */
void		sock_unlink(struct sock *);
/* Unlinks and closes the socket.  Harmless if it is closed already. */
void		sock_close(struct sock *);

#endif
