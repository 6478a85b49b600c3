/*
 * apply_tenant: applies one tenant's deliveries of a batch together.
 *
 * Each delivery becomes an event.  Those about a meeting are also added to that
 * meeting, and if this changes what hosts see of it, a meeting.changed event
 * follows.  The number of statements does not depend on the number of
 * deliveries.
 */
#ifndef APP_SERVICE_WEBHOOK_APPLY_TENANT_H
#define APP_SERVICE_WEBHOOK_APPLY_TENANT_H

#include <stddef.h>

#include "app/service/meeting/picture.h"
#include "lib/err.h"

struct arena;
struct tx;
struct delivery;
struct event_new;
struct settings;
struct told;

struct group {
	const char	*tenant_id;
	struct told	*told;		/* what each delivery says, parsed */
	int		 n;
	struct picture	 picture;	/* the meetings they are about */
	struct event_new *events;	/* to be appended to the feed */
	int		 nevents;
	const char	**to_look;	/* connections whose meetings wait for
					 * the room of a conference */
	size_t		 nto_look;
};

/*
 * Reads "n" deliveries of one tenant.  The result lives in "mem"; "scratch" is
 * used for one parsed body at a time and reset.
 */
void		 group_read(struct group *, struct arena *mem,
		    struct arena *scratch, const struct delivery *const *,
		    int n);
/*
 * Applies the deliveries in their order and takes them off the queue, until
 * their events have used up the "room", in bytes, which is lowered.  At least
 * one is applied.  The rest stays in the queue.
 */
enum cal_err	 group_apply(struct group *, struct tx *,
		    const struct settings *, size_t *room) ERR_CHECK;
/* Instead of group_apply(): puts all of them off. */
enum cal_err	 group_put_back(struct group *, struct tx *) ERR_CHECK;
/*
 * Appends the events to the tenant's feed; the last write for a tenant in the
 * transaction, see event_append.
 */
enum cal_err	 group_append(const struct group *, struct tx *) ERR_CHECK;
/*
 * For a single delivery that can't be applied: writes only its event, flagged.
 * If a later try succeeds, the event's outcome becomes "applied".
 */
enum cal_err	 group_append_flagged(struct group *, struct tx *) ERR_CHECK;
/*
 * Counts in the metrics what became of the deliveries, after the commit.
 * Returns how many there were.
 */
int		 group_count(const struct group *);

#endif
