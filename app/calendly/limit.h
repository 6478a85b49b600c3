/*
 * limit: what Calendly says of its rate limit.
 *
 * X-RateLimit-Reset counts seconds to go; it is not a time.  Retry-After is
 * taken if it comes.
 */
#ifndef APP_CALENDLY_LIMIT_H
#define APP_CALENDLY_LIMIT_H

struct http_reply;

/*
 * How many seconds no more calls should be made for this user: after a 429,
 * or after the last one that was allowed; else 0.
 */
long	limit_pause(const struct http_reply *);

#endif
