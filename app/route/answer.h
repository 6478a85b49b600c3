/*
 * answer: what routes have in common: JSON answers, lists, bodies, paths.
 */
#ifndef APP_ROUTE_ANSWER_H
#define APP_ROUTE_ANSWER_H

#include <stdbool.h>

#include "lib/err.h"

struct json;
struct json_node;
struct req;

/*
 * End the document and answer with it.  A GET of a caller that was let in
 * gets an ETag with its 200, and 304 if it has that already.
 */
void		answer_json(struct req *, int status, struct json *);
/*
 * A list: open it, write what is in it, answer with the cursor of the page
 * after it (NULL: this is the last).  list_next ends what is in it and leaves
 * the object open, for a list that has more to say.
 */
struct json	*list_open(struct req *);
void		 list_next(struct json *, const char *cursor);
void		 list_answer(struct req *, struct json *, const char *cursor);
/* 409: Calendly takes no credential of this user any more. */
enum cal_err	answer_needs_reauth(struct req *) ERR_CHECK;
/* The tenant of the API key that was let in. */
const char	*caller_tenant(const struct req *);
/*
 * A request may have several faults, and is told all of them: "rc" of what was
 * read before, and "next" of what was read now.
 */
enum cal_err	fail_also(enum cal_err rc, enum cal_err next) ERR_CHECK;
/* The JSON object in the body; answers for what is wrong with it. */
enum cal_err	body_json(struct req *, const struct json_node **) ERR_CHECK;
/* A user's id that can exist. */
enum cal_err	user_id_check(struct req *, const char *) ERR_CHECK;
/* {user_id} of the path, which must be one that can exist. */
enum cal_err	path_user(struct req *, const char **) ERR_CHECK;
/* {id} of the path: a UUID, else there is no such thing. */
enum cal_err	path_uuid(struct req *, const char **) ERR_CHECK;

#endif
