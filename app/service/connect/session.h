/*
 * session: mints the link that lets a browser connect.
 */
#ifndef APP_SERVICE_CONNECT_SESSION_H
#define APP_SERVICE_CONNECT_SESSION_H

#include <stdbool.h>

#include "lib/err.h"

struct errand;

struct session_wish {
	const char	*user_id;
	const char	*return_url;	/* NULL: the tenant's or
					 * the configured default */
	const char	*expected_email; /* NULL: any account may connect */
	bool		 force;
};

struct session_link {
	const char	*id;
	const char	*url;		/* secret: whoever opens it connects */
	const char	*expires_at;
	const char	*popup_url;	/* the same link, through a
					 * page that remembers that
					 * its window is a popup */
};

/*
 * Says whether this is a valid user id: 1 to 128 of A-Z a-z 0-9 . _ ~ : @ + | =
 * - and neither "." nor "..".
 */
bool		session_user_id_ok(const char *);
/*
 * Mints a link, in a transaction of its own.  CAL_INVALID: "field" names the
 * wrong member of the wish and "message" says what to correct.
 */
enum cal_err	session_mint(const struct errand *, const struct session_wish *,
		    struct session_link *, const char **field,
		    const char **message) ERR_CHECK;

#endif
