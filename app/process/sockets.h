/*
 * sockets: the Unix sockets to which nginx passes requests, one for each pool.
 *
 * The socket of health checks takes its name from that of the app workers, with
 * ".health" at the end: "app.sock.health".
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

/* Opens all three sockets, or none if one of them fails. */
enum cal_err	sockets_open(struct sockets *, const struct settings *)
		    ERR_CHECK;
/*
 * Removes the sockets' files, so that new connections are refused; connections
 * that already wait are still served.
 */
void		sockets_unlink(struct sockets *);
void		sockets_close(struct sockets *);

#endif
