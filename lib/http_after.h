/*
 * http_after: reads how long a peer asks us to wait before the next call.
 */
#ifndef LIB_HTTP_AFTER_H
#define LIB_HTTP_AFTER_H

struct http_reply;

enum { HTTP_UNSAID = -1 };

/*
 * Reads a number of seconds, with or without a fraction, which is rounded up.
 * Returns HTTP_UNSAID for anything else, and for NULL.
 */
long	http_seconds(const char *);
/*
 * Returns the seconds to wait that Retry-After asks for (RFC 9110, 10.2.3),
 * given as a number or as a date; HTTP_UNSAID if there is none, or none that
 * can be understood.  The caller decides how much of it to believe.
 */
long	http_retry_after(const struct http_reply *);

#endif
