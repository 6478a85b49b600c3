/*
 * strip: takes the personal data out of what is kept of a meeting that Calendly
 * does not have any more.
 */
#ifndef APP_SERVICE_MEETING_STRIP_H
#define APP_SERVICE_MEETING_STRIP_H

struct arena;
struct reg;

/*
 * Returns the value of a register of a meeting or an invitee that was gone at
 * "gone_at" (NULL: never).  A value that is not newer keeps its version, so
 * that older ones do not return, but only URIs, times and numbers of its text;
 * the rest becomes null or an empty list.  Such a text has nothing left to
 * strip.
 */
struct reg	strip_reg(struct arena *, const struct reg *,
		    const char *gone_at);

#endif
