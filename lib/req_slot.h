/*
 * req_slot: requests in hand, and connections that the web server has kept for
 * the next one.  For lib/req_queue.c alone.
 */
#ifndef LIB_REQ_SLOT_H
#define LIB_REQ_SLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fcgiapp.h>

#include "lib/req.h"

/*
 * A request in hand, or a connection that the web server has kept for the next
 * one.
 */
struct slot {
	FCGX_Request	 fcgi;		/* must be first: a request has its address */
	struct req_queue *queue;
	enum { SLOT_FREE, SLOT_HELD, SLOT_KEPT } state;
	bool		 watched;	/* by the epoll */
	bool		 readable;	/* its event came while it was held */
	uint32_t	 kept;		/* when, in the order of all */
	int		 served;	/* requests of this connection */
	struct slot	*next;		/* of those that have sent something */
};

struct req_queue {
	struct slot	 slot[REQ_HELD];
	size_t		 n;			/* slots that were ever used */
	int		 fd;
	int		 epoll;			/* -1: none is kept */
	bool		 let_go;		/* none is kept any more */
	size_t		 nkept;
	uint32_t	 nfinished;
	struct slot	*ready, **last;
};

/* A slot that is free; NULL: as many requests are in hand as may be. */
struct slot	*slot_new(struct req_queue *);
/*
 * Takes the next request of a kept connection.  NULL: there is none, because
 * those that were ready have been closed by the web server.
 */
struct slot	*slot_next_ready(struct req_queue *);
/* Once its request is finished: keeps the connection, if that is still open. */
void		 slot_settle(struct slot *);
/* Closes it at once, without waiting for the web server, if it is open. */
void		 slot_close(struct slot *);

#endif
