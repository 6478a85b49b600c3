/*
 * apply_tenant: the deliveries of one tenant in a batch, applied together.
 *
 * Each becomes an event; those about a meeting are also added to it, and
 * where that alters what hosts see, meeting.changed follows.  The number of
 * statements does not depend on the number of deliveries.
 */
#ifndef APP_SERVICE_WEBHOOK_APPLY_TENANT_H
#define APP_SERVICE_WEBHOOK_APPLY_TENANT_H

#include <stddef.h>

#include "lib/err.h"

struct arena;
struct tx;
struct delivery;
struct event_new;
struct meeting;
struct told;

struct group {
	const char	*tenant_id;
	struct told	*told;		/* what each delivery says */
	int		 n;
	struct meeting	*meetings;	/* that they are about, by id */
	size_t		 nmeetings;
	struct event_new *events;	/* to be appended */
	int		 nevents;
};

/*
 * Read "n" deliveries of a tenant.  "scratch" is reset.
 */
void		 group_read(struct group *, struct arena *mem,
		    struct arena *scratch, const struct delivery *const *,
		    int n);
/*
 * Apply the deliveries and take them off the queue, in their order, until
 * their events have used up "room" bytes; always one.  The rest stays in the
 * queue.
 */
enum cal_err	 group_apply(struct group *, struct tx *, size_t *room)
		    ERR_CHECK;
/* Instead: leave all of them for later. */
enum cal_err	 group_put_back(struct group *, struct tx *) ERR_CHECK;
/* The last write for a tenant, see event_append. */
enum cal_err	 group_append(const struct group *, struct tx *) ERR_CHECK;
/*
 * Instead: of one delivery that can't be applied, write its event alone,
 * flagged.  It becomes applied once that succeeds.
 */
enum cal_err	 group_append_flagged(struct group *, struct tx *) ERR_CHECK;
/* Count what became of its deliveries, once that is committed; how many. */
int		 group_count(const struct group *);

#endif
