/*
 * query: what routes take from a query string, and the cursors in it.
 *
 * Each of these answers for what is wrong; a parameter that is not there is
 * NULL, or what is said here.
 */
#ifndef APP_ROUTE_QUERY_H
#define APP_ROUTE_QUERY_H

#include "lib/err.h"

struct names;
struct req;

/*
 * The query string as such: each parameter is there once, rightly encoded.  The
 * router asks for it.
 */
enum cal_err	query_check(struct req *) ERR_CHECK;
/*
 * There is no other parameter than these (NULL-terminated).  For what filters
 * or decides: one that is misspelt would show more than was asked for.  Routes
 * with ROUTE_QUERY begin with it: it also tells what query_check() found.
 */
enum cal_err	query_known(struct req *, const char *const *) ERR_CHECK;
/* "limit": 1 to 1000, 100 if not there. */
enum cal_err	query_limit(struct req *, int *) ERR_CHECK;
/* One of these names; 0 if it is not there. */
enum cal_err	query_name(struct req *, const char *name,
		    const struct names *, unsigned *) ERR_CHECK;
/* "user_id": one that can exist. */
enum cal_err	query_user(struct req *, const char **) ERR_CHECK;
/* A moment, in the form that when_read gives. */
enum cal_err	query_time(struct req *, const char *name, const char **)
		    ERR_CHECK;

/*
 * Cursors are opaque: a letter for what they go through, then base64url.
 * NULL for a "last" of NULL; on reading, NULL if there is no "after".
 */
const char	*cursor_write(struct req *, char kind, const char *last);
enum cal_err	cursor_read(struct req *, char kind, const char **last)
		    ERR_CHECK;
/* What it says can't be: it was not written here. */
enum cal_err	cursor_refuse(struct req *) ERR_CHECK;

#endif
