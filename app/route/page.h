/*
 * page: the pages for a person whose address does not exist or who has to wait
 * a moment.
 *
 * nginx serves the pages of deploy/pages. calendlyd itself writes only these
 * few, because it alone knows that an address does not exist and whether a
 * person asks.  They look like the others: same style sheet, same script.
 */
#ifndef APP_ROUTE_PAGE_H
#define APP_ROUTE_PAGE_H

#include <stdbool.h>

struct req;

enum page {
	PAGE_NOT_FOUND,		/* 404 */
	PAGE_BAD_METHOD,	/* 405: the address is for programs */
	PAGE_START_AGAIN,	/* 405: the address is for browsers */
	PAGE_TRY_AGAIN,		/* 503: offers the same address again */
};

/*
 * Should the answer be a page rather than a problem document?  The Accept
 * header decides.  If it prefers neither, the client gets a page only if
 * "browser" is true: the address is one that browsers visit.
 */
bool	page_wanted(const struct req *, bool browser);
void	page_answer(struct req *, enum page);
/*
 * Answers with a page "One moment", which makes the browser load this URL of
 * ours after so many seconds.  It is a 200 with a Refresh header rather than a
 * redirect, because a redirect stays part of the navigation that Calendly
 * began, for which a browser may withhold cookies; this page loads the URL as a
 * visit from our own site.
 */
void	page_go_on(struct req *, int seconds, const char *url);

#endif
