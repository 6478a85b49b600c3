/*
 * access: who may call the API.
 */
#ifndef APP_ROUTE_ACCESS_H
#define APP_ROUTE_ACCESS_H

#include "lib/err.h"

struct service;
struct req;

/*
 * Does the request bear an API key that lets its caller in?  Then r->caller is
 * a struct api_key.  The router asks before the handler runs; a handler that
 * waits asks again before it answers, for the key may have been revoked.
 */
enum cal_err	access_let_in(struct service *, struct req *) ERR_CHECK;

#endif
