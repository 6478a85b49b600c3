/* destination_json: writes destinations and pushes as the API shows them. */
#ifndef APP_ROUTE_DESTINATION_JSON_H
#define APP_ROUTE_DESTINATION_JSON_H

struct destination;
struct json;
struct push;
struct push_attempt;
struct req;
struct service;

/*
 * Writes a destination as an object of an array or of its own.  "secret" is
 * NULL except when it was just made.
 */
void	destination_write(struct service *, struct req *, struct json *,
	    const struct destination *, const char *secret);
/* Writes a push; "attempts" may be NULL, then they are not shown. */
void	push_write(struct json *, const struct push *,
	    const struct push_attempt *attempts, int n);

#endif
