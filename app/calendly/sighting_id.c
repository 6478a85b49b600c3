/*
 * sighting_id: computes our ids of meetings and invitees.
 */
#include "app/calendly/sighting.h"
#include "lib/crypto.h"

const char *
sighting_id(struct arena *mem, const char *what, const char *connection_id,
    const char *calendly_id)
{
	const struct bytes	 part[] = {
		bytes_with_nul(what), bytes_with_nul(connection_id),
		bytes_with_nul(calendly_id)
	};

	return crypto_uuid_of(mem, part, 3);
}
