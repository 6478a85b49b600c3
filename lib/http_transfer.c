/*
 * http_transfer: see http_transfer.h.
 *
 * All that libcurl is told about a call lives in the call's arena and is
 * forgotten afterwards.
 *
 * libcurl tells us when a connection is established and the request is about to
 * be sent (CURLOPT_PREREQFUNCTION).  If that never happened, nothing can have
 * reached the peer.  If it did, only a whole reply tells what became of the
 * request.
 *
 * A process may have been stopped, or kept busy by something else, and reach
 * that moment long after the call's time.  By then another process may hold the
 * lease under which the call was to be made.  So a request that is too late is
 * not sent.
 */
#include <string.h>

#include <curl/curl.h>

#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/crypto.h"
#include "lib/http_check.h"
#include "lib/http_sink.h"
#include "lib/http_transfer.h"
#include "lib/secret.h"
#include "lib/uri.h"

enum { SLOW = 512 };	/* bytes a second */

static int
on_about_to_send(void *arg, char *peer_ip, char *own_ip, int peer_port,
    int own_port)
{
	struct http_transfer	*t = arg;

	(void)peer_ip;
	(void)own_ip;
	(void)peer_port;
	(void)own_port;
	t->late = clock_ms() >= t->until;
	t->sent = t->sent || !t->late;
	if (t->on_sending != NULL)
		t->on_sending(t->arg);
	return t->late ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* curl_slist_append() is not used, because nobody would wipe its copies. */
static void
add_line(struct http_transfer *t, char *line)
{
	struct curl_slist	*l;

	l = arena_alloc(t->mem, sizeof(*l));
	l->data = line;
	*t->end = l;
	t->end = &l->next;
}

static void
add_request_header(struct http_transfer *t, const char *name,
    const char *value)
{
	/*
	 * libcurl takes "name;" for a header with an empty value, and would
	 * drop "name:".
	 */
	add_line(t, *value == '\0' ? arena_printf(t->mem, "%s;", name) :
	    arena_printf(t->mem, "%s: %s", name, value));
}

static void
add_basic(struct http_transfer *t, const struct http_request *rq)
{
	const char	*pair;

	pair = arena_printf(t->mem, "%s:%s", rq->basic_user,
	    secret_text(rq->basic_password));
	add_request_header(t, "Authorization", arena_printf(t->mem, "Basic %s",
	    crypto_base64(t->mem, (struct bytes){ pair, strlen(pair) })));
}

static void
set_headers(struct http_transfer *t, const struct http_request *rq)
{
	const struct http_header	*h;

	t->end = &t->headers;
	for (h = rq->headers; h != NULL && h->name != NULL; h++)
		add_request_header(t, h->name, h->value);
	if (rq->bearer != NULL)
		add_request_header(t, "Authorization", arena_printf(t->mem,
		    "Bearer %s", secret_text(rq->bearer)));
	if (rq->basic_user != NULL)
		add_basic(t, rq);
	/* "name:" removes a header that libcurl would send by itself. */
	if (rq->content_type != NULL)
		add_request_header(t, "Content-Type", rq->content_type);
	else
		add_line(t, arena_dup(t->mem, "Content-Type:"));
	add_line(t, arena_dup(t->mem, "Expect:"));
	HTTP_SET(t, CURLOPT_HTTPHEADER, t->headers);
}

/* Returns whether requests of this method have a body, even if it is empty. */
static bool
has_body(const struct http_request *rq)
{
	return rq->content_type != NULL || strcmp(rq->method, "POST") == 0 ||
	    strcmp(rq->method, "PUT") == 0 ||
	    strcmp(rq->method, "PATCH") == 0;
}

static void
set_method(struct http_transfer *t, const struct http_request *rq)
{
	if (has_body(rq)) {
		HTTP_SET(t, CURLOPT_POSTFIELDS, rq->body == NULL ? "" :
		    rq->body);
		HTTP_SET(t, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)(rq->body == NULL ? 0 : rq->bodysz));
	} else if (strcmp(rq->method, "HEAD") == 0) {
		HTTP_SET(t, CURLOPT_NOBODY, 1L);
	} else {
		HTTP_SET(t, CURLOPT_HTTPGET, 1L);
	}
	HTTP_SET(t, CURLOPT_CUSTOMREQUEST, rq->method);
}

static void
set_limits(struct http_transfer *t, const struct http_request *rq)
{
	const long	 total = rq->total_ms != 0 ? rq->total_ms :
			    t->limits->total_ms;

	t->total_ms = total;
	HTTP_SET(t, CURLOPT_TIMEOUT_MS, total);
	HTTP_SET(t, CURLOPT_CONNECTTIMEOUT_MS, t->limits->connect_ms);
	if (rq->patient)
		return;
	HTTP_SET(t, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW);
	HTTP_SET(t, CURLOPT_LOW_SPEED_TIME, (total + 1999) / 2000);
}

