/*
 * scheduled_list: reads scheduled events back from Calendly.  Their invitees:
 * scheduled_invitees.h.
 *
 * These calls need the scope scheduled_events:read; without it, and where the
 * user may not see what is asked for, they return CAL_DENIED.
 *
 * An entry that can't be used costs itself, not its page: it is counted, and
 * the count is logged.  A reply that is not a list at all is an error, never an
 * empty list.
 */
#ifndef APP_CALENDLY_SCHEDULED_LIST_H
#define APP_CALENDLY_SCHEDULED_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "app/calendly/client.h"
#include "lib/err.h"

struct json_node;
struct secret;

enum { SCHEDULED_COUNT = 100 };	/* entries on a page; Calendly's maximum */

/*
 * One scheduled event.  "text" is the entry as JSON, for storing; it holds no
 * password of a room, and no NUL, not even an escaped one, which PostgreSQL's
 * jsonb would refuse.  The texts of one page are together about as long as the
 * reply, 1 MiB at most.
 */
struct scheduled_entry {
	const char		*uri;
	const char		*id;		/* see id_from_uri() */
	const char		*start_at;	/* as when_read_loose() writes
						 * it; NULL: unreadable */
	const struct json_node	*json;
	const char		*text;
};

/* Which page of which events: those of one user, by their time of start. */
struct scheduled_query {
	const char	*user;		/* URI */
	const char	*from;		/* no earlier start; NULL: no bound */
	const char	*to;		/* no later start; NULL: no bound */
	const char	*page_token;	/* NULL: the first page */
	int		 count;		/* entries; 0: SCHEDULED_COUNT */
};

struct scheduled_page {
	struct scheduled_entry *all;
	size_t		 n;
	size_t		 unread;	/* entries that name no event */
	const char	*next;		/* token; NULL: this page is the
					 * last, or it repeats itself */
	bool		 repeats;	/* its token is the one that it was
					 * asked for with */
	bool		 token_refused;	/* CAL_INVALID because of the
					 * page_token, which does not keep for
					 * long */
	bool		 too_big;	/* CAL_UPSTREAM because the reply is
					 * larger than we take: ask again with
					 * a smaller count and no page_token */
};

/*
 * Gets one page of a user's events of every status, those of former
 * organizations as well.  A page may be short or empty and yet have a next one.
 * CAL_UPSTREAM also if the answer can't be used, or is a 404: a list may be
 * empty, but it is never missing.
 */
enum cal_err	scheduled_page(struct behalf, const struct secret *token,
		    const struct scheduled_query *, struct scheduled_page *)
		    ERR_CHECK;

/*
 * Gets one event by its URI; in the answer "uri" and "id" are never NULL.
 * CAL_NOTFOUND: it is gone (404, 410).  CAL_INVALID also if the URI names
 * nothing; then no call is made.
 */
enum cal_err	scheduled_find(struct behalf, const struct secret *token,
		    const char *uri, struct scheduled_entry *) ERR_CHECK;

#endif
