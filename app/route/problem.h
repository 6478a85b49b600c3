/*
 * problem: the problem documents that tell a client what went wrong (RFC 9457).
 *
 * Their codes are a closed list that docs/openapi.yaml promises; each has one
 * status and one title.
 */
#ifndef APP_ROUTE_PROBLEM_H
#define APP_ROUTE_PROBLEM_H

#include "lib/err.h"

struct req;

struct problem {
	const char	*code;
	int		 status;
	const char	*title;
	const char	*detail;	/* if the request has none of its own */
};

/* Returns the problem for r->code if that is set, else for "rc"; never NULL. */
const struct problem	*problem_find(const struct req *, enum cal_err rc);
/* Answers the request with the problem document. */
void			 problem_answer(struct req *, enum cal_err rc);

#endif
