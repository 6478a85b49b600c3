/*
 * meeting: meetings and their invitees, as the deliveries describe them.
 *
 * All functions need a tenant's transaction.
 */
#ifndef APP_REPO_MEETING_H
#define APP_REPO_MEETING_H

#include <stdbool.h>
#include <stddef.h>

#include "app/domain/presence.h"
#include "app/domain/status.h"
#include "lib/err.h"
#include "lib/reg.h"

struct tx;

enum {			/* limits of what is shown with a meeting */
	MEETING_INVITEES_MAX = 100,
	MEETING_INVITEES_BYTES = 256 * 1024,	/* but always the first */
	MEETING_INVITEES_TOLD = 10,		/* told in meeting.changed */
};

/*
 * An invitee of a meeting.  Each register's text is a JSON object, and that of
 * "content" is never NULL.  Rows that are read to be shown come without
 * versions.
 */
struct invitee {
	const char	*id;
	const char	*booked_at;	/* NULL: not known */
	struct reg	 content;
	struct reg	 canceled;
	struct reg	 no_show;
	struct presence	 presence;
	bool		 altered;	/* it has to be saved */
};

struct meeting {
	const char	*id;
	const char	*connection_id;
	const char	*user_id;
	const char	*start_at;	/* NULL: not known */
	const char	*end_at;
	struct reg	 content;
	struct reg	 canceled;
	struct presence	 presence;
	const char	*host_timezone;	/* the account's; NULL: not known */
	struct invitee	*invitees;	/* the oldest booking first */
	int		 ninvitees;
	int		 room;		/* how many "invitees" can hold; 0: as
					 * many as there are */
	bool		 invitees_more;	/* more exist than were read */
	bool		 altered;	/* it has to be saved */
};

/* What to list; NULL stands for any value. */
struct meeting_filter {
	const char	*user_id;
	const char	*from;		/* start >= from */
	const char	*to;		/* start < to */
	enum meeting_status status;
	const char	*after_id;	/* of the last one already listed ... */
	const char	*after_start;	/* ... and its start_at */
	int		 limit;
};

enum cal_err	meeting_find(struct tx *, const char *id, struct meeting *)
		    ERR_CHECK;
/*
 * Lists meetings by their start; those without one come last.  After a certain
 * amount of data the rest come without content ("content.text" is NULL): read
 * them with another call that starts there.  The first one always has its
 * content.
 */
enum cal_err	meeting_list(struct tx *, const struct meeting_filter *,
		    struct meeting **, int *n) ERR_CHECK;

/*
 * meeting_load() is given "n" meetings, each with its id and connection_id, and
 * fills in those that exist: their registers' versions and their oldest
 * invitees.  "touched" names invitees (by both ids) that it must read even if
 * they are not among the oldest.  For meetings that do not exist it sets only
 * host_timezone.
 */
struct invitee_ref {
	const char	*meeting_id;
	const char	*id;
};
enum cal_err	meeting_load(struct tx *, struct meeting *, size_t n,
		    const struct invitee_ref *touched, size_t ntouched)
		    ERR_CHECK;
/* Names all invitees of these meetings. */
enum cal_err	meeting_invitees_of(struct tx *, const char *const *id,
		    size_t n, struct invitee_ref **, int *nfound) ERR_CHECK;
/* Writes the meetings and invitees that are marked as altered. */
enum cal_err	meeting_save(struct tx *, const struct meeting *, size_t n)
		    ERR_CHECK;

#endif
