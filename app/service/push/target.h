/*
 * target: a destination that this pusher has claimed, and what is in flight to
 * it.
 */
#ifndef APP_SERVICE_PUSH_TARGET_H
#define APP_SERVICE_PUSH_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/repo/push.h"
#include "app/service/push/health.h"
#include "lib/err.h"

struct arena;
struct flight;
struct http_header;
struct secret;
struct service;

enum { TARGET_FAILURE_MAX = 512 };

/* Times are by clock_ms(). */
struct target {
	struct target		*next;
	struct arena		*mem;		/* holds all that is const */
	const char		*id;
	const char		*tenant_id;
	const char		*url;
	int64_t			 version;
	const struct http_header *headers;	/* the host app's own; ends
						 * with a NULL name */
	const struct secret	*secrets[2];	/* to sign with */
	size_t			 nsecrets;
	int64_t			 former_until;	/* when the second one ends, by
						 * the database's clock */
	const struct secret *const *hide;	/* never to be shown */
	size_t			 nhide;
	const char		*unfit;		/* why nothing can be sent to
						 * it, or NULL */

	struct destination_health health;
	char			 failure[TARGET_FAILURE_MAX];	/* its text */
	int64_t			 after;		/* events up to this number
						 * were taken */
	struct flight		*flights;	/* under way, or over and not
						 * recorded */
	int			 in_flight;	/* under way */
	size_t			 bytes;		/* of these */
	int			 window;	/* how many may be */
	bool			 proven;	/* it succeeded quickly */
	bool			 lost;		/* the claim is */
	bool			 abandoned;	/* the claim ends by itself */
	bool			 more;		/* the feed has more for it */
	bool			 dirty;		/* health is to be recorded */
	bool			 gone;		/* it has answered 410 */
	enum health_news	 news;		/* to be told */
	int64_t			 look_at;	/* when to look for events */
	int64_t			 renew_at;	/* when to renew the claim */
	int64_t			 busy_at;	/* when it was busy last */
	int64_t			 retry_at;	/* not to be released before */
};

/*
 * Makes a target of a destination that was just claimed, and opens its secrets.
 * Never NULL.
 */
struct target	*target_new(struct service *, const struct push_target *);
void		 target_free(struct target *);
/*
 * Notes how many a success, which took so long, or a failure lets be in flight.
 */
void		 target_widen(struct target *, int64_t ms);
void		 target_narrow(struct target *);
/*
 * Returns how many pushes it may get now.  "db_now" is the database's clock.
 */
int		 target_room(const struct target *, int64_t db_now,
		    bool *probe);
/*
 * Returns the number up to which every event was pushed or has a row.  "all" is
 * the list of targets: pushes to the same destination may be in flight from an
 * earlier claim.
 */
int64_t		 target_cursor(const struct target *all,
		    const struct target *);
/* True for a header that the host app must not set, in any case. */
bool		 target_header_is_ours(const char *name);

#endif
