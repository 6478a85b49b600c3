/*
 * http: see http.h.
 *
 * All that libcurl is told about a call lives in the call's arena and is
 * forgotten afterwards.  The client keeps only connections and TLS sessions.
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
#include "lib/fault.h"
#include "lib/http.h"
#include "lib/http_check.h"
#include "lib/http_own.h"
#include "lib/http_sink.h"
#include "lib/secret.h"

enum { SLOW = 512 };	/* bytes a second */

/* One call. */
struct call {
	CURL			*curl;
	struct arena		*mem;
	const struct http_limits *limits;
	const struct http_request *rq;
	struct curl_slist	*headers;	/* in the arena */
	struct curl_slist	**end;
	struct http_sink	*sink;
	CURLcode		 rc;		/* of the options set so far */
	bool			 sent;		/* sent, or about to be */
	bool			 https;		/* false: http to loopback */
	bool			 late;		/* it was too late to send it */
	long			 total_ms;
	int64_t			 until;		/* clock_ms() */
	const char		*given_up;	/* reason, or NULL */
	char			 words[CURL_ERROR_SIZE];
};

/*
 * Once libcurl has refused an option no other is set, and the call ends before
 * it begins.
 */
#define SET(c, option, value) do {					\
	if ((c)->rc == CURLE_OK)					\
		(c)->rc = curl_easy_setopt((c)->curl, option, value);	\
} while (0)

