/*
 * interim: pages that go on by themselves: a browser is asked to come again.
 *
 * They answer 200 with a Refresh header.  A redirect would stay a part of the
 * navigation that Calendly began, for which a browser may withhold cookies;
 * a page of ours that loads the next one is a visit from our own site.
 */
#ifndef APP_ROUTE_INTERIM_H
#define APP_ROUTE_INTERIM_H

struct req;

/* Somebody else is at it: come again to "url" in a second. */
void	interim_wait(struct req *, const char *url);
/* At once, with the cookies of a visit from our own site. */
void	interim_bounce(struct req *, const char *url);

#endif
