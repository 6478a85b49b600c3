/* answer: what routes share: JSON answers, lists, bodies, paths. */
#ifndef APP_ROUTE_ANSWER_H
#define APP_ROUTE_ANSWER_H

#include <stdbool.h>

#include "lib/err.h"

struct json;
struct req;

/*
 * Ends the document and answers with it.  A GET by a caller with an API key
 * gets an ETag with its 200, or a 304 if the caller has this state already.
 */
void		answer_json(struct req *, int status, struct json *);
/*
 * A list is an object with the array "data" and the cursor "next". list_open()
 * opens the array for the caller to fill. list_answer() closes it, writes the
 * cursor of the next page (NULL: this is the last page) and answers.
 * list_next() closes the array and writes the cursor, but leaves the object
 * open for further members.
 */
struct json	*list_open(struct req *);
void		 list_next(struct json *, const char *cursor);
void		 list_answer(struct req *, struct json *, const char *cursor);
/*
 * Says why a request fails with 409: Calendly accepts no token of this user any
 * more.  Returns the error that the handler is to return.
 */
enum cal_err	answer_needs_reauth(struct req *) ERR_CHECK;
/* What to write instead of a time that can't be read. */
#define WHEN_WRONG							\
	"must be a time of RFC 3339, from 1970 on, such as "		\
	"2026-11-22T17:00:00Z or 2026-11-22T18:00:00+01:00"
/* Returns the tenant of the caller's API key. */
const char	*caller_tenant(const struct req *);
/*
 * Combines the results of two checks, so that a request with several faults is
 * told all of them: returns "rc", the result so far, if it is an error, else
 * "next", the result of the latest check.
 */
enum cal_err	fail_also(enum cal_err rc, enum cal_err next) ERR_CHECK;
/*
 * CAL_INVALID, said as an error of the field, unless this text can be a user's
 * id.
 */
enum cal_err	user_id_check(struct req *, const char *) ERR_CHECK;
/* Gives the path's {user_id}; CAL_INVALID unless it can be a user's id. */
enum cal_err	path_user(struct req *, const char **) ERR_CHECK;
/* Gives the path's {id}; CAL_NOTFOUND unless it is a UUID. */
enum cal_err	path_uuid(struct req *, const char **) ERR_CHECK;

#endif
