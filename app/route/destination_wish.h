/*
 * destination_wish: reads what the host app wants of a destination.
 *
 * Every member that is wrong is noted in the request.
 */
#ifndef APP_ROUTE_DESTINATION_WISH_H
#define APP_ROUTE_DESTINATION_WISH_H

#include "lib/err.h"

struct destination_wish;
struct req;
struct settings;

/* Reads the body of a POST, which must have a URL. */
enum cal_err	wish_for_new(const struct settings *, struct req *,
		    struct destination_wish *) ERR_CHECK;
/* Reads the body of a PATCH, which must have anything. */
enum cal_err	wish_for_change(const struct settings *, struct req *,
		    struct destination_wish *) ERR_CHECK;

#endif
