/*
 * sockets: see sockets.h.
 */
#include <stdio.h>

#include "app/process/sockets.h"
#include "app/settings/settings.h"

/*
 * The health socket's path always fits, because check_socket() leaves room for
 * the ending.
 */
static enum cal_err
open_health(struct sock *s, const char *app_socket)
{
	char	 path[sizeof(s->path)];

	(void)snprintf(path, sizeof(path), "%s" SETTINGS_HEALTH_SOCKET,
	    app_socket);
	return sock_listen(path, s);
}

enum cal_err
sockets_open(struct sockets *all, const struct settings *s)
{
	enum cal_err	 rc;

	*all = (struct sockets){ { .fd = -1 }, { .fd = -1 }, { .fd = -1 } };
	if ((rc = sock_listen(s->app_socket, &all->app)) != CAL_OK ||
	    (rc = sock_listen(s->ingest_socket, &all->ingest)) != CAL_OK ||
	    (rc = open_health(&all->health, s->app_socket)) != CAL_OK)
		sockets_close(all);
	return rc;
}

void
sockets_unlink(struct sockets *all)
{
	sock_unlink(&all->app);
	sock_unlink(&all->ingest);
	sock_unlink(&all->health);
}

void
sockets_close(struct sockets *all)
{
	sock_close(&all->app);
	sock_close(&all->ingest);
	sock_close(&all->health);
}
