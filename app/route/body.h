/*
 * body: reads the JSON object that a request sends.
 *
 * On an error each of these functions notes in the request what is wrong.  A
 * member that is missing or null is no error; it gives NULL, or what is named
 * here.
 */
#ifndef APP_ROUTE_BODY_H
#define APP_ROUTE_BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/err.h"

struct json_node;
struct req;

/* Reads the body, whatever it is. */
enum cal_err	body_bytes(struct req *, struct bytes *) ERR_CHECK;
/* Reads the JSON object in the body. */
enum cal_err	body_json(struct req *, const struct json_node **) ERR_CHECK;
/* The same, but a request may also have no body: NULL. */
enum cal_err	body_json_if_any(struct req *, const struct json_node **)
		    ERR_CHECK;
/* CAL_INVALID if it has other members than these (NULL-terminated). */
enum cal_err	body_known(struct req *, const struct json_node *,
		    const char *const *) ERR_CHECK;
/* True if the member is there, even if it is null. */
bool		body_has(const struct json_node *, const char *name);
/* Reads a member that must be a string. */
enum cal_err	body_text(struct req *, const struct json_node *,
		    const char *name, const char **) ERR_CHECK;
/*
 * Reads a member that must be true or false, not null; false if it is missing.
 */
enum cal_err	body_bool(struct req *, const struct json_node *,
		    const char *name, bool *) ERR_CHECK;
/* Reads a list of strings, which then ends with NULL. */
enum cal_err	body_texts(struct req *, const struct json_node *,
		    const char *name, const char *const **) ERR_CHECK;
/* Reads a time, in the form of when_read(). */
enum cal_err	body_time(struct req *, const struct json_node *,
		    const char *name, const char **) ERR_CHECK;
/* Reads "user_id", which must be text that can be a user's id. */
enum cal_err	body_user(struct req *, const struct json_node *,
		    const char **) ERR_CHECK;

#endif
