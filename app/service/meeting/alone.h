/*
 * alone: concludes from its invitees' cancellations that a meeting is canceled.
 *
 * Calendly mostly says so itself, but a webhook about a canceled invitee may
 * come without "scheduled_event".  Then the meeting counts as canceled in two
 * cases: an invitee has canceled, and the meeting has room for one only; or all
 * who booked it have canceled, and nothing else is known of the meeting.
 *
 * The conclusion is drawn anew whenever something is learned of the meeting.
 * If Calendly itself ever says that the meeting is canceled, that counts
 * instead.
 */
#ifndef APP_SERVICE_MEETING_ALONE_H
#define APP_SERVICE_MEETING_ALONE_H

#include <stdbool.h>

struct arena;
struct meeting;

/*
 * Draws the conclusion anew and stores it in m->canceled, unless that holds
 * what Calendly said.  Returns whether hosts now see another value than before.
 * If the meeting is concluded to be canceled, "rescheduled" is set to whether
 * it was moved to another time; else it is not changed.
 */
bool	meeting_see_alone(struct arena *, struct meeting *, bool *rescheduled);

#endif
