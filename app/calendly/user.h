/*
 * user: asks Calendly whose token this is.
 */
#ifndef APP_CALENDLY_USER_H
#define APP_CALENDLY_USER_H

#include "app/calendly/client.h"
#include "lib/err.h"

struct secret;

struct calendly_user {
	const char	*uri;
	const char	*organization;
	const char	*email;
	const char	*name;
	const char	*timezone;	/* may be NULL */
};

/*
 * GET /users/me.  The members are not NULL, except for "timezone".
 * CAL_UPSTREAM also if the answer lacks one of these; those that it has are set
 * even then.
 */
enum cal_err	user_me(struct behalf, const struct secret *token,
		    struct calendly_user *) ERR_CHECK;

#endif
