/* connection_json: writes a connection as the API shows it. */
#ifndef APP_ROUTE_CONNECTION_JSON_H
#define APP_ROUTE_CONNECTION_JSON_H

#include "app/domain/status.h"

struct arena;
struct service;
struct connection_view;
struct json;
struct sync_view;

void	connection_write(const struct service *, struct arena *,
	    struct json *, const struct connection_view *);
/*
 * Writes the state of a connection's sync, as the member "key"; NULL: as the
 * whole document.
 */
void	sync_write(struct json *, const char *key, const struct sync_view *);
/* Writes the member "state". */
void	webhook_state_write(struct json *, enum webhook_state);
/*
 * Writes an array of strings from a NULL-terminated list; for NULL the array is
 * empty.
 */
void	texts_write(struct json *, const char *key, const char *const *);

#endif
