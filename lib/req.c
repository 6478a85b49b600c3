/*
 * req: one FastCGI request and its answer (libfcgi).
 *
 * libfcgi's parameters live until the request is finished, as the request's
 * arena does, so they are borrowed, not copied.  Never its FCGX_FPrintF
 * (a printf of its own that truncates) nor fcgi_stdio.h (points environ at
 * the request).
 */
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <fcgiapp.h>

#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/log.h"
#include "lib/req.h"
#include "lib/uri.h"

enum {
	ACCEPT_PAUSE_MS = 1000,
	ID_MAX = 128,
	LENGTH_DIGITS = 18,	/* surely fits a long */
};

struct req_queue {
	FCGX_Request	 fcgi;
};

enum cal_err
req_queue_open(int fd, struct req_queue **out)
{
	struct req_queue	*q;

	*out = NULL;
	if ((q = calloc(1, sizeof(*q))) == NULL) {
		log_warn("request queue not opened: out of memory");
		return CAL_INTERNAL;
	}
	if (FCGX_Init() != 0 || FCGX_InitRequest(&q->fcgi, fd, 0) != 0) {
		log_warn("request queue not opened: libfcgi does not start");
		free(q);
		return CAL_INTERNAL;
	}
	*out = q;
	return CAL_OK;
}

void
req_queue_close(struct req_queue *q)
{
	if (q == NULL)
		return;
	FCGX_Free(&q->fcgi, 1);
	free(q);
}

const char *
req_param(const struct req *r, const char *name)
{
	const FCGX_Request	*fcgi = r->fcgi;

	return FCGX_GetParam(name, fcgi->envp);
}

static const char *
param_or(const struct req *r, const char *name, const char *otherwise)
{
	const char	*value = req_param(r, name);

	return value != NULL ? value : otherwise;
}

/*
 * The web server's id, so that its log and ours tell one story; one of our
 * own if it is not fit for logs and headers.
 */
static const char *
request_id(struct req *r)
{
	const char	*id = param_or(r, "REQUEST_ID", "");
	size_t		 n;

	n = strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789._-");
	if (n > 0 && n <= ID_MAX && id[n] == '\0')
		return id;
	return crypto_uuid(r->mem);
}

static long
content_length(const struct req *r)
{
	const char	*s = param_or(r, "CONTENT_LENGTH", "");
	size_t		 n = strlen(s);

	if (n > LENGTH_DIGITS || strspn(s, "0123456789") != n)
		return -1;
	return n == 0 ? 0 : strtol(s, NULL, 10);
}

/* No more descriptors or memory: wait, or we would spin on the listener. */
static enum cal_err
accept_failed(int error)
{
	switch (error) {
	case EAGAIN:
		return CAL_UNAVAILABLE;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		log_warn("accept failed: %s: pausing for %d ms",
		    strerror(error), ACCEPT_PAUSE_MS);
		(void)poll(NULL, 0, ACCEPT_PAUSE_MS);
		return CAL_UNAVAILABLE;
	default:
		log_warn("accept failed: %s", strerror(error));
		return CAL_INTERNAL;
	}
}

enum cal_err
req_accept(struct req_queue *q, struct arena *mem, struct req *r)
{
	int	 rc;

	memset(r, 0, sizeof(*r));
	if ((rc = FCGX_Accept_r(&q->fcgi)) < 0)
		return accept_failed(-rc);
	r->mem = mem;
	r->fcgi = &q->fcgi;
	r->id = request_id(r);
	r->method = param_or(r, "REQUEST_METHOD", "");
	r->head = strcmp(r->method, "HEAD") == 0;
	r->path = param_or(r, "PATH_INFO", "");
	r->query = param_or(r, "QUERY_STRING", "");
	r->length = content_length(r);
	return CAL_OK;
}

void
req_finish(struct req *r)
{
	if (r->status == 0)
		req_answer(r, 500, NULL, NULL, 0);
	FCGX_Finish_r(r->fcgi);
	r->fcgi = NULL;
}

