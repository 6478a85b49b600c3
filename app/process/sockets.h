/*
 * sockets: where nginx passes requests to: one socket for each pool.
 *
 * That of health checks is named after the app workers': "app.sock.health".
 */
#ifndef APP_PROCESS_SOCKETS_H
#define APP_PROCESS_SOCKETS_H

#include "lib/err.h"
#include "lib/sock.h"

struct settings;

struct sockets {
	struct sock	app;
	struct sock	ingest;
	struct sock	health;
};

/* All of them, or none. */
enum cal_err	sockets_open(struct sockets *, const struct settings *)
		    ERR_CHECK;
/* New connections are refused; who waits already is served. */
void		sockets_unlink(struct sockets *);
void		sockets_close(struct sockets *);

#endif
