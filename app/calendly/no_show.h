/*
 * no_show: the register that says whether an invitee did not come (a
 * "no-show").
 *
 * A no-show can be set, cleared and set again within one second, and messages
 * about it may arrive in any order.  A message that sets it tells when it
 * began, in microseconds.  A message that clears a named no-show tells the same
 * time, and so comes right after the setting.  But a clearing may name no
 * no-show: then it is ordered by the time of its envelope if that has
 * microseconds, and otherwise, within its second, by when it was received.
 *
 * So a version has two halves: the latest message that has a time of its own,
 * and the latest clearing, in the same second, that has none.  Each half is the
 * maximum of what was seen, so the result does not depend on the order in which
 * messages are added, only on when each was received.
 */
#ifndef APP_CALENDLY_NO_SHOW_H
#define APP_CALENDLY_NO_SHOW_H

#include <stdbool.h>

#include "lib/reg.h"

struct arena;

struct no_show {
	const char	*at;		/* when this no-show began;
					 * for a clearing, when the
					 * one that it clears began */
	bool		 cleared;
	const char	*order;		/* when it was sent, in
					 * microseconds, else when it
					 * was received; "" sorts first */
	const char	*hash;		/* of the text */
	const char	*cleared_by;	/* "order" of a clearing that
					 * names no no-show; "": none */
};

/* Writes a no-show as the version of a register. */
const char	*no_show_version(struct arena *, const struct no_show *);
/*
 * Adds a message to what is known, like reg_write().  Returns whether it
 * brought anything new.
 */
bool		 no_show_write(struct arena *, struct reg *,
		    const struct reg *seen);

#endif
