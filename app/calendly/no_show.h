/*
 * no_show: the register of whether an invitee did not come.
 *
 * A no-show can be set, cleared and set again within one second.  Setting one
 * tells when it began, in microseconds, and so does clearing one that is named:
 * it comes right after what it names, however late it was sent.  But clearing
 * may name nothing.  Then the time of its envelope tells, if that has
 * microseconds; if it has whole seconds nothing tells but the order of arrival,
 * and only within that second.
 *
 * So a version has two halves: the latest word that has a time of its own,
 * and the latest of the clearings in the same second that have none.  The
 * picture is their maximum, each by itself, and does not depend on the order
 * in which the words are added, given when each was received.
 */
#ifndef APP_CALENDLY_NO_SHOW_H
#define APP_CALENDLY_NO_SHOW_H

#include <stdbool.h>

#include "lib/reg.h"

struct arena;

struct no_show {
	const char	*at;		/* when it began, or what it ends did */
	bool		 cleared;
	const char	*order;		/* when it was sent, in microseconds,
					 * else received; "": before all */
	const char	*hash;		/* of the text */
	const char	*cleared_by;	/* the order of a clearing that names
					 * nothing; "" */
};

/* Its version. */
const char	*no_show_version(struct arena *, const struct no_show *);
/* Add a word to what is known, as reg_write: was there anything new in it? */
bool		 no_show_write(struct arena *, struct reg *,
		    const struct reg *seen);

#endif
