/*
 * http: calls to other servers (libcurl), each of them bounded.
 *
 * No redirects, no netrc, no proxy from the environment, https only (http to
 * loopback), limits on connecting, on the whole, on slowness and on the
 * reply's size, and never a retry: a call is sent at most once, on a fresh
 * connection if the request asks for it (libcurl itself sends a request
 * again when a reused connection turns out dead).
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
 * Texts are borrowed for as long as the client lives.  A peer that stays
 * under 512 bytes a second for half of a call's time is given up, unless the
 * request is patient.
 */
struct http_limits {
	long	connect_ms;
	long	total_ms;
	size_t	reply_max;	/* bytes of body; headers: 64 KiB, 100 */
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
	bool			 fresh;		/* never on a reused connection */
	long			 total_ms;	/* 0: the client's */
	bool			 patient;	/* a slow or silent peer has all
						 * of the time to answer */
};

/* What became of a call. */
enum http_fate {
	HTTP_ANSWERED,		/* a whole reply, whatever its status */
	HTTP_NOT_SENT,		/* certainly nothing reached the peer */
	HTTP_AMBIGUOUS,		/* it may have been carried out */
};

struct http_reply {
	enum http_fate	 fate;
	int		 status;	/* 0 unless answered */
	const char	*body;		/* NUL-terminated; what came, if any */
	size_t		 bodysz;
	const char	*error;		/* why not answered; no secrets */
	long		 ms;
	const struct http_header *headers;	/* of the final reply */
};

/* Once per process; ignores SIGPIPE, which a peer that went away raises. */
enum cal_err	 http_global_init(void) ERR_CHECK;
/* Keeps connections open for the calls to come; never NULL. */
struct http	*http_new(const struct http_limits *);
void		 http_free(struct http *);
/*
 * Always fills the reply.  CAL_OK if answered; CAL_UNAVAILABLE if not sent;
 * CAL_UPSTREAM if ambiguous (a reply over its cap is that, too);
 * CAL_INVALID if the URL or a header is not one that may be sent.
 */
enum cal_err	 http_call(struct http *, struct arena *,
		    const struct http_request *, struct http_reply *)
		    ERR_CHECK;
/* A reply's header by name in any case, or NULL. */
const char	*http_header(const struct http_reply *, const char *name);

#endif