static int
on_about_to_send(void *arg, char *peer_ip, char *own_ip, int peer_port,
    int own_port)
{
	struct call	*c = arg;

	(void)peer_ip;
	(void)own_ip;
	(void)peer_port;
	(void)own_port;
	c->late = clock_ms() >= c->until;
	c->sent = c->sent || !c->late;
	return c->late ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* curl_slist_append() is not used, because nobody would wipe its copies. */
static void
add_line(struct call *c, char *line)
{
	struct curl_slist	*l;

	l = arena_alloc(c->mem, sizeof(*l));
	l->data = line;
	*c->end = l;
	c->end = &l->next;
}

static void
add_request_header(struct call *c, const char *name, const char *value)
{
	/*
	 * libcurl takes "name;" for a header with an empty value, and would
	 * drop "name:".
	 */
	add_line(c, *value == '\0' ? arena_printf(c->mem, "%s;", name) :
	    arena_printf(c->mem, "%s: %s", name, value));
}

static void
add_basic(struct call *c)
{
	const struct http_request	*rq = c->rq;
	const char			*pair;

	pair = arena_printf(c->mem, "%s:%s", rq->basic_user,
	    secret_text(rq->basic_password));
	add_request_header(c, "Authorization", arena_printf(c->mem, "Basic %s",
	    crypto_base64(c->mem, (struct bytes){ pair, strlen(pair) })));
}

static void
set_headers(struct call *c)
{
	const struct http_request	*rq = c->rq;
	const struct http_header	*h;

	for (h = rq->headers; h != NULL && h->name != NULL; h++)
		add_request_header(c, h->name, h->value);
	if (rq->bearer != NULL)
		add_request_header(c, "Authorization", arena_printf(c->mem,
		    "Bearer %s", secret_text(rq->bearer)));
	if (rq->basic_user != NULL)
		add_basic(c);
	/* "name:" removes a header that libcurl would send by itself. */
	if (rq->content_type != NULL)
		add_request_header(c, "Content-Type", rq->content_type);
	else
		add_line(c, arena_dup(c->mem, "Content-Type:"));
	add_line(c, arena_dup(c->mem, "Expect:"));
	SET(c, CURLOPT_HTTPHEADER, c->headers);
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
set_method(struct call *c)
{
	const struct http_request	*rq = c->rq;

	if (has_body(rq)) {
		SET(c, CURLOPT_POSTFIELDS, rq->body == NULL ? "" : rq->body);
		SET(c, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)(rq->body == NULL ? 0 : rq->bodysz));
	} else if (strcmp(rq->method, "HEAD") == 0) {
		SET(c, CURLOPT_NOBODY, 1L);
	} else {
		SET(c, CURLOPT_HTTPGET, 1L);
	}
	SET(c, CURLOPT_CUSTOMREQUEST, rq->method);
}

static void
set_limits(struct call *c)
{
	const long	 total = c->rq->total_ms != 0 ? c->rq->total_ms :
			    c->limits->total_ms;

	c->total_ms = total;
	SET(c, CURLOPT_TIMEOUT_MS, total);
	SET(c, CURLOPT_CONNECTTIMEOUT_MS, c->limits->connect_ms);
	if (c->rq->patient)
		return;
	SET(c, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW);
	SET(c, CURLOPT_LOW_SPEED_TIME, (total + 1999) / 2000);
}

/*
 * Sets what must depend neither on the environment nor on what the peer asks
 * for.
 */
static void
set_ways(struct call *c)
{
	SET(c, CURLOPT_PROTOCOLS_STR, c->https ? "https" : "http");
	SET(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(c, CURLOPT_FOLLOWLOCATION, 0L);
	SET(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(c, CURLOPT_PROXY, "");
	SET(c, CURLOPT_NOSIGNAL, 1L);
	/*
	 * Without it, giving up on a host name would block, with all other
	 * calls, until the C library gives up, too.
	 */
	SET(c, CURLOPT_QUICK_EXIT, 1L);
	SET(c, CURLOPT_PATH_AS_IS, 1L);
	SET(c, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	SET(c, CURLOPT_FRESH_CONNECT, c->rq->fresh ? 1L : 0L);
	SET(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(c, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(c, CURLOPT_SSL_VERIFYHOST, 2L);
	if (c->limits->ca_file != NULL)
		SET(c, CURLOPT_CAINFO, c->limits->ca_file);
	/*
	 * If libcurl also knew a directory of certificates, it would read file
	 * and directory again for every connection, and keep a copy for each.
	 */
	if (c->limits->ca_file != NULL ||
	    curl_version_info(CURLVERSION_NOW)->cainfo != NULL)
		SET(c, CURLOPT_CAPATH, NULL);
	if (c->limits->user_agent != NULL)
		SET(c, CURLOPT_USERAGENT, c->limits->user_agent);
}

static void
set_hooks(struct call *c)
{
	SET(c, CURLOPT_ERRORBUFFER, c->words);
	SET(c, CURLOPT_PREREQFUNCTION, on_about_to_send);
	SET(c, CURLOPT_PREREQDATA, c);
	SET(c, CURLOPT_HEADERFUNCTION, http_sink_head);
	SET(c, CURLOPT_HEADERDATA, c->sink);
	SET(c, CURLOPT_WRITEFUNCTION, http_sink_body);
	SET(c, CURLOPT_WRITEDATA, c->sink);
}

/*
 * Returns our own reason if one of our limits was passed, else libcurl's
 * message.
 */
static const char *
failure_of(const struct call *c)
{
	if (c->given_up != NULL)
		return c->given_up;
	if (c->late)
		return "its time was over before it could be sent";
	if (c->sink->why != NULL)
		return c->sink->why;
	if (c->words[0] != '\0')
		return arena_dup(c->mem, c->words);
	return curl_easy_strerror(c->rc);
}

static enum cal_err
finish_call(struct call *c, struct http_reply *reply)
{
	curl_off_t	us = 0;
	long		status = 0;

	(void)curl_easy_getinfo(c->curl, CURLINFO_TOTAL_TIME_T, &us);
	reply->ms = (long)(us / 1000);
	reply->headers = c->sink->header;
	reply->body = c->sink->body.p;
	reply->bodysz = c->sink->body.n;
	if (c->rc != CURLE_OK) {
		reply->fate = c->sent ? HTTP_AMBIGUOUS : HTTP_NOT_SENT;
		reply->error = failure_of(c);
		reply->too_large = c->sink->too_large;
		return c->sent ? CAL_UPSTREAM : CAL_UNAVAILABLE;
	}
	(void)curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
	reply->fate = HTTP_ANSWERED;
	reply->status = (int)status;
	return CAL_OK;
}

enum cal_err
http_call(struct http *h, struct arena *mem, const struct http_request *rq,
    struct http_reply *reply)
{
	struct call	c = {
		.curl = h->curl, .mem = mem, .limits = &h->limits, .rq = rq,
	};
	enum cal_err	rc;

	*reply = (struct http_reply){ .fate = HTTP_NOT_SENT, .body = "" };
	reply->error = http_check(mem, rq, &c.https);
	if (reply->error != NULL)
		return CAL_INVALID;
	c.end = &c.headers;
	c.sink = arena_alloc(mem, sizeof(*c.sink));
	http_sink_init(c.sink, mem, h->limits.reply_max);
	set_hooks(&c);
	set_ways(&c);
	set_limits(&c);
	set_method(&c);
	set_headers(&c);
	SET(&c, CURLOPT_URL, rq->url);
	FAULT(fault_call("before", rq->method, rq->url));
	c.until = clock_ms() + c.total_ms;
	if (c.rc == CURLE_OK)
		c.rc = http_perform(h, c.total_ms, &c.given_up);
	FAULT(fault_call("after", rq->method, rq->url));
	rc = finish_call(&c, reply);
	/*
	 * Keeps the connections, and forgets everything that points to this
	 * call.
	 */
	curl_easy_reset(h->curl);
	return rc;
}
