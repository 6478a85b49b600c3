/*
 * session: minting the link that lets a browser connect.
 */
#ifndef APP_SERVICE_CONNECT_SESSION_H
#define APP_SERVICE_CONNECT_SESSION_H

#include <stdbool.h>

#include "lib/err.h"

struct errand;

struct session_wish {
	const char	*user_id;
	const char	*return_url;	/* or NULL */
	const char	*expected_email;/* or NULL */
	bool		 force;
};

struct session_link {
	const char	*id;
	const char	*url;		/* secret: who opens it connects */
	const char	*expires_at;
	const char	*popup_url;	/* the same, by a page that notes it */
};

/* 1 to 128 of A-Z a-z 0-9 . _ ~ : @ + | = - and not "." or "..". */
bool		session_user_id_ok(const char *);
/*
 * In a transaction of the tenant's own.  CAL_INVALID: "field" and "message"
 * say what to mend.
 */
enum cal_err	session_mint(const struct errand *, const struct session_wish *,
		    struct session_link *, const char **field,
		    const char **message) ERR_CHECK;

#endif