static void
set_authorities(struct http_transfer *t)
{
	HTTP_SET(t, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	HTTP_SET(t, CURLOPT_SSL_VERIFYPEER, 1L);
	HTTP_SET(t, CURLOPT_SSL_VERIFYHOST, 2L);
	if (t->limits->ca_file != NULL)
		HTTP_SET(t, CURLOPT_CAINFO, t->limits->ca_file);
	/*
	 * If libcurl also knew a directory of certificates, it would read file
	 * and directory again for every connection, and keep a copy for each.
	 */
	if (t->limits->ca_file != NULL ||
	    curl_version_info(CURLVERSION_NOW)->cainfo != NULL)
		HTTP_SET(t, CURLOPT_CAPATH, NULL);
}

/*
 * Sets what must depend neither on the environment nor on what the peer asks
 * for.
 */
static void
set_ways(struct http_transfer *t, const struct http_request *rq)
{
	HTTP_SET(t, CURLOPT_PROTOCOLS_STR, t->https ? "https" : "http");
	HTTP_SET(t, CURLOPT_HTTP_VERSION, t->share && t->https && !rq->http1 ?
	    (long)CURL_HTTP_VERSION_2TLS : (long)CURL_HTTP_VERSION_1_1);
	HTTP_SET(t, CURLOPT_FOLLOWLOCATION, 0L);
	HTTP_SET(t, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	HTTP_SET(t, CURLOPT_PROXY, "");
	HTTP_SET(t, CURLOPT_NOSIGNAL, 1L);
	/*
	 * Without it, giving up on a host name would block, with all other
	 * calls, until the C library gives up, too.
	 */
	HTTP_SET(t, CURLOPT_QUICK_EXIT, 1L);
	HTTP_SET(t, CURLOPT_PATH_AS_IS, 1L);
	HTTP_SET(t, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	HTTP_SET(t, CURLOPT_FRESH_CONNECT, rq->fresh ? 1L : 0L);
	if (t->limits->user_agent != NULL)
		HTTP_SET(t, CURLOPT_USERAGENT, t->limits->user_agent);
}

static void
set_hooks(struct http_transfer *t)
{
	HTTP_SET(t, CURLOPT_ERRORBUFFER, t->words);
	HTTP_SET(t, CURLOPT_PREREQFUNCTION, on_about_to_send);
	HTTP_SET(t, CURLOPT_PREREQDATA, t);
	HTTP_SET(t, CURLOPT_HEADERFUNCTION, http_sink_head);
	HTTP_SET(t, CURLOPT_HEADERDATA, t->sink);
	HTTP_SET(t, CURLOPT_WRITEFUNCTION, http_sink_body);
	HTTP_SET(t, CURLOPT_WRITEDATA, t->sink);
}

const char *
http_transfer_prepare(struct http_transfer *t, const struct http_request *rq,
    struct uri *u)
{
	const char	*why;

	if ((why = http_check(t->mem, rq, t->elsewhere, u)) != NULL)
		return why;
	t->https = strcmp(u->scheme, "https") == 0;
	t->sink = arena_alloc(t->mem, sizeof(*t->sink));
	http_sink_init(t->sink, t->mem, t->keep, t->limits->reply_max);
	set_hooks(t);
	set_ways(t, rq);
	set_authorities(t);
	set_limits(t, rq);
	set_method(t, rq);
	set_headers(t, rq);
	HTTP_SET(t, CURLOPT_URL, rq->url);
	return NULL;
}

/*
 * Returns our own reason if one of our limits was passed, else libcurl's
 * message.
 */
static const char *
failure_of(const struct http_transfer *t)
{
	if (t->given_up != NULL)
		return t->given_up;
	if (t->late)
		return "its time was over before it could be sent";
	if (t->sink->why != NULL)
		return t->sink->why;
	if (t->rc == CURLE_OK)
		return "the reply ended before its body";
	if (t->words[0] != '\0')
		return arena_dup(t->mem, t->words);
	return curl_easy_strerror(t->rc);
}

/*
 * Returns whether there is a reply that counts. libcurl is content if the
 * connection ends within the headers, or after an interim reply such as "100
 * Continue".  It is not content if a peer answers over HTTP/2 before it has
 * read the whole request and then resets the stream, as RFC 9113 (8.1) has it.
 */
static bool
is_answered(const struct http_transfer *t, long status)
{
	if (t->given_up != NULL || !t->sink->headers_done || status < 200)
		return false;
	return t->rc == CURLE_OK || (t->cut_counts && (t->sink->too_large ||
	    t->rc == CURLE_HTTP2_STREAM));
}

enum cal_err
http_transfer_finish(const struct http_transfer *t, struct http_reply *reply)
{
	curl_off_t	 us = 0;
	long		 status = 0;

	(void)curl_easy_getinfo(t->curl, CURLINFO_TOTAL_TIME_T, &us);
	*reply = (struct http_reply){
		.ms = (long)(us / 1000), .headers = t->sink->header,
		.body = t->sink->body.p, .bodysz = t->sink->body.n,
		.too_large = t->sink->too_large,
	};
	(void)curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	if (!is_answered(t, status)) {
		reply->fate = t->sent ? HTTP_AMBIGUOUS : HTTP_NOT_SENT;
		reply->error = failure_of(t);
		return t->sent ? CAL_UPSTREAM : CAL_UNAVAILABLE;
	}
	reply->fate = HTTP_ANSWERED;
	reply->status = (int)status;
	return CAL_OK;
}
