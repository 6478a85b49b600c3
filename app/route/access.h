/* access: which callers may use the API. */
#ifndef APP_ROUTE_ACCESS_H
#define APP_ROUTE_ACCESS_H

#include "lib/err.h"

struct service;
struct req;

/*
 * Lets the caller in if the request bears an API key that is valid: r->caller
 * is then a struct api_key.  The router calls this before the handler; a
 * handler that waits calls it again before it answers, because the key may have
 * been revoked meanwhile.  CAL_DENIED: the call comes from a browser.
 * CAL_UNAUTHORIZED: the key is missing or not known.
 */
enum cal_err	access_let_in(struct service *, struct req *) ERR_CHECK;

#endif
