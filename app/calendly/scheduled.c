/*
 * scheduled: see scheduled.h.
 */
#include <string.h>

#include "app/calendly/id.h"
#include "app/calendly/scheduled.h"
#include "lib/arena.h"
#include "lib/json.h"

#define EVENTS		"/scheduled_events/"
#define INVITEES	"/invitees/"

const char *
scheduled_uri_from_path(struct arena *mem, const char *invitee_uri)
{
	const char	*id, *end;

	if (invitee_uri == NULL ||
	    (id = strstr(invitee_uri, EVENTS)) == NULL)
		return NULL;
	id += strlen(EVENTS);
	if ((end = strstr(id, INVITEES)) == NULL ||
	    strcspn(id, "/") != (size_t)(end - id) || end == id)
		return NULL;
	return arena_ndup(mem, invitee_uri, (size_t)(end - invitee_uri));
}

const char *
scheduled_uri(struct arena *mem, const struct json_node *invitee,
    const struct json_node *event)
{
	const char	*const named[] = {
		scheduled_uri_from_path(mem, json_text(invitee, "uri")),
		json_text(invitee, "event"),
		json_text(event, "uri"),
	};
	const char	*uri = NULL;
	size_t		 i;

	for (i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		if (id_from_uri(mem, named[i]) == NULL)
			continue;
		if (uri == NULL || id_same(mem, uri, named[i]))
			uri = named[i];
	}
	return uri;
}
