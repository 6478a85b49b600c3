/*
 * http_transfer: what libcurl is told about a call, and what becomes of it,
 * however the call is carried out.  For lib/http*.c alone.
 */
#ifndef LIB_HTTP_TRANSFER_H
#define LIB_HTTP_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "lib/http.h"

struct arena;
struct http_sink;
struct uri;

struct http_transfer {
	/* Set by the caller, before the call is prepared. */
	CURL			*curl;
	struct arena		*mem;
	const struct http_limits *limits;
	size_t			 keep;		/* bytes of body kept */
	bool			 cut_counts;	/* what the limit, or the end of
						 * an HTTP/2 stream, leaves of a
						 * body is enough */
	bool			 elsewhere;	/* http to hosts other than
						 * loopback, too */
	bool			 share;		/* HTTP/2 for https */
	void			(*on_sending)(void *arg);	/* or NULL */
	void			*arg;

	/* Set by the caller, before the call is finished. */
	CURLcode		 rc;		/* until then: of the options */
	int64_t			 until;		/* deadline, as clock_ms() */
	const char		*given_up;	/* reason, or NULL */

	/* Set here. */
	bool			 https;
	bool			 sent;		/* sent, or about to be */
	bool			 late;		/* it was too late to send it */
	long			 total_ms;
	struct http_sink	*sink;
	struct curl_slist	*headers;	/* in the arena */
	struct curl_slist	**end;
	char			 words[CURL_ERROR_SIZE];
};

/*
 * Sets one of libcurl's options.  Once libcurl has refused one no other is set,
 * and the call must end before it begins.
 */
#define HTTP_SET(t, option, value) do {					\
	if ((t)->rc == CURLE_OK)					\
		(t)->rc = curl_easy_setopt((t)->curl, option, value);	\
} while (0)

/*
 * Checks the request and tells libcurl all about it; of the request only the
 * body must stay.  Fills in the parts of its URL.  Returns NULL, or why the
 * request must not be sent; then libcurl was told nothing.
 */
const char	*http_transfer_prepare(struct http_transfer *,
		    const struct http_request *, struct uri *);
/* Fills in the reply of a call that is over. */
enum cal_err	 http_transfer_finish(const struct http_transfer *,
		    struct http_reply *);

#endif
