/*
 * http_client: making and freeing clients; see http.h.
 */
#include <assert.h>
#include <signal.h>
#include <stdlib.h>

#include <curl/curl.h>

#include "lib/http.h"
#include "lib/http_own.h"
#include "lib/log.h"

enum cal_err
http_global_init(void)
{
	const struct sigaction	ignore = { .sa_handler = SIG_IGN };
	CURLcode		rc;

	/* With CURLOPT_NOSIGNAL libcurl leaves SIGPIPE to us. */
	(void)sigaction(SIGPIPE, &ignore, NULL);
	if ((rc = curl_global_init(CURL_GLOBAL_DEFAULT)) == CURLE_OK)
		return CAL_OK;
	log_warn("libcurl does not start: %s", curl_easy_strerror(rc));
	return CAL_INTERNAL;
}

struct http *
http_new(const struct http_limits *limits)
{
	struct http	*h;

	assert(limits->reply_max != 0);
	if ((h = calloc(1, sizeof(*h))) == NULL ||
	    (h->curl = curl_easy_init()) == NULL)
		err_nomem("an HTTP client");
	h->limits = *limits;
	return h;
}

void
http_free(struct http *h)
{
	if (h == NULL)
		return;
	curl_easy_cleanup(h->curl);
	free(h);
}
