/*
 * http_wait: waiting until a call can go on (libcurl's socket interface, with
 * epoll).  For lib/http*.c alone.
 *
 * curl_multi_poll() and curl_multi_perform() look at every call in every turn.
 * Here libcurl is told of the sockets that are ready, and looks at the calls
 * that use them.
 */
#ifndef LIB_HTTP_WAIT_H
#define LIB_HTTP_WAIT_H

#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

struct http_wait {
	CURLM	*multi;
	int	 epoll;
	int64_t	 timer;		/* when libcurl wants to be called, as
				 * clock_ms(); -1: only about sockets */
};

/* The struct must stay where it is.  Close it after the multi handle. */
void	http_wait_open(struct http_wait *, CURLM *);
void	http_wait_close(struct http_wait *);
/*
 * Waits up to "ms" milliseconds until a call can go on or "fd" (-1: none) is
 * readable, then lets libcurl carry on with the sockets that are ready: with
 * "most" of them or a few more, if there are so many.
 */
void	http_wait_turn(struct http_wait *, int ms, int fd, size_t most);

#endif
