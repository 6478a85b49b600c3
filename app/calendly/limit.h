/*
 * limit: reads what Calendly's headers say about its rate limit.
 *
 * X-RateLimit-Reset counts the seconds to go; it is not a point in time.
 * Retry-After is seconds or an HTTP date, and is preferred if it comes.
 */
#ifndef APP_CALENDLY_LIMIT_H
#define APP_CALENDLY_LIMIT_H

struct http_reply;

enum { LIMIT_UNSAID = -1 };

/*
 * What a reply says.  LIMIT_UNSAID stands for a header that did not come, or
 * that can't be understood; it never counts as 0.
 */
struct limit_said {
	long	 calls;		/* how many a minute may have; at least 1 */
	long	 left;		/* how many are left of them */
	long	 reset;		/* seconds until all of them may be made
				 * again */
	long	 pause;		/* seconds in which no calls should be made for
				 * this user, after a 429 or after the call that
				 * used up the limit; else 0 */
};

void	limit_read(const struct http_reply *, struct limit_said *);

#endif
