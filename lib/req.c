/*
 * req: see req.h.
 *
 * libfcgi's parameters live until the request is finished, as the request's
 * arena does, so they are borrowed and not copied.  Two parts of libfcgi are
 * never used: FCGX_FPrintF, a printf of its own that truncates, and
 * fcgi_stdio.h, which makes environ point to the request.
 */
#include <assert.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <fcgiapp.h>

#include "lib/arena.h"
#include "lib/log.h"
#include "lib/req.h"
#include "lib/uri.h"

const char *
req_param(const struct req *r, const char *name)
{
	const FCGX_Request	*fcgi = r->fcgi;

	return FCGX_GetParam(name, fcgi->envp);
}

/*
 * Returns the next cookie of "name=value; name=value" and its length, and moves
 * "rest" behind it.
 */
static const char *
next_cookie(const char **rest, size_t *len)
{
	const char	*p = *rest;

	if (p == NULL || *p == '\0')
		return NULL;
	p += strspn(p, " \t");
	*len = strcspn(p, ";");
	*rest = p + *len + (p[*len] == ';');
	return p;
}

const char *
req_cookie(struct req *r, const char *name)
{
	const char	*rest = req_param(r, "HTTP_COOKIE");
	const char	*p;
	size_t		 n = strlen(name), len;

	while ((p = next_cookie(&rest, &len)) != NULL)
		if (len > n && p[n] == '=' && strncmp(p, name, n) == 0)
			return arena_ndup(r->mem, p + n + 1, len - n - 1);
	return NULL;
}

const char *
req_cookie_nth(struct req *r, const char *prefix, size_t nth)
{
	const char	*rest = req_param(r, "HTTP_COOKIE");
	const char	*p;
	size_t		 n = strlen(prefix), len, name;

	while ((p = next_cookie(&rest, &len)) != NULL) {
		name = strcspn(p, "=;");
		if (name < n || p[name] != '=' || strncmp(p, prefix, n) != 0)
			continue;
		if (nth-- == 0)
			return arena_ndup(r->mem, p + n, name - n);
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

	*out = r->body;
	if (r->body_read)
		return r->client_gone ? CAL_UNAVAILABLE : CAL_OK;
	r->body_read = true;
	if (r->length < 0)
		return req_fail(r, CAL_INVALID, "invalid_request",
		    "Content-Length is not a number.");
	if ((size_t)r->length > max || r->length > INT_MAX)
		return req_fail(r, CAL_TOOLARGE, "too_large",
		    arena_printf(r->mem, "At most %zu KiB are taken here.",
		    max / 1024));
	p = arena_alloc(r->mem, (size_t)r->length + 1);
	/* FCGX_GetStr reads until it has all bytes or the client is gone. */
	n = FCGX_GetStr(p, (int)r->length, fcgi->in);
	if (n != (int)r->length) {
		r->client_gone = true;
		log_debug("client went away: %d of %ld bytes had come", n,
		    r->length);
		return CAL_UNAVAILABLE;
	}
	r->body = (struct bytes){ p, (size_t)n };
	*out = r->body;
	return CAL_OK;
}

/*
 * Waits for POLLRDHUP, because a web server that gives up a request closes its
 * connection.  That the socket is readable (POLLIN) would not tell as much: the
 * end of the request's body may not have been read yet.
 */
bool
req_rest(const struct req *r, int other, long ms)
{
	struct pollfd	 pfd[] = {
		{ .fd = r->fd, .events = POLLRDHUP },
		{ .fd = other, .events = POLLIN },
	};

	return poll(pfd, 2, (int)ms) == 0;
}

/*
 * Returns where to store a header: one that exists gets the new value, while
 * each cookie is added.
 */
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
put_header(struct req *r, const char *p, size_t n)
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
	put_header(r, b.p, b.n);
	if (type != NULL && !r->head)
		put_header(r, body, n);
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
	r->errors = NULL;
	return rc;
}

enum cal_err
req_fail_field(struct req *r, const char *field, const char *message)
{
	struct req_error	**end = &r->errors;
	int			  n = 0;

	r->code = "invalid_request";
	for (; *end != NULL && strcmp((*end)->field, field) != 0; n++)
		end = &(*end)->next;
	if (*end != NULL || n == REQ_ERRORS)
		return CAL_INVALID;
	*end = arena_alloc(r->mem, sizeof(**end));
	(*end)->field = field;
	(*end)->message = message;
	return CAL_INVALID;
}
