/*
 * problem: what a client gets told when something went wrong (RFC 9457).
 *
 * The codes are a closed list that docs/openapi.yaml promises; each comes
 * with one status and one title.
 */
#ifndef APP_ROUTE_PROBLEM_H
#define APP_ROUTE_PROBLEM_H

#include "lib/err.h"

struct req;

struct problem {
	const char	*code;
	int		 status;
	const char	*title;
	const char	*detail;	/* unless the request says more */
};

/* By r->code if that is set, else by what "rc" means; never NULL. */
const struct problem	*problem_find(const struct req *, enum cal_err rc);
/* Answer with the problem document. */
void			 problem_answer(struct req *, enum cal_err rc);

#endif
