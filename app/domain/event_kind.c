/*
 * event_kind: see event_kind.h.
 */
#include <string.h>

#include "app/domain/event_kind.h"

const struct event_kind	event_kinds[] = {
	{ "invitee.created", "scheduled_events:read", true, ABOUT_INVITEE,
	    "payload.uri", APART_NOT, NULL },
	{ "invitee.canceled", "scheduled_events:read", true, ABOUT_INVITEE,
	    "payload.uri", APART_NOT, NULL },
	{ "invitee_no_show.created", "scheduled_events:read", true,
	    ABOUT_INVITEE, "payload.uri", APART_NO_SHOW, NULL },
	{ "invitee_no_show.deleted", "scheduled_events:read", true,
	    ABOUT_INVITEE, "payload.uri", APART_NO_SHOW, NULL },
	{ "event_type.created", "event_types:read", true, ABOUT_NO_MEETING,
	    "payload.uri", APART_NOT, NULL },
	{ "event_type.updated", "event_types:read", true, ABOUT_NO_MEETING,
	    "payload.uri", APART_UPDATED, "payload.updated_at" },
	{ "event_type.deleted", "event_types:read", true, ABOUT_NO_MEETING,
	    "payload.uri", APART_NOT, NULL },
	{ "routing_form_submission.created", "routing_forms:read", false,
	    ABOUT_NO_MEETING, "payload.uri", APART_NOT, NULL },
	{ "meeting_recap.created", "meeting_recaps:read", true, ABOUT_MEETING,
	    "payload.recap.uri", APART_NOT, NULL },
	{ "meeting_recap.updated", "meeting_recaps:read", true, ABOUT_MEETING,
	    "payload.recap.uri", APART_UPDATED, "payload.recap.updated_at" },
	{ "meeting_recap.deleted", "meeting_recaps:read", true, ABOUT_MEETING,
	    "payload.recap.uri", APART_NOT, NULL },
	{ "contact.created", "contacts:read", true, ABOUT_NO_MEETING,
	    "payload.contact.uri", APART_NOT, NULL },
	{ "contact.updated", "contacts:read", true, ABOUT_NO_MEETING,
	    "payload.contact.uri", APART_UPDATED,
	    "payload.contact.updated_at" },
	{ "contact.deleted", "contacts:read", true, ABOUT_NO_MEETING,
	    "payload.contact.uri", APART_NOT, NULL },
	{ .name = NULL },
};

const struct event_kind *
event_kind_find(const char *name, size_t n)
{
	const struct event_kind	*k;

	for (k = event_kinds; k->name != NULL; k++)
		if (strlen(k->name) == n && memcmp(k->name, name, n) == 0)
			return k;
	return NULL;
}

/*
 * If the kind is in no row, the first row of its family answers for it.
 */
enum event_about
event_kind_about(const char *name)
{
	const struct event_kind	*k;
	size_t			 n;

	if (name == NULL)
		return ABOUT_NO_MEETING;
	if ((k = event_kind_find(name, strlen(name))) != NULL)
		return k->about;
	n = strcspn(name, ".") + 1;
	for (k = event_kinds; k->name != NULL; k++)
		if (strncmp(k->name, name, n) == 0)
			return k->about;
	return ABOUT_NO_MEETING;
}