const char *
req_cookie(struct req *r, const char *name)
{
	const char	*p = param_or(r, "HTTP_COOKIE", "");
	size_t		 n = strlen(name), len;

	for (; *p != '\0'; p += len + (p[len] == ';')) {
		p += strspn(p, " \t");
		len = strcspn(p, ";");
		if (len > n && p[n] == '=' && strncmp(p, name, n) == 0)
			return arena_ndup(r->mem, p + n + 1, len - n - 1);
	}
	return NULL;
}

const char *
req_query(struct req *r, const char *name)
{
	return uri_query(r->mem, r->query, name);
}

enum cal_err
req_body(struct req *r, size_t max, struct bytes *out)
{
	FCGX_Request	*fcgi = r->fcgi;
	char		*p;
	int		 n;

	assert(!r->body_read);
	out->p = NULL;
	out->n = 0;
	r->body_read = true;
	if (r->length < 0)
		return req_fail(r, CAL_INVALID, "invalid_request",
		    "Content-Length is not a number.");
	if ((size_t)r->length > max || r->length > INT_MAX)
		return req_fail(r, CAL_TOOLARGE, "too_large",
		    arena_printf(r->mem, "At most %zu KiB are taken here.",
		    max / 1024));
	p = arena_alloc(r->mem, (size_t)r->length + 1);
	/* Reads on until it has them all or the client is gone. */
	n = FCGX_GetStr(p, (int)r->length, fcgi->in);
	if (n != (int)r->length) {
		r->client_gone = true;
		log_debug("client went away: %d of %ld bytes had come", n,
		    r->length);
		return CAL_UNAVAILABLE;
	}
	out->p = p;
	out->n = (size_t)n;
	return CAL_OK;
}

/* A header that is there already gets the new value; cookies add up. */
static size_t
header_slot(const struct req *r, const char *name)
{
	size_t	 i;

	for (i = 0; i < r->nheaders; i++)
		if (strcasecmp(r->header[i].name, name) == 0 &&
		    strcasecmp(name, "Set-Cookie") != 0)
			return i;
	return r->nheaders;
}

void
req_header(struct req *r, const char *name, const char *value)
{
	size_t	 i = header_slot(r, name);

	assert(r->status == 0 && i < REQ_HEADERS);
	if (value[strcspn(value, "\r\n")] != '\0') {
		log_warn("header not sent: %s: its value has a line break",
		    name);
		return;
	}
	r->header[i].name = name;
	r->header[i].value = arena_dup(r->mem, value);
	if (i == r->nheaders)
		r->nheaders++;
}

static void
put(struct req *r, const char *p, size_t n)
{
	FCGX_Request	*fcgi = r->fcgi;
	size_t		 part;

	for (; n > 0 && !r->client_gone; p += part, n -= part) {
		part = n < INT_MAX ? n : INT_MAX;
		if (FCGX_PutStr(p, (int)part, fcgi->out) == -1)
			r->client_gone = true;
	}
}

void
req_answer(struct req *r, int status, const char *type, const char *body,
    size_t n)
{
	struct buf	 b;
	size_t		 i;

	assert(r->status == 0);
	r->status = status;
	buf_init(&b, r->mem, 0);
	(void)buf_printf(&b, "Status: %d\r\n", status);
	for (i = 0; i < r->nheaders; i++)
		(void)buf_printf(&b, "%s: %s\r\n", r->header[i].name,
		    r->header[i].value);
	if (type != NULL)
		(void)buf_printf(&b, "Content-Type: %s\r\n"
		    "Content-Length: %zu\r\n", type, n);
	(void)buf_puts(&b, "\r\n");
	put(r, b.p, b.n);
	if (type != NULL && !r->head)
		put(r, body, n);
}

void
req_redirect(struct req *r, const char *url)
{
	req_header(r, "Location", url);
	req_header(r, "Cache-Control", "no-store");
	req_answer(r, 303, NULL, NULL, 0);
}

enum cal_err
req_fail(struct req *r, enum cal_err rc, const char *code, const char *detail)
{
	r->code = code;
	r->detail = detail;
	r->field = NULL;
	return rc;
}

enum cal_err
req_fail_field(struct req *r, const char *field, const char *message)
{
	r->code = "invalid_request";
	r->detail = message;
	r->field = field;
	return CAL_INVALID;
}
