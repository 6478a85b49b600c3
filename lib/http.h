/*
 * http: calls to other servers (libcurl) with limits on everything.
 *
 * A client follows no redirects and reads neither netrc nor proxy variables of
 * the environment.  It speaks https only (http to loopback).  The time to
 * connect, the total time, slowness and the size of the reply are limited.  A
 * call is never retried. (libcurl itself sends a request again when a reused
 * connection turns out to be dead; a request that must not be sent twice asks
 * for a fresh connection.)
 */
#ifndef LIB_HTTP_H
#define LIB_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/err.h"

struct arena;
struct http;
struct secret;

/*
 * The texts are borrowed for as long as the client lives.  A call is given up
 * when the peer sends less than 512 bytes a second for half of the call's time,
 * unless the request is patient.
 */
struct http_limits {
	long	connect_ms;
	long	total_ms;
	size_t	reply_max;	/* bytes of body; headers may have 64 KiB and
				 * 100 lines */
	const char *user_agent;
	const char *ca_file;	/* NULL: the system's */
};

struct http_header {
	const char	*name;
	const char	*value;
};

struct http_request {
	const char		*method;
	const char		*url;
	const struct http_header *headers;	/* ends with a NULL name */
	const char		*content_type;	/* NULL: no body */
	const char		*body;
	size_t			 bodysz;
	const struct secret	*bearer;
	const char		*basic_user;
	const struct secret	*basic_password;
	bool			 fresh;		/* do not reuse a connection */
	bool			 http1;		/* not by HTTP/2 */
	long			 total_ms;	/* 0: the client's limit */
	bool			 patient;	/* wait even for a silent
						 * peer */
};

/* The outcome of a call. */
enum http_fate {
	HTTP_ANSWERED,		/* a whole reply, whatever its status */
	HTTP_NOT_SENT,		/* the peer certainly got nothing */
	HTTP_AMBIGUOUS,		/* the peer may have carried it out */
};

struct http_reply {
	enum http_fate	 fate;
	int		 status;	/* 0 unless answered */
	const char	*body;		/* NUL-terminated; as far as it came */
	size_t		 bodysz;
	const char	*error;		/* why not answered; holds no secrets */
	bool		 too_large;	/* the body has over reply_max bytes,
					 * so it is not answered */
	long		 ms;
	const struct http_header *headers;	/* of the last reply */
};

/*
 * Must be called once per process.  It ignores SIGPIPE, which writing to a
 * closed connection raises.
 */
enum cal_err	 http_global_init(void) ERR_CHECK;
/* Makes a client, which keeps connections open for later calls.  Never NULL. */
struct http	*http_new(const struct http_limits *);
void		 http_free(struct http *);
/*
 * Sends a request and waits for the reply, which is always filled in.  CAL_OK:
 * answered.  CAL_UNAVAILABLE: not sent.  CAL_UPSTREAM: ambiguous, which
 * includes a reply over its limits.  CAL_INVALID: the URL or a header must not
 * be sent.
 */
enum cal_err	 http_call(struct http *, struct arena *,
		    const struct http_request *, struct http_reply *)
		    ERR_CHECK;
/* Returns a header of the reply by its name, in any case, or NULL. */
const char	*http_header(const struct http_reply *, const char *name);

#endif
