/*
 * http: see http.h.
 *
 * All that libcurl is told about a call is forgotten afterwards.  The client
 * keeps only connections and TLS sessions.
 */
#include <curl/curl.h>

#include "lib/clock.h"
#include "lib/fault.h"
#include "lib/http.h"
#include "lib/http_own.h"
#include "lib/http_transfer.h"
#include "lib/uri.h"

enum cal_err
http_call(struct http *h, struct arena *mem, const struct http_request *rq,
    struct http_reply *reply)
{
	struct http_transfer	t = {
		.curl = h->curl, .mem = mem, .limits = &h->limits,
		.keep = h->limits.reply_max,
	};
	struct uri		u;
	enum cal_err		rc;

	*reply = (struct http_reply){ .fate = HTTP_NOT_SENT, .body = "" };
	reply->error = http_transfer_prepare(&t, rq, &u);
	if (reply->error != NULL)
		return CAL_INVALID;
	FAULT(fault_call("before", rq->method, rq->url));
	t.until = clock_ms() + t.total_ms;
	if (t.rc == CURLE_OK)
		t.rc = http_perform(h, t.total_ms, &t.given_up);
	FAULT(fault_call("after", rq->method, rq->url));
	rc = http_transfer_finish(&t, reply);
	/*
	 * Keeps the connections, and forgets everything that points to this
	 * call.
	 */
	curl_easy_reset(h->curl);
	return rc;
}
