/*
 * user: who a token belongs to.
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
	const char	*timezone;	/* or NULL */
};

/* GET /users/me.  CAL_UPSTREAM also if the answer lacks what we need. */
enum cal_err	user_me(struct behalf, const struct secret *token,
		    struct calendly_user *) ERR_CHECK;

#endif
