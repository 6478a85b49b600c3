/*
 * req: FastCGI requests and their answers (libfcgi).
 *
 * How a worker must wait, stop and bind with libfcgi, and why, is told in
 * docs/fastcgi.md.
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
	REQ_ARGS = 2,		/* path parameters at most */
	REQ_HEADERS = 16,	/* headers of an answer at most */
	REQ_ERRORS = 32,	/* wrong fields that an answer names */
	REQ_MOST = 32,		/* worked on at once */
	REQ_HELD = 256,		/* in hand at once, with those put off */
};

/* What is wrong about a field or parameter. */
struct req_error {
	const char		*field;
	const char		*message;
	struct req_error	*next;
};

struct req {
	struct arena	*mem;		/* outlives the request */
	const char	*id;		/* nginx's request id */
	const char	*method;
	bool		 head;		/* asked by HEAD: the same, no body */
	const char	*path;		/* PATH_INFO, decoded, normalised */
	const char	*query;		/* raw; "" if none */
	const char	*arg[REQ_ARGS];	/* {parameters} of the route's path */
	long		 length;	/* CONTENT_LENGTH; 0 if none; -1 bad */
	int64_t		 begun;		/* clock_us() when it was taken */
	bool		 may_wait;	/* see req_later() */
	long		 later_ms;	/* put off for so long; 0: not */
	int		 status;	/* answered with; 0: not yet */
	const void	*caller;	/* who was let in; the router's */
	/* What the router puts in a problem document, if set. */
	const char	*code;
	const char	*detail;
	struct req_error *errors;	/* fields that are wrong, in order */
	/* The rest is ours. */
	void		*fcgi;
	int		 fd;		/* the web server's connection */
	bool		 body_read;
	bool		 client_gone;
	size_t		 nheaders;
	struct {
		const char *name;
		const char *value;
	} header[REQ_HEADERS];
};

/*
 * One per worker, after the fork, with signals blocked for good.  "fd": the
 * listening socket, non-blocking.
 */
enum cal_err	 req_queue_open(int fd, struct req_queue **) ERR_CHECK;
void		 req_queue_close(struct req_queue *);

/*
 * Take one more request, while fewer than REQ_HELD are in hand; never waits for
 * one.  A web server that stops in the middle of a request, or in reading its
 * answer, is waited for 5 seconds at a time.  CAL_UNAVAILABLE: nobody waits,
 * another worker was faster, or no request came.
 */
enum cal_err	 req_accept(struct req_queue *, struct arena *, struct req *)
		    ERR_CHECK;
/*
 * The answer goes out, whole; what was not answered is a 500 without words.
 */
void		 req_finish(struct req *);

/* A FastCGI parameter ("HTTP_AUTHORIZATION"), or NULL. */
const char	*req_param(const struct req *, const char *);
/* A cookie's value, or NULL. */
const char	*req_cookie(struct req *, const char *name);
/*
 * The rest of the name of the n-th cookie, from 0, whose name begins with
 * "prefix", or NULL.  Browsers send the oldest first (RFC 6265, 5.4).
 */
const char	*req_cookie_nth(struct req *, const char *prefix, size_t n);
/* A query parameter, decoded; NULL if not there or badly encoded. */
const char	*req_query(struct req *, const char *name);
/*
 * The whole body, NUL-terminated.  CAL_TOOLARGE past "max"; CAL_UNAVAILABLE
 * if the client went away before all of it was here.
 */
enum cal_err	 req_body(struct req *, size_t max, struct bytes *) ERR_CHECK;

/*
 * Wait so long; false at once if the client has gone meanwhile, or "other"
 * (a descriptor; -1: none) has something to say.
 */
bool		 req_rest(const struct req *, int other, long ms);

/*
 * Put it off: it is not answered yet and will be dispatched again, from the
 * start, after so many ms.  False, and it must be answered now, if there is
 * no room for it to wait ("may_wait"), or its body was read.
 */
bool		 req_later(struct req *, long ms);
/* Make it as it came, to be dispatched again. */
void		 req_again(struct req *);

/* Add a header to the answer; the value must hold no line break. */
void		 req_header(struct req *, const char *name, const char *value);
/* Answer, once.  "type" NULL: no body. */
void		 req_answer(struct req *, int status, const char *type,
		    const char *body, size_t);
/* 303 See Other, not cached. */
void		 req_redirect(struct req *, const char *url);

/* Say why, for the problem document; returns "rc" for the caller to return. */
enum cal_err	 req_fail(struct req *, enum cal_err rc, const char *code,
		    const char *detail);
/*
 * One more field that is wrong, for the list of them; a field's first message
 * counts.  What comes after REQ_ERRORS of them is left out.
 */
enum cal_err	 req_fail_field(struct req *, const char *field,
		    const char *message);

#endif
