/*
 * content: see content.h.
 */
#include <stddef.h>

#include "app/calendly/content.h"
#include "app/calendly/content_field.h"

static const struct content_field LOCATION[] = {
	{ "type", "type", TEXT, NULL },
	{ "status", "status", TEXT, NULL },
	{ "join_url", "join_url", TEXT, NULL },
	{ "location", "location", TEXT, NULL },
	{ "additional_info", "additional_info", TEXT, NULL },
	{ .name = NULL },
};

static const struct content_field HOSTS[] = {
	{ "user_uri", "user", TEXT, NULL },
	{ "email", "user_email", TEXT, NULL },
	{ "name", "user_name", TEXT, NULL },
	{ .name = NULL },
};

static const struct content_field GUESTS[] = {
	{ "email", "email", TEXT, NULL },
	{ .name = NULL },
};

static const struct content_field COUNTER[] = {
	{ "total", "total", WHOLE, NULL },
	{ "active", "active", WHOLE, NULL },
	{ "limit", "limit", WHOLE, NULL },
	{ .name = NULL },
};

static const struct content_field MEETING[] = {
	{ "name", "name", TEXT, NULL },
	{ "start_time", "start_time", TIME, NULL },
	{ "end_time", "end_time", TIME, NULL },
	{ "event_type_uri", "event_type", TEXT, NULL },
	{ "location", "location", OBJECT, LOCATION },
	{ "hosts", "event_memberships", HOST_LIST, HOSTS },
	{ "guests", "event_guests", LIST, GUESTS },
	{ "invitees_counter", "invitees_counter", OBJECT, COUNTER },
	{ "notes", "meeting_notes_plain", TEXT, NULL },
	{ "created_at", "created_at", TIME, NULL },
	{ "updated_at", "updated_at", TIME, NULL },
	{ .name = NULL },
};

static const struct content_field ANSWERS[] = {
	{ "question", "question", TEXT, NULL },
	{ "answer", "answer", ANSWER, NULL },
	{ "position", "position", WHOLE, NULL },
	{ .name = NULL },
};

static const struct content_field TRACKING[] = {
	{ "utm_campaign", "utm_campaign", TEXT, NULL },
	{ "utm_source", "utm_source", TEXT, NULL },
	{ "utm_medium", "utm_medium", TEXT, NULL },
	{ "utm_content", "utm_content", TEXT, NULL },
	{ "utm_term", "utm_term", TEXT, NULL },
	{ "salesforce_uuid", "salesforce_uuid", TEXT, NULL },
	{ .name = NULL },
};

/* The amount is kept as a text, so that nobody rounds it. */
static const struct content_field PAYMENT[] = {
	{ "external_id", "external_id", TEXT, NULL },
	{ "provider", "provider", TEXT, NULL },
	{ "amount", "amount", TEXT, NULL },
	{ "currency", "currency", TEXT, NULL },
	{ "terms", "terms", TEXT, NULL },
	{ "successful", "successful", TRUTH, NULL },
	{ .name = NULL },
};

static const struct content_field RECONFIRMATION[] = {
	{ "created_at", "created_at", TIME, NULL },
	{ "confirmed_at", "confirmed_at", TIME, NULL },
	{ .name = NULL },
};

static const struct content_field INVITEE[] = {
	{ "calendly_uri", "uri", TEXT, NULL },
	{ "name", "name", TEXT, NULL },
	{ "first_name", "first_name", TEXT, NULL },
	{ "last_name", "last_name", TEXT, NULL },
	{ "email", "email", TEXT, NULL },
	{ "timezone", "timezone", TEXT, NULL },
	{ "questions_and_answers", "questions_and_answers", LIST, ANSWERS },
	{ "tracking", "tracking", OBJECT, TRACKING },
	{ "payment", "payment", OBJECT, PAYMENT },
	{ "text_reminder_number", "text_reminder_number", TEXT, NULL },
	{ "reconfirmation", "reconfirmation", OBJECT, RECONFIRMATION },
	{ "scheduling_method", "scheduling_method", TEXT, NULL },
	{ "scheduled_by", "invitee_scheduled_by", TEXT, NULL },
	{ "routing_form_submission", "routing_form_submission", TEXT, NULL },
	{ "cancel_url", "cancel_url", TEXT, NULL },
	{ "reschedule_url", "reschedule_url", TEXT, NULL },
	{ "created_at", "created_at", TIME, NULL },
	{ "updated_at", "updated_at", TIME, NULL },
	{ .name = NULL },
};

static const struct content_field CANCELLATION[] = {
	{ "canceled_by", "canceled_by", TEXT, NULL },
	{ "canceler_type", "canceler_type", TEXT, NULL },
	{ "reason", "reason", TEXT, NULL },
	{ "canceled_at", "created_at", TIME, NULL },
	{ .name = NULL },
};

/*
 * Members that say whether a meeting is canceled.  They are not kept in this
 * form, but listed so that content_unread() finds out if they can't be read.
 */
static const struct content_field EVENT_REST[] = {
	{ "status", "status", TEXT, NULL },
	{ "cancellation", "cancellation", OBJECT, CANCELLATION },
	{ .name = NULL },
};

static const struct content_field NO_SHOW[] = {
	{ "uri", "uri", TEXT, NULL },
	{ "created_at", "created_at", TIME, NULL },
	{ .name = NULL },
};

static const struct content_field INVITEE_REST[] = {
	{ "status", "status", TEXT, NULL },
	{ "rescheduled", "rescheduled", TRUTH, NULL },
	{ "old_invitee", "old_invitee", LINK, NULL },
	{ "new_invitee", "new_invitee", LINK, NULL },
	{ "cancellation", "cancellation", OBJECT, CANCELLATION },
	{ "no_show", "no_show", OBJECT, NO_SHOW },
	{ .name = NULL },
};

static const struct content_field DELIVERY[] = {
	{ "created_at", "created_at", TIME, NULL },
	{ "invitee", "payload", OBJECT, INVITEE },
	{ "invitee", "payload", OBJECT, INVITEE_REST },
	{ "scheduled_event", "payload.scheduled_event", OBJECT, MEETING },
	{ "scheduled_event", "payload.scheduled_event", OBJECT, EVENT_REST },
	{ .name = NULL },
};

const struct content_field *const content_meeting = MEETING;
const struct content_field *const content_invitee = INVITEE;
const struct content_field *const content_cancellation = CANCELLATION;
const struct content_field *const content_delivery = DELIVERY;
