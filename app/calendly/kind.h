/*
 * kind: the kinds of calls to Calendly, and how long each may take.
 */
#ifndef APP_CALENDLY_KIND_H
#define APP_CALENDLY_KIND_H

#include <stdbool.h>

#include "lib/err.h"

struct client_request;

enum call_kind {
	CALL_TOKEN,		/* exchange a code, refresh tokens */
	CALL_REVOKE,		/* revoke or introspect a token */
	CALL_READ,
	CALL_CHANGE,
	CALL_KIND__MAX
};

struct call_limits {
	long	total_ms;
	bool	patient;	/* waits for a silent
				 * server: see http_request */
	bool	whole;		/* a deadline does not shorten the call
				 * once it has begun: that would turn a
				 * slow answer into an ambiguous one */
};

/*
 * The only table of these limits; docs/operations.md explains them to
 * operators.
 */
extern const struct call_limits	call_limits[CALL_KIND__MAX];

enum call_kind	call_kind(const struct client_request *);
/* What the status of an answer means; see client_send(). */
enum cal_err	call_outcome(int status) ERR_CHECK;

#endif
