/*
 * http_check: see http_check.h.
 *
 * A line break in a header's value would let whoever chose the value add
 * headers or requests.
 */
#include <string.h>

#include "lib/http.h"
#include "lib/http_check.h"
#include "lib/secret.h"
#include "lib/uri.h"

static bool
is_method(const char *s)
{
	return *s != '\0' &&
	    s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] == '\0';
}

static bool
is_one_line(const char *s)
{
	return s == NULL || s[strcspn(s, "\r\n")] == '\0';
}

static bool
headers_are_lines(const struct http_request *rq)
{
	const struct http_header	*h;

	for (h = rq->headers; h != NULL && h->name != NULL; h++)
		if (!is_one_line(h->name) || !is_one_line(h->value))
			return false;
	if (rq->bearer != NULL && !is_one_line(secret_text(rq->bearer)))
		return false;
	return is_one_line(rq->content_type);
}

const char *
http_check(struct arena *mem, const struct http_request *rq, bool elsewhere,
    struct uri *u)
{
	if (!is_method(rq->method))
		return "not called: the method is not a valid one";
	if (!uri_parse(mem, rq->url, u))
		return "not called: the URL is not a valid one";
	if (strcmp(u->scheme, "https") != 0 && !elsewhere &&
	    !uri_is_loopback(u))
		return "not called: the URL is not https";
	if (!headers_are_lines(rq))
		return "not called: there is a line break in a header";
	return NULL;
}
