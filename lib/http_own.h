/*
 * http_own: what a client is made of; for lib/http*.c alone.
 */
#ifndef LIB_HTTP_OWN_H
#define LIB_HTTP_OWN_H

#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

#include "lib/http.h"

struct task;

/* A call that a task has under way in a loop. */
struct http_flight {
	CURL			*curl;
	struct task		*task;
	struct http_flight	*next;
	int64_t			 begun;		/* clock_ms() */
	int64_t			 until;		/* the same: then it is over */
	const char		*given_up;	/* why, or NULL */
	bool			 landed;
	CURLcode		 rc;		/* once it has landed */
};

struct http {
	CURL			*curl;
	struct http_limits	 limits;
	struct http_loop	*loop;		/* NULL: calls block */
	struct http_flight	*flight;	/* NULL: no call under way */
};

/*
 * The call that the client's handle is set up for, within "ms".  "given_up"
 * is why it was given up by http_give_up() or was too late, or NULL.
 */
CURLcode	http_perform(struct http *, long ms, const char **given_up);

#endif
