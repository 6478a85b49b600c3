/*
 * room: whether the room of a meeting's conference is still being made.
 */
#ifndef APP_SERVICE_MEETING_ROOM_H
#define APP_SERVICE_MEETING_ROOM_H

#include <stdbool.h>

struct arena;
struct meeting;

/*
 * Says whether a meeting that lies ahead waits for its room.  Calendly sends no
 * webhook when the room is there.
 */
bool	room_is_awaited(struct arena *, const struct meeting *);

#endif
