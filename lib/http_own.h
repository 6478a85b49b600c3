/*
 * http_own: the members of a client.  For lib/http*.c alone.
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
	struct task		*task;		/* to be resumed at its end */
	struct http_flight	*next;
	int64_t			 begun;		/* as clock_ms() */
	int64_t			 until;		/* deadline, as clock_ms() */
	const char		*given_up;	/* reason, or NULL */
	bool			 landed;
	CURLcode		 rc;		/* result of an ended call */
};

struct http {
	CURL			*curl;
	struct http_limits	 limits;
	struct http_loop	*loop;		/* NULL: the calls block */
	struct http_flight	*flight;	/* NULL: no call under way */
};

/*
 * Carries out the call that the client's handle is set up for, within "ms"
 * milliseconds.  "given_up" is set to the reason if http_give_up() ended it or
 * if it was too late to send it, else to NULL.
 */
CURLcode	http_perform(struct http *, long ms, const char **given_up);

#endif
