/*
 * event_kind: the kinds of Calendly's webhook events.
 *
 * Whatever depends on the kind of an event is a column of this table: the scope
 * that it needs, by what its deliveries are told apart, whether it is about a
 * meeting, how metrics count it.  When Calendly adds a kind, it becomes one
 * more row (and, for a new family, a word of EVENT_FAMILIES).
 *
 * Source: Calendly's "Webhook payloads"; docs/calendly-api.md, "Webhooks".
 */
#ifndef APP_DOMAIN_EVENT_KIND_H
#define APP_DOMAIN_EVENT_KIND_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The families of kinds: the part of a name before the dot.  Metrics count
 * deliveries by family.
 */
#define EVENT_FAMILIES	"invitee", "invitee_no_show",			\
	"routing_form_submission", "event_type", "meeting_recap", "contact"

/* What an event says about a meeting. */
enum event_about {
	ABOUT_NO_MEETING,
	ABOUT_INVITEE,		/* what happened to one of
				 * the meeting's invitees */
	ABOUT_MEETING,		/* only which meeting it is about */
};

/* How two events of one kind and subject are told apart. */
enum event_apart {
	APART_NOT,		/* not at all: there is one only */
	APART_NO_SHOW,		/* by the no-show's own
				 * id, else by created_at */
	APART_UPDATED,		/* by when the subject was updated */
};

struct event_kind {
	const char		*name;		/* such as "invitee.created" */
	const char		*scope;		/* scope that a
						 * subscription to it needs */
	bool			 of_user;	/* a subscription for a
						 * single user may ask for it */
	enum event_about	 about;
	const char		*subject;	/* path of the subject's
						 * URI in the body */
	enum event_apart	 apart;
	const char		*updated_at;	/* path of its updated_at,
						 * if APART_UPDATED */
};

/* The table; it ends with a NULL name. */
extern const struct event_kind	 event_kinds[];

/* Finds the kind with this name of "n" bytes; NULL: unknown. */
const struct event_kind		*event_kind_find(const char *name, size_t n);
/*
 * What an event of this kind, which may be NULL, says about a meeting.  If the
 * kind is in no row, the first row of its family answers for it.
 */
enum event_about		 event_kind_about(const char *name);

#endif
