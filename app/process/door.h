/*
 * door: the descriptors at which a worker waits: the listener for requests, the
 * connections that the web server has kept, and the leash (generation.h).
 */
#ifndef APP_PROCESS_DOOR_H
#define APP_PROCESS_DOOR_H

#include <stdbool.h>

#include <poll.h>

struct req_queue;

enum { DOOR_LISTENER, DOOR_LEASH, DOOR_N };
enum { DOOR_IDLE_MS = 200 };	/* after which a worker gives memory back */

struct door {
	struct pollfd	 pfd[DOOR_N];	/* as of the last look */
	int		 epoll;		/* a request wakes one worker only */
	struct req_queue *queue;	/* whose connections are kept; or
					 * NULL */
	bool		 knock;		/* the listener had an event since
					 * this was false */
};

/* False: errno says why.  The caller sets "queue" if connections are kept. */
bool	door_open(struct door *, int listener, int leash);
/*
 * Lets go of the listener.  If the master and all others are dead, nginx learns
 * at once that nobody takes requests any more, and does not wait for those that
 * are still answered.
 */
void	door_close(struct door *);
/*
 * Waits for up to "ms" milliseconds (-1: without a limit).  True: a request may
 * have come.  False: the time is over, or the leash has changed.
 */
bool	door_wait(struct door *, int ms);
/* Reads the state of listener and leash. */
void	door_look(struct door *);
/* What follows is as of the last look. */
bool	door_has_request(const struct door *);
/* The master has let the worker go, or is dead. */
bool	door_is_let_go(const struct door *);
/*
 * It has done so with a byte in the pipe (POOL_LAST): no generation follows, so
 * the worker first serves the requests that wait.
 */
bool	door_is_last(const struct door *);

#endif
