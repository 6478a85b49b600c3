/*
 * page: what a person gets told who is at an address that is none, or has to
 * wait for a moment.
 *
 * The pages of deploy/pages are nginx's; these are the few that calendlyd
 * writes itself, because it alone knows that there is no such address and who
 * asks.  They look like the others: same style sheet, same script.
 */
#ifndef APP_ROUTE_PAGE_H
#define APP_ROUTE_PAGE_H

#include <stdbool.h>

struct req;

enum page {
	PAGE_NOT_FOUND,		/* 404 */
	PAGE_BAD_METHOD,	/* 405, of an address for programs */
	PAGE_START_AGAIN,	/* 405, of an address that browsers visit */
	PAGE_TRY_AGAIN,		/* 503: this very address, a little later */
};

/*
 * Would who asks rather have a page than a problem document?  A browser says
 * so; who has no preference is taken for a program, or with "browser", for a
 * person.
 */
bool	page_wanted(const struct req *, bool browser);
void	page_answer(struct req *, enum page);
/*
 * "One moment", for a browser that is asked to come again to this URL of ours
 * after so many seconds.  It is a 200 with a Refresh header: a redirect would
 * stay a part of the navigation that Calendly began, for which a browser may
 * withhold cookies; this page loads the next one as a visit from our own site.
 */
void	page_go_on(struct req *, int seconds, const char *url);

#endif
