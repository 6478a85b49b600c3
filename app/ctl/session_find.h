/*
 * session_find: which connect session a quoted reference means.
 */
#ifndef APP_CTL_SESSION_FIND_H
#define APP_CTL_SESSION_FIND_H

#include "lib/err.h"

struct ctl;
struct ops_session;

/* By the command's argument; opens the database; says what is wrong. */
enum cal_err	session_find_quoted(struct ctl *, struct ops_session *)
		    ERR_CHECK;

#endif
