/*
 * room: see room.h.
 */
#include <string.h>

#include "app/repo/meeting.h"
#include "app/service/meeting/room.h"
#include "lib/when.h"

/*
 * Quotes within texts are escaped, so this finds only the member itself; and
 * nothing but a location has a "status".
 */
static bool
is_being_made(const char *content)
{
	return strstr(content, "\"status\":\"processing\"") != NULL ||
	    strstr(content, "\"status\":\"initiated\"") != NULL;
}

bool
room_is_awaited(struct arena *mem, const struct meeting *m)
{
	if (m->content.text == NULL || m->canceled.text != NULL ||
	    presence_is_gone(&m->presence) || !is_being_made(m->content.text))
		return false;
	return m->start_at == NULL ||
	    strcmp(m->start_at, when_now(mem, 0)) > 0;
}
