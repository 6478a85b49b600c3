/* session_find: finds a connect session by the reference that a user quotes. */
#ifndef APP_CTL_SESSION_FIND_H
#define APP_CTL_SESSION_FIND_H

#include "lib/err.h"

struct ctl;
struct ops_session;

/*
 * Opens the database and finds the session that the command's first argument
 * refers to.  On an error a message has said what is wrong.
 */
enum cal_err	session_find_quoted(struct ctl *, struct ops_session *)
		    ERR_CHECK;

#endif
