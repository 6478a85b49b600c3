/*
 * req: FastCGI requests and their answers (libfcgi).
 *
 * docs/fastcgi.md says how a worker must wait, stop and bind with libfcgi, and
 * why.
 */
#ifndef LIB_REQ_H
#define LIB_REQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/err.h"

struct arena;
struct req_queue;

enum {
	REQ_ARGS = 2,		/* most path parameters */
	REQ_HEADERS = 16,	/* most headers of an answer */
	REQ_ERRORS = 32,	/* most wrong fields that an answer names */
	REQ_HELD = 256,		/* most in hand at once, with postponed ones and
				 * kept connections */
	REQ_KEPT_MOST = 128,	/* most connections that are kept */
	REQ_KEPT = 16,		/* see req_queue_open() */
};

/* What is wrong about one field or parameter. */
struct req_error {
	const char		*field;
	const char		*message;
	struct req_error	*next;
};

struct req {
	struct arena	*mem;		/* outlives the request */
	const char	*id;		/* nginx's request id */
	const char	*method;
	bool		 head;		/* HEAD: as GET, but no body is sent */
	const char	*path;		/* PATH_INFO, decoded, normalised */
	const char	*query;		/* not decoded; "" if there is none */
	const char	*arg[REQ_ARGS];	/* {parameters} of the route's path */
	long		 length;	/* CONTENT_LENGTH; 0: none; -1: bad */
	int64_t		 begun;		/* clock_us() of its arrival */
	bool		 may_wait;	/* see req_later() */
	long		 later_ms;	/* ms to postpone it; 0: none */
	int		 status;	/* of the answer; 0: not answered yet */
	const void	*caller;	/* whom the router has authenticated */
	/* If set, what the router puts into the problem document. */
	const char	*code;
	const char	*detail;
	struct req_error *errors;	/* the wrong fields, in order */
	/* Private members of lib/req*.c. */
	void		*fcgi;
	int		 fd;		/* the web server's connection */
	bool		 body_read;
	struct bytes	 body;
	bool		 client_gone;
	size_t		 nheaders;
	struct {
		const char *name;
		const char *value;
	} header[REQ_HEADERS];
};

/*
 * Makes the queue: once per worker, after the fork, with signals blocked for
 * good.  "fd" is the listening socket and must be non-blocking.
 *
 * If the web server asks for it, a connection is kept for its next request, and
 * added to "epoll" (-1: none is kept).  The caller waits for that, and gives to
 * req_queue_note() each event whose data.u32 is REQ_KEPT or more, less
 * REQ_KEPT.
 */
enum cal_err	 req_queue_open(int fd, int epoll, struct req_queue **)
		    ERR_CHECK;
void		 req_queue_close(struct req_queue *);
void		 req_queue_note(struct req_queue *, uint32_t which);
/*
 * From now on each connection is closed with its next answer.  Those from which
 * nothing more comes are closed with the queue.
 */
void		 req_queue_let_go(struct req_queue *);
/* Says whether a kept connection has sent something, or was closed. */
bool		 req_queue_is_ready(const struct req_queue *);

/*
 * Accepts one more request, if fewer than REQ_HELD are in hand and one is
 * waiting; it does not wait for one to come.  A web server that stalls within a
 * request, or while it reads the answer, is waited for 5 seconds at each read
 * or write.  CAL_UNAVAILABLE: no request waits, another worker was faster, or
 * the connection brought no request.
 */
enum cal_err	 req_accept(struct req_queue *, struct arena *, struct req *)
		    ERR_CHECK;
/*
 * Sends the whole answer.  A request that was not answered gets a 500 without a
 * body.
 */
void		 req_finish(struct req *);

/* Returns a FastCGI parameter ("HTTP_AUTHORIZATION"), or NULL. */
const char	*req_param(const struct req *, const char *);
/* Returns the value of a cookie, or NULL. */
const char	*req_cookie(struct req *, const char *name);
/*
 * Returns what follows "prefix" in the name of the n-th cookie, counted from 0,
 * whose name begins with it, or NULL.  Browsers send the oldest cookie first
 * (RFC 6265, 5.4).
 */
const char	*req_cookie_nth(struct req *, const char *prefix, size_t n);
/* Returns a query parameter, decoded; NULL if it is absent or badly encoded. */
const char	*req_query(struct req *, const char *name);
/*
 * Reads the whole body; it ends in a NUL.  Once it has been read, the same
 * bytes are given again.  CAL_TOOLARGE: more than "max" bytes.
 * CAL_UNAVAILABLE: the client went away before all of it had come.
 */
enum cal_err	 req_body(struct req *, size_t max, struct bytes *) ERR_CHECK;

/*
 * Waits for "ms" milliseconds.  Returns false at once if the client goes away
 * meanwhile, or if the descriptor "other" (-1: none) becomes readable.
 */
bool		 req_rest(const struct req *, int other, long ms);

/*
 * Postpones the request: it is not answered now but dispatched again, from the
 * start, after "ms" milliseconds.  Returns false, and the request must be
 * answered now, if there is no room for it to wait ("may_wait") or if its body
 * was read.
 */
bool		 req_later(struct req *, long ms);
/*
 * Resets a postponed request to how it came, so that it can be dispatched
 * again.
 */
void		 req_again(struct req *);

/* Adds a header to the answer.  The value must not hold a line break. */
void		 req_header(struct req *, const char *name, const char *value);
/* Answers the request, once.  "type" NULL: no body. */
void		 req_answer(struct req *, int status, const char *type,
		    const char *body, size_t);
/* Answers 303 See Other, which is not to be cached. */
void		 req_redirect(struct req *, const char *url);

/*
 * Sets code and detail for the problem document; returns "rc" for the caller to
 * return.
 */
enum cal_err	 req_fail(struct req *, enum cal_err rc, const char *code,
		    const char *detail);
/*
 * Adds a wrong field to the list; a field's first message counts.  Fields
 * beyond REQ_ERRORS are left out.
 */
enum cal_err	 req_fail_field(struct req *, const char *field,
		    const char *message);

#endif
