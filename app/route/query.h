/*
 * query: reads the parameters of query strings, and their cursors.
 *
 * On an error each of these functions notes in the request what is wrong.  A
 * parameter that is missing is no error; it gives NULL, or the default that is
 * named here.
 */
#ifndef APP_ROUTE_QUERY_H
#define APP_ROUTE_QUERY_H

#include "lib/err.h"

struct names;
struct req;

/*
 * Checks the form of the query string: each parameter is there only once and
 * correctly encoded.  Called by the router.
 */
enum cal_err	query_check(struct req *) ERR_CHECK;
/*
 * CAL_INVALID if there are other parameters than these (NULL-terminated): a
 * misspelt filter would show more than was asked for.  Routes with ROUTE_QUERY
 * call this first, as it also returns the error that query_check() found.
 */
enum cal_err	query_known(struct req *, const char *const *) ERR_CHECK;
/* Gives "limit": 1 to 1000; 100 if it is missing. */
enum cal_err	query_limit(struct req *, int *) ERR_CHECK;
/*
 * Reads the parameter "name" as one of these names.  0: the request does not
 * have it.
 */
enum cal_err	query_name(struct req *, const char *name,
		    const struct names *, unsigned *) ERR_CHECK;
/* Gives "user_id", which must be text that can be a user's id. */
enum cal_err	query_user(struct req *, const char **) ERR_CHECK;
/* Gives the parameter "name", which must be a UUID. */
enum cal_err	query_uuid(struct req *, const char *name, const char **)
		    ERR_CHECK;
/* Gives the parameter "name" as a time, in the form of when_read(). */
enum cal_err	query_time(struct req *, const char *name, const char **)
		    ERR_CHECK;

/*
 * Cursors are opaque to clients: a letter that names the list, then base64url
 * of the last item's key. cursor_write() returns NULL if "last" is NULL;
 * cursor_read() gives NULL if there is no "after".
 */
const char	*cursor_write(struct req *, char kind, const char *last);
enum cal_err	cursor_read(struct req *, char kind, const char **last)
		    ERR_CHECK;
/* The same for a list whose keys are UUIDs. */
enum cal_err	cursor_read_uuid(struct req *, char kind, const char **last)
		    ERR_CHECK;
/* Returns the key in a cursor of this list; NULL if it is none. */
const char	*cursor_content(struct req *, char kind, const char *cursor);
/*
 * Notes and returns the error for a cursor whose content cannot have been
 * written here.
 */
enum cal_err	cursor_refuse(struct req *) ERR_CHECK;

#endif
