/*
 * connection_json: a connection as the API shows it.
 */
#ifndef APP_ROUTE_CONNECTION_JSON_H
#define APP_ROUTE_CONNECTION_JSON_H

struct arena;
struct service;
struct connection_view;
struct json;

void	connection_write(const struct service *, struct arena *,
	    struct json *, const struct connection_view *);
/* An array of texts, from a NULL-terminated list; NULL: empty. */
void	texts_write(struct json *, const char *key, const char *const *);

#endif
