/*
 * alone: a meeting that ended because nobody is left in it, without a
 * word on the meeting itself.
 *
 * A cancellation in the shape of older bodies says nothing of its scheduled
 * event.  Where there is room for one invitee only, or nothing at all is known
 * of the event, it is canceled when its invitees are.  This is no sighting, but
 * follows from what is known, and so is found anew whenever that changes; any
 * word of Calendly's on the meeting's end outranks it.
 */
#ifndef APP_SERVICE_MEETING_ALONE_H
#define APP_SERVICE_MEETING_ALONE_H

#include <stdbool.h>

struct arena;
struct meeting;

/*
 * Bring "canceled" in line with the rest; is it shown otherwise than before?
 * "rescheduled" is set if it ended by a reschedule.
 */
bool	meeting_see_alone(struct arena *, struct meeting *, bool *rescheduled);

#endif
