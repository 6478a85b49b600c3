/*
 * http_loop: see http_loop.h.
 *
 * libcurl is called by one thread at a time, because tasks take turns with the
 * code that turns the loop.
 *
 * That code may have been busy with something else, so that answers are waiting
 * in their sockets. libcurl checks its time limit before it reads them.  So
 * libcurl's own limit is set later than the call's, and the call's limit is
 * checked here after everything that has come was read: an answer that came in
 * time counts.  For the same reason libcurl's limit on slowness is switched off
 * here.
 */
#include <stdlib.h>

#include <curl/curl.h>

#include "lib/clock.h"
#include "lib/err.h"
#include "lib/http_loop.h"
#include "lib/http_own.h"
#include "lib/log.h"

enum {
	AWAY_MS = 500,		/* pauses up to this are ignored */
	IDLE_MOST = 32,		/* most connections kept for later calls */
	SLACK_MS = 20 * 1000,	/* by which libcurl's limit is later */
};

struct http_loop {
	CURLM			*multi;
	CURLSH			*share;
	struct http_flight	*flights;
	int64_t			 left;		/* clock_ms() of last turn */
};

struct http_loop *
http_loop_new(void)
{
	struct http_loop	*l;

	if ((l = calloc(1, sizeof(*l))) == NULL ||
	    (l->multi = curl_multi_init()) == NULL ||
	    (l->share = curl_share_init()) == NULL)
		err_nomem("HTTP calls");
	(void)curl_share_setopt(l->share, CURLSHOPT_SHARE,
	    CURL_LOCK_DATA_SSL_SESSION);
	(void)curl_multi_setopt(l->multi, CURLMOPT_MAXCONNECTS,
	    (long)IDLE_MOST);
	(void)curl_multi_setopt(l->multi, CURLMOPT_PIPELINING,
	    (long)CURLPIPE_NOTHING);
	return l;
}

void
http_loop_free(struct http_loop *l)
{
	if (l == NULL)
		return;
	(void)curl_multi_cleanup(l->multi);
	(void)curl_share_cleanup(l->share);
	free(l);
}

void
http_use_loop(struct http *h, struct http_loop *l)
{
	h->loop = l;
	(void)curl_easy_setopt(h->curl, CURLOPT_SHARE, l->share);
}

/*
 * Takes a call out of libcurl's hands.  Its task rests until somebody resumes
 * it.
 */
static void
flight_land(struct http_loop *l, struct http_flight *f, CURLcode rc)
{
	if (f->landed)
		return;
	(void)curl_multi_remove_handle(l->multi, f->curl);
	f->landed = true;
	f->rc = rc;
}

static void
land_ended(struct http_loop *l)
{
	struct http_flight	*f;
	CURLMsg			*m;
	int			 left;

	while ((m = curl_multi_info_read(l->multi, &left)) != NULL) {
		for (f = l->flights; f != NULL && (f->landed ||
		    f->curl != m->easy_handle); f = f->next)
			;
		if (f != NULL && m->msg == CURLMSG_DONE)
			flight_land(l, f, m->data.result);
	}
}

static void
land_late(struct http_loop *l)
{
	const int64_t		 now = clock_ms();
	struct http_flight	*f;

	for (f = l->flights; f != NULL; f = f->next)
		if (!f->landed && f->until <= now) {
			f->given_up = "no whole answer in time";
			flight_land(l, f, CURLE_OPERATION_TIMEDOUT);
		}
}

/*
 * A pause between two turns, in which no answer could be read, is not counted
 * as time for which a peer was silent.
 */
static void
loop_forgive(struct http_loop *l)
{
	const int64_t		 now = clock_ms();
	const int64_t		 away = l->left == 0 ? 0 : now - l->left;
	struct http_flight	*f;

	if (away <= AWAY_MS)
		return;
	for (f = l->flights; f != NULL; f = f->next)
		f->begun = f->begun + away < now ? f->begun + away : now;
}

void
http_loop_turn(struct http_loop *l, int ms, int fd)
{
	struct curl_waitfd	 extra = {
		.fd = fd, .events = CURL_WAIT_POLLIN
	};
	int			 running;

	loop_forgive(l);
	(void)curl_multi_poll(l->multi, &extra, fd == -1 ? 0 : 1,
	    ms, NULL);
	(void)curl_multi_perform(l->multi, &running);
	land_ended(l);
	land_late(l);
	l->left = clock_ms();
}

struct task *
http_loop_landed(const struct http_loop *l)
{
	const struct http_flight	*f = l->flights;

	while (f != NULL && !f->landed)
		f = f->next;
	return f == NULL ? NULL : f->task;
}

size_t
http_loop_calls(const struct http_loop *l)
{
	const struct http_flight	*f;
	size_t				 n = 0;

	for (f = l->flights; f != NULL; f = f->next)
		n += f->landed ? 0 : 1;
	return n;
}

int64_t
http_since(const struct http *h)
{
	return h->flight == NULL || h->flight->landed ? 0 : h->flight->begun;
}

void
http_give_up(struct http *h, const char *why)
{
	if (http_since(h) == 0)
		return;
	h->flight->given_up = why;
	flight_land(h->loop, h->flight, CURLE_ABORTED_BY_CALLBACK);
}

static void
flight_leave(struct http_loop *l, const struct http_flight *f)
{
	struct http_flight	**at = &l->flights;

	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
}

static CURLcode
flight_begin(struct http *h, struct http_flight *f)
{
	const CURLMcode	 rc = curl_multi_add_handle(h->loop->multi, h->curl);

	if (rc != CURLM_OK) {
		log_warn("libcurl takes no more calls: %s",
		    curl_multi_strerror(rc));
		return CURLE_FAILED_INIT;
	}
	f->next = h->loop->flights;
	h->loop->flights = f;
	h->flight = f;
	while (!f->landed)
		task_rest();
	flight_leave(h->loop, f);
	h->flight = NULL;
	return f->rc;
}

CURLcode
http_perform(struct http *h, long ms, const char **given_up)
{
	struct http_flight	 f = {
		.curl = h->curl, .task = task_outermost()
	};
	CURLcode		 rc;

	*given_up = NULL;
	if (h->loop == NULL)
		return curl_easy_perform(h->curl);
	f.begun = clock_ms();
	f.until = f.begun + ms;
	(void)curl_easy_setopt(h->curl, CURLOPT_TIMEOUT_MS, ms + SLACK_MS);
	(void)curl_easy_setopt(h->curl, CURLOPT_LOW_SPEED_TIME, 0L);
	rc = flight_begin(h, &f);
	*given_up = f.given_up;
	return rc;
}
