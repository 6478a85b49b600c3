/*
 * limit: reads what Calendly's headers say about its rate limit.
 *
 * X-RateLimit-Reset counts the seconds to go; it is not a point in time.
 * Retry-After is preferred if it comes.
 */
#ifndef APP_CALENDLY_LIMIT_H
#define APP_CALENDLY_LIMIT_H

struct http_reply;

/*
 * Seconds in which no more calls should be made for this user, after a 429 or
 * after a call that used up the limit; else 0.
 */
long	limit_pause(const struct http_reply *);

#endif
