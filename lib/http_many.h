/*
 * http_many: hundreds of calls at the same time, none of which has a task or a
 * thread of its own (libcurl's multi interface).
 *
 * Everything that lib/http.h promises of a call holds here, too.  Besides:
 *
 * - Each address is judged before a socket to it is opened, so that a name
 *   which leads elsewhere than when it was last looked up gets nowhere.
 * - Over https, calls speak HTTP/2 where the peer offers it and then share a
 *   connection; otherwise they speak HTTP/1.1.
 * - As long as nobody knows how to reach a peer, one call alone tries.  The
 *   others to that peer wait until it is connected or has failed, so that a
 *   name is looked up once and a connection can be shared.
 * - A request is sent again if its connection turns out to be dead before any
 *   of the reply has come, unless it asks for a fresh one.
 * - Connections are kept for a minute after their last use, 1,024 at most, and
 *   used for ten minutes at most.
 * - What a turn costs depends on how much has happened, not on how many calls
 *   are under way.
 *
 * Each call under way may need a file descriptor.
 */
#ifndef LIB_HTTP_MANY_H
#define LIB_HTTP_MANY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/err.h"
#include "lib/http.h"

struct arena;
struct http_many;
struct sockaddr;

struct http_many_rules {
	/*
	 * Is asked with each address before a socket to it is opened.  Returns
	 * NULL if the call may connect to it, else the reason, which must live
	 * as long as the call: it becomes the reply's error if no other address
	 * of the peer could be tried.  NULL: every address may be called.
	 */
	const char	*(*may_connect)(void *arg, const struct sockaddr *,
			    bool tls);
	void		*arg;
	size_t		 keep;		/* bytes of a body that are kept; the
					 * rest is read and dropped */
	long		 idle;		/* seconds for which unused connections
					 * and looked-up names are kept; 0: a
					 * minute */
	long		 connections;	/* kept at most; 0: 1,024 */
	bool		 http_elsewhere;	/* http may also go to hosts
						 * other than loopback */
};

/* Never NULL.  The texts of the limits are borrowed. */
struct http_many *http_many_new(const struct http_limits *,
		    const struct http_many_rules *);
/* Drops the calls under way, whose arenas must still be there. */
void		 http_many_free(struct http_many *);
/*
 * Begins a call, whose time counts from now.  The arena must live until the
 * call has landed, and so must the request's body; the rest of the request is
 * copied.  "tag" must not be NULL.  CAL_INVALID: the URL or a header must not
 * be sent; "why" says so, and the call never lands.
 */
enum cal_err	 http_many_begin(struct http_many *, struct arena *,
		    const struct http_request *, void *tag, const char **why)
		    ERR_CHECK;
/*
 * Waits up to "ms" milliseconds until a call makes progress or "fd" (-1: none)
 * is readable, then carries on with the calls that can go on.
 */
void		 http_many_turn(struct http_many *, int ms, int fd);
/*
 * Takes the next call that is over: returns its tag, and fills in its reply,
 * which is in the arena given at its beginning, and the result as of
 * http_call().  NULL: there is none.
 *
 * Other than with http_call(), a call whose reply has a body over the limit
 * counts as answered: "too_large" is set, and the body is cut.  Over HTTP/2 a
 * body may also be cut by the peer, if it has not read the whole request.
 */
void		*http_many_landed(struct http_many *, struct http_reply *,
		    enum cal_err *rc);
/* Returns how many calls are under way; those that are over do not count. */
size_t		 http_many_calls(const struct http_many *);
/*
 * Ends all calls under way now, unanswered.  "why" is borrowed and becomes the
 * error of their replies.
 */
void		 http_many_give_up(struct http_many *, const char *why);

#endif
