/*
 * kind: the kinds of calls to Calendly, and how long each may take.
 */
#ifndef APP_CALENDLY_KIND_H
#define APP_CALENDLY_KIND_H

#include <stdbool.h>

#include "lib/err.h"

struct client_request;

enum call_kind {
	CALL_TOKEN,		/* a code for tokens, a refresh */
	CALL_REVOKE,		/* revoking, asking of a token */
	CALL_READ,
	CALL_CHANGE,
	CALL_KIND__MAX
};

struct call_limits {
	long	total_ms;
	bool	patient;	/* see http_request */
	bool	whole;		/* once begun it is not cut short by a
				 * deadline: that would turn a slow answer into
				 * an ambiguous one */
};

/* The one table of limits; docs/operations.md tells it to operators. */
extern const struct call_limits	call_limits[CALL_KIND__MAX];

enum call_kind	call_kind(const struct client_request *);
/* What an answer's status means; see client_send(). */
enum cal_err	call_outcome(int status) ERR_CHECK;

#endif
