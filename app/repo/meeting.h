/*
 * meeting: meetings and their invitees, as their deliveries tell.
 *
 * All of it needs a tenant's transaction.
 */
#ifndef APP_REPO_MEETING_H
#define APP_REPO_MEETING_H

#include <stdbool.h>
#include <stddef.h>

#include "app/domain/status.h"
#include "lib/err.h"
#include "lib/reg.h"

struct tx;

enum {			/* what is shown with a meeting */
	MEETING_INVITEES_MAX = 100,
	MEETING_INVITEES_BYTES = 256 * 1024,	/* the first always is */
	MEETING_INVITEES_TOLD = 10,		/* in meeting.changed */
};

/*
 * Each register's text is an object of JSON; of "content", always.  What is
 * read to be shown comes without versions.
 */
struct invitee {
	const char	*id;
	const char	*booked_at;	/* NULL: not known */
	struct reg	 content;
	struct reg	 canceled;
	struct reg	 no_show;
	bool		 altered;	/* to be saved */
};

struct meeting {
	const char	*id;
	const char	*connection_id;
	const char	*user_id;
	const char	*start_at;	/* NULL: not known */
	const char	*end_at;
	struct reg	 content;
	struct reg	 canceled;
	const char	*host_timezone;	/* of the connected account, or NULL */
	struct invitee	*invitees;	/* the oldest booking first */
	int		 ninvitees;
	bool		 invitees_more;	/* than were read */
	bool		 altered;	/* to be saved */
};

/* NULL: any. */
struct meeting_filter {
	const char	*user_id;
	const char	*from;		/* <= start */
	const char	*to;		/* > start */
	enum meeting_status	 status;
	const char	*after_id;	/* the last of the page before ... */
	const char	*after_start;	/* ... and its start_at */
	int		 limit;
};

enum cal_err	meeting_find(struct tx *, const char *id, struct meeting *)
		    ERR_CHECK;
/*
 * By start, those without one last.  Past some megabytes they come without
 * content ("content.text" is NULL): to be read from there on with another
 * call.
 */
enum cal_err	meeting_list(struct tx *, const struct meeting_filter *,
		    struct meeting **, int *n) ERR_CHECK;

/*
 * Read those of "n" meetings that there are, by id and connection_id, with
 * their registers' versions, the oldest bookings and, of "touched" (both
 * ids given), also younger ones.  Of the others only host_timezone is set.
 */
struct invitee_ref {
	const char	*meeting_id;
	const char	*id;
};
enum cal_err	meeting_load(struct tx *, struct meeting *, size_t n,
		    const struct invitee_ref *touched, size_t ntouched)
		    ERR_CHECK;
/* Write what is altered. */
enum cal_err	meeting_save(struct tx *, const struct meeting *, size_t n)
		    ERR_CHECK;

#endif
