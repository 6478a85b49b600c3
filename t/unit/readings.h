/*
 * readings: what answers of the API say about meetings.
 */
#ifndef T_UNIT_READINGS_H
#define T_UNIT_READINGS_H

#include "t/unit/sightings.h"

#include "lib/when.h"

#define E_URI	API "/scheduled_events/00000000-0000-4000-8000-000000000001"
#define I_URI	E_URI "/invitees/00000000-0000-4000-8000-00000000010%d"

/* An event as the API lists it, with these members after a comma each. */
static inline const struct json_node *
event_read(const char *more)
{
	return json_of(arena_printf(mem, "{\"uri\":\"" E_URI "\"%s}", more));
}

static inline const struct json_node *
invitee_read(int n, const char *more)
{
	return json_of(arena_printf(mem, "{\"uri\":\"" I_URI "\",\"event\":\""
	    E_URI "\"%s}", n, more));
}

/*
 * What answers of the API say that speak for this second after ten, of the
 * event and of the invitee.  "invitee" may be NULL.
 */
static inline struct sighting
read_at(const char *event_second, const struct json_node *event,
    const char *second, const struct json_node *invitee)
{
	const struct sighting_source	 src = {
		.connection_id = "c",
		.sent_at = when_read(mem, arena_printf(mem, DAY "10:00:%sZ",
		    second)),
		.event_sent_at = when_read(mem, arena_printf(mem, DAY
		    "10:00:%sZ", event_second)),
		.received_at = DAY "12:00:00.000000Z",
		.invitee = invitee,
		.event = event,
	};
	struct sighting			 s;

	assert_true(sighting_read(mem, &src, &s));
	return s;
}

#endif
