/*
 * http_many_call: see http_many_own.h.
 *
 * libcurl could let calls wait for a connection that they can share
 * (CURLOPT_PIPEWAIT).  But calls that wait there do not end in time, and each
 * connection made wakes all of them, whatever their peer.  So they wait in
 * lib/http_lead.h.
 */
#include <sys/socket.h>

#include <errno.h>
#include <string.h>

#include <curl/curl.h>

#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/fault.h"
#include "lib/http_many_own.h"
#include "lib/http_sink.h"
#include "lib/log.h"
#include "lib/uri.h"

enum {
	AGAIN_MOST = 3,
	LIFE_SECONDS = 10 * 60,	/* for which a connection is used */
	SLACK_MS = 20 * 1000,	/* by which libcurl's limit is later */
};

/* libcurl calls it for each address that it tries. */
static curl_socket_t
open_if_allowed(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct many_call		*c = arg;
	const struct http_many_rules	*rules = &c->many->rules;
	const char			*why = NULL;
	int				 fd;

	(void)purpose;
	if (rules->may_connect != NULL)
		why = rules->may_connect(rules->arg, &a->addr, c->t.https);
	if (why == NULL) {
		fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
		if (fd != -1) {
			c->opened = true;
			return fd;
		}
		why = strerrordesc_np(errno);
	}
	c->refused = why;
	return CURL_SOCKET_BAD;
}

/* libcurl is within a call and can take no other, so the rest is done later. */
static void
note_leader_connected(void *arg)
{
	struct many_call	*c = arg;

	if (!c->lead.leads || c->connected)
		return;
	c->connected = true;
	c->next = c->many->connected;
	c->many->connected = c;
}

static void
set_many(struct many_call *c)
{
	const struct http_many	*m = c->many;
	struct http_transfer	*t = &c->t;

	HTTP_SET(t, CURLOPT_PRIVATE, c);
	HTTP_SET(t, CURLOPT_OPENSOCKETFUNCTION, open_if_allowed);
	HTTP_SET(t, CURLOPT_OPENSOCKETDATA, c);
	HTTP_SET(t, CURLOPT_SHARE,
	    m->share[http_lead_hash(c->lead.origin) % HTTP_MANY_SHARES]);
	HTTP_SET(t, CURLOPT_MAXAGE_CONN, m->rules.idle);
	HTTP_SET(t, CURLOPT_MAXLIFETIME_CONN, (long)LIFE_SECONDS);
	HTTP_SET(t, CURLOPT_DNS_CACHE_TIMEOUT, m->rules.idle);
	HTTP_SET(t, CURLOPT_TIMEOUT_MS, t->total_ms + SLACK_MS);
	HTTP_SET(t, CURLOPT_LOW_SPEED_TIME, 0L);
}

struct many_call *
many_call_new(struct http_many *m, struct arena *mem,
    const struct http_request *rq, const char **why)
{
	struct many_call	*c = arena_alloc(mem, sizeof(*c));
	struct uri		 u;

	c->many = m;
	c->t = (struct http_transfer){
		.curl = curl_easy_init(), .mem = mem, .limits = &m->limits,
		.keep = m->rules.keep, .cut_counts = true,
		.elsewhere = m->rules.http_elsewhere, .share = true,
		.on_sending = note_leader_connected, .arg = c,
	};
	if (c->t.curl == NULL)
		err_nomem("an HTTP call");
	*why = http_transfer_prepare(&c->t, rq, &u);
	if (*why != NULL) {
		curl_easy_cleanup(c->t.curl);
		return NULL;
	}
	c->lead = (struct http_lead){ .origin = u.origin, .call = c };
	c->fresh = rq->fresh;
	c->method = arena_dup(mem, rq->method);
	c->url = arena_dup(mem, rq->url);
	set_many(c);
	return c;
}

static void
give_to_curl(struct many_call *c)
{
	CURLMcode	 rc;

	if (c->t.rc != CURLE_OK) {
		many_call_land(c, c->t.rc);
		return;
	}
	rc = curl_multi_add_handle(c->many->multi, c->t.curl);
	c->in_curl = rc == CURLM_OK;
	if (c->in_curl)
		return;
	log_warn("libcurl takes no more calls: %s", curl_multi_strerror(rc));
	many_call_land(c, CURLE_FAILED_INIT);
}

void
many_call_stop_leading(struct many_call *leader)
{
	struct http_lead	*w, *next;

	w = http_lead_end(&leader->many->leads, &leader->lead);
	for (; w != NULL; w = next) {
		next = w->next;
		give_to_curl(w->call);
	}
}

static void
take_from_curl(struct many_call *c)
{
	if (c->in_curl)
		(void)curl_multi_remove_handle(c->many->multi, c->t.curl);
	c->in_curl = false;
}

void
many_call_land(struct many_call *c, CURLcode rc)
{
	struct http_many	*m = c->many;

	FAULT(fault_call("after", c->method, c->url));
	heap_remove(&m->due, &c->due);
	take_from_curl(c);
	c->t.rc = rc;
	if (c->t.given_up == NULL && !c->opened)
		c->t.given_up = c->refused;
	c->rc = http_transfer_finish(&c->t, &c->reply);
	m->used = clock_ms();
	c->reply.ms = (long)(m->used - c->t.until) + c->t.total_ms;
	curl_easy_cleanup(c->t.curl);
	c->next = NULL;
	*m->over_end = c;
	m->over_end = &c->next;
	if (c->lead.leader != NULL)
		http_lead_leave(&c->lead);
	if (c->lead.leads)
		many_call_stop_leading(c);
}

void
many_call_send(struct many_call *c)
{
	http_lead_join(&c->many->leads, &c->lead);
	if (c->lead.leads)
		give_to_curl(c);
}

/*
 * A connection may turn out to be dead when it is used again. libcurl then uses
 * another one by itself, but not with HTTP/2.  Also, libcurl loses the reply of
 * a peer that resets the stream while the rest of the request is sent; then it
 * has nothing to say about the failure.
 */
static bool
may_be_sent_again(const struct many_call *c, CURLcode rc)
{
	if (c->fresh || c->again == AGAIN_MOST || c->t.late ||
	    c->t.sink->header_bytes > 0)
		return false;
	if (rc == CURLE_HTTP2_STREAM)
		return c->t.words[0] == '\0';
	return !c->opened && (rc == CURLE_HTTP2 || rc == CURLE_SEND_ERROR ||
	    rc == CURLE_RECV_ERROR || rc == CURLE_PARTIAL_FILE ||
	    rc == CURLE_GOT_NOTHING);
}

void
many_call_ended(struct many_call *c, CURLcode rc)
{
	if (!may_be_sent_again(c, rc)) {
		many_call_land(c, rc);
		return;
	}
	c->again++;
	take_from_curl(c);
	if (c->lead.leads)
		many_call_stop_leading(c);
	c->connected = false;
	c->t.words[0] = '\0';
	many_call_send(c);
}
