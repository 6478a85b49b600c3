/*
 * sock: see sock.h.
 *
 * libfcgi's FCGX_OpenSocket is not used, because its mode depends on the umask
 * of whoever starts us, and because it ends the process silently when bind
 * fails.
 */
#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <libgen.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/log.h"
#include "lib/sock.h"

enum {
	SOCK_MODE = 0660,	/* for us and the web server's group */
};

static enum cal_err
address_init(struct sockaddr_un *sun, const char *path)
{
	size_t	 n = strlen(path);

	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	if (n == 0 || n >= sizeof(sun->sun_path)) {
		log_warn("listen failed: %s: a socket's path has 1 to %zu "
		    "bytes; choose a shorter one", path,
		    sizeof(sun->sun_path) - 1);
		return CAL_INVALID;
	}
	memcpy(sun->sun_path, path, n + 1);
	return CAL_OK;
}

/* Returns whether a process accepts connections on this socket. */
static bool
is_alive(const struct sockaddr_un *sun)
{
	int	 fd;
	bool	 alive;

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return true;	/* unknown, so it is not touched */
	alive = connect(fd, (const struct sockaddr *)sun, sizeof(*sun)) == 0 ||
	    (errno != ECONNREFUSED && errno != ENOENT);
	(void)close(fd);
	return alive;
}

/* Removes a socket that a dead process has left, and nothing else. */
static enum cal_err
remove_stale(const struct sockaddr_un *sun)
{
	const char	*path = sun->sun_path;
	struct stat	 st;

	if (lstat(path, &st) == -1)
		return CAL_OK;	/* bind reports any other error */
	if (!S_ISSOCK(st.st_mode)) {
		log_warn("listen failed: %s: a file that is not a socket is "
		    "in the way; move it, or choose another path", path);
		return CAL_INVALID;
	}
	if (is_alive(sun)) {
		log_warn("listen failed: %s: another process listens there; "
		    "stop it first, or choose another path", path);
		return CAL_CONFLICT;
	}
	if (unlink(path) == -1 && errno != ENOENT) {
		log_warn("listen failed: %s: cannot remove the old socket: %s",
		    path, strerror(errno));
		return CAL_DENIED;
	}
	return CAL_OK;
}

/* A user whose group may enter the directory may then connect, too. */
static void
share_with_group(const char *path)
{
	char		 dir[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	struct stat	 parent, own;

	(void)snprintf(dir, sizeof(dir), "%s", path);
	if (stat(dirname(dir), &parent) == -1 || lstat(path, &own) == -1 ||
	    parent.st_gid == own.st_gid)
		return;
	if (lchown(path, (uid_t)-1, parent.st_gid) == -1)
		log_warn("socket keeps our own group: %s: %s; the web server "
		    "can connect only as a member of it", path,
		    strerror(errno));
}

/*
 * Binds with a mode under which nobody else can connect before mode and group
 * are set.
 */
static enum cal_err
bind_private(int fd, const struct sockaddr_un *sun)
{
	mode_t	 old;
	int	 rc;

	old = umask(S_IXUSR | S_IRWXG | S_IRWXO);
	rc = bind(fd, (const struct sockaddr *)sun, sizeof(*sun));
	(void)umask(old);
	if (rc == -1) {
		log_warn("listen failed: %s: %s", sun->sun_path,
		    strerror(errno));
		return CAL_DENIED;
	}
	share_with_group(sun->sun_path);
	if (chmod(sun->sun_path, SOCK_MODE) == -1 ||
	    listen(fd, SOMAXCONN) == -1) {
		log_warn("listen failed: %s: %s", sun->sun_path,
		    strerror(errno));
		(void)unlink(sun->sun_path);
		return CAL_DENIED;
	}
	return CAL_OK;
}

enum cal_err
sock_listen(const char *path, struct sock *s)
{
	struct sockaddr_un	 sun;
	struct stat		 st;
	enum cal_err		 rc;
	int			 fd;

	memset(s, 0, sizeof(*s));
	s->fd = -1;
	if ((rc = address_init(&sun, path)) != CAL_OK ||
	    (rc = remove_stale(&sun)) != CAL_OK)
		return rc;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1) {
		log_warn("listen failed: %s: %s", path, strerror(errno));
		return CAL_INTERNAL;
	}
	if ((rc = bind_private(fd, &sun)) != CAL_OK) {
		(void)close(fd);
		return rc;
	}
	s->fd = fd;
	memcpy(s->path, sun.sun_path, sizeof(s->path));
	if (lstat(path, &st) == 0) {
		s->dev = st.st_dev;
		s->ino = st.st_ino;
	}
	return CAL_OK;
}

void
sock_unlink(struct sock *s)
{
	struct stat	 st;

	if (s->fd != -1 && lstat(s->path, &st) == 0 && st.st_dev == s->dev &&
	    st.st_ino == s->ino)
		(void)unlink(s->path);
}

void
sock_close(struct sock *s)
{
	if (s->fd == -1)
		return;
	sock_unlink(s);
	(void)close(s->fd);
	s->fd = -1;
}
