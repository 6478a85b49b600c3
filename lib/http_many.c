/*
 * http_many: see http_many.h.
 *
 * A call's struct and all that libcurl is told about it are in the call's
 * arena.  While the call is under way it is in the heap of deadlines, and it
 * either waits for the leader of its origin (lib/http_lead.h) or is in
 * libcurl's hands.  When it is over, libcurl's handle is freed at once and the
 * call waits in a list to be taken.
 *
 * libcurl's own limit on the time is set later than the call's, which is
 * checked here after everything that has come was read: an answer that came in
 * time counts.
 *
 * A cache of TLS sessions holds no more than eight of them, so there are many.
 */
#include <assert.h>
#include <stdlib.h>

#include <curl/curl.h>

#include "lib/clock.h"
#include "lib/fault.h"
#include "lib/http_many_own.h"

enum {
	IDLE_MOST = 1024,	/* connections kept */
	IDLE_SECONDS = 60,
};

static void
many_open(struct http_many *m)
{
	if ((m->multi = curl_multi_init()) == NULL)
		err_nomem("HTTP calls");
	(void)curl_multi_setopt(m->multi, CURLMOPT_MAXCONNECTS,
	    m->rules.connections);
	(void)curl_multi_setopt(m->multi, CURLMOPT_PIPELINING,
	    (long)CURLPIPE_MULTIPLEX);
	http_wait_open(&m->wait, m->multi);
	m->used = 0;
}

static void
many_close(struct http_many *m)
{
	(void)curl_multi_cleanup(m->multi);
	http_wait_close(&m->wait);
}

struct http_many *
http_many_new(const struct http_limits *limits,
    const struct http_many_rules *rules)
{
	struct http_many	*m;
	size_t			 i;

	assert(limits->reply_max != 0);
	if ((m = calloc(1, sizeof(*m))) == NULL)
		err_nomem("HTTP calls");
	m->limits = *limits;
	m->rules = *rules;
	if (m->rules.idle == 0)
		m->rules.idle = IDLE_SECONDS;
	if (m->rules.connections == 0)
		m->rules.connections = IDLE_MOST;
	m->over_end = &m->over;
	for (i = 0; i < HTTP_MANY_SHARES; i++) {
		if ((m->share[i] = curl_share_init()) == NULL)
			err_nomem("TLS sessions");
		(void)curl_share_setopt(m->share[i], CURLSHOPT_SHARE,
		    CURL_LOCK_DATA_SSL_SESSION);
	}
	many_open(m);
	return m;
}

enum cal_err
http_many_begin(struct http_many *m, struct arena *mem,
    const struct http_request *rq, void *tag, const char **why)
{
	struct many_call	*c;

	assert(tag != NULL);
	if ((c = many_call_new(m, mem, rq, why)) == NULL)
		return CAL_INVALID;
	FAULT(fault_call("before", c->method, c->url));
	c->tag = tag;
	c->t.until = clock_ms() + c->t.total_ms;
	c->due = (struct heap_item){ .key = c->t.until, .of = c };
	heap_add(&m->due, &c->due);
	many_call_send(c);
	return CAL_OK;
}

static void
end_leading(struct http_many *m)
{
	struct many_call	*c;

	while ((c = m->connected) != NULL) {
		m->connected = c->next;
		if (c->lead.leads)
			many_call_stop_leading(c);
	}
}

static void
land_answered(struct http_many *m)
{
	CURLMsg	*msg;
	char	*c;
	int	 left;

	while ((msg = curl_multi_info_read(m->multi, &left)) != NULL)
		if (msg->msg == CURLMSG_DONE && curl_easy_getinfo(
		    msg->easy_handle, CURLINFO_PRIVATE, &c) == CURLE_OK)
			many_call_ended((struct many_call *)(void *)c,
			    msg->data.result);
}

static void
give_up_until(struct http_many *m, int64_t until, const char *why)
{
	struct heap_item	*first;
	struct many_call	*c;

	while ((first = heap_first(&m->due)) != NULL && first->key <= until) {
		c = first->of;
		c->t.given_up = why;
		many_call_land(c, CURLE_OPERATION_TIMEDOUT);
	}
}

/*
 * libcurl looks for old connections only when a call begins.  Without calls
 * nothing tells it to, so it is begun anew.
 */
static void
close_unused(struct http_many *m, int64_t now)
{
	if (m->due.n > 0 || m->used == 0 ||
	    now - m->used < m->rules.idle * 1000)
		return;
	many_close(m);
	many_open(m);
}

static int
until_due(const struct http_many *m, int ms)
{
	const struct heap_item	*first = heap_first(&m->due);
	int64_t			 left;

	if (m->over != NULL)
		return 0;
	if (first == NULL)
		return ms;
	left = first->key - clock_ms();
	return left < 0 ? 0 : left < ms ? (int)left : ms;
}

void
http_many_turn(struct http_many *m, int ms, int fd)
{
	http_wait_turn(&m->wait, until_due(m, ms), fd, m->due.n);
	end_leading(m);
	land_answered(m);
	give_up_until(m, clock_ms(), "no whole answer in time");
	close_unused(m, clock_ms());
}

void *
http_many_landed(struct http_many *m, struct http_reply *reply,
    enum cal_err *rc)
{
	struct many_call	*c = m->over;

	if (c == NULL)
		return NULL;
	if ((m->over = c->next) == NULL)
		m->over_end = &m->over;
	*reply = c->reply;
	*rc = c->rc;
	return c->tag;
}

size_t
http_many_calls(const struct http_many *m)
{
	return m->due.n;
}

void
http_many_give_up(struct http_many *m, const char *why)
{
	give_up_until(m, INT64_MAX, why);
}

void
http_many_free(struct http_many *m)
{
	size_t	 i;

	if (m == NULL)
		return;
	http_many_give_up(m, "dropped");
	many_close(m);
	for (i = 0; i < HTTP_MANY_SHARES; i++)
		(void)curl_share_cleanup(m->share[i]);
	heap_release(&m->due);
	free(m);
}
