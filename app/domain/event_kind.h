/*
 * event_kind: the kinds of webhook events that Calendly has, each once.
 *
 * Whatever depends on the kind of an event is a column of this one table: the
 * scope that it needs, what a delivery is known by, whether it is about a
 * meeting, how metrics count it.  A kind that Calendly adds is one more row
 * (and, for a new family, a word of EVENT_FAMILIES).
 *
 * Source: Calendly's "Webhook payloads"; docs/calendly-api.md, "Webhooks".
 */
#ifndef APP_DOMAIN_EVENT_KIND_H
#define APP_DOMAIN_EVENT_KIND_H

#include <stdbool.h>
#include <stddef.h>

/* What stands before the dot: so metrics count deliveries. */
#define EVENT_FAMILIES	"invitee", "invitee_no_show",			\
	"routing_form_submission", "event_type", "meeting_recap", "contact"

/* How an event is about a meeting. */
enum event_about {
	ABOUT_NO_MEETING,
	ABOUT_INVITEE,		/* tells what became of one of its invitees */
	ABOUT_MEETING,		/* only names it */
};

/* What tells two events of one kind about one subject apart. */
enum event_apart {
	APART_NOT,		/* there is only one */
	APART_NO_SHOW,		/* the no-show's own id, else created_at */
	APART_UPDATED,		/* when the subject was updated */
};

struct event_kind {
	const char		*name;		/* "invitee.created" */
	const char		*scope;		/* that must be granted */
	bool			 of_user;	/* a subscription for one user
						 * may ask for it */
	enum event_about	 about;
	const char		*subject;	/* where its URI stands */
	enum event_apart	 apart;
	const char		*updated_at;	/* where, if APART_UPDATED */
};

/* Ends with a NULL name. */
extern const struct event_kind	 event_kinds[];

/* The kind of this name, which has "n" bytes; NULL: Calendly has none. */
const struct event_kind		*event_kind_find(const char *name, size_t n);
/*
 * How an event of this kind, which may be NULL, is about a meeting.  One that
 * is in no row is about what the others of its family are about.
 */
enum event_about		 event_kind_about(const char *name);

#endif
