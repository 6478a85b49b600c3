/*
 * alone: finds out that a meeting has ended because nobody is left in it, when
 * Calendly does not say so.
 *
 * An older form of cancellation tells nothing about the scheduled event itself.
 * If the event has room for one invitee only, or nothing is known of the event,
 * it is canceled when its invitees are.  This end is derived from the other
 * registers and recomputed whenever they change; any statement of Calendly's
 * about the meeting's end outranks it.
 */
#ifndef APP_SERVICE_MEETING_ALONE_H
#define APP_SERVICE_MEETING_ALONE_H

#include <stdbool.h>

struct arena;
struct meeting;

/*
 * Recomputes the derived part of m->canceled.  Returns whether hosts now see
 * another value than before.  "rescheduled" is set to whether the derived end
 * is a reschedule; without one it is left alone.
 */
bool	meeting_see_alone(struct arena *, struct meeting *, bool *rescheduled);

#endif
