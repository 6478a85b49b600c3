/*
 * changes: what a walk has seen of some meetings is applied, through the same
 * code that applies webhooks, and what it changes is told in the feed.
 *
 * A step sets the sightings and calls, in one transaction,
 *
 *	changes_apply(&c, tx)	locks the connection, and saves the meetings
 *	changes_tell(&c, tx)	writes the events, which comes last of all
 *
 * and changes_count(&c) after its commit.
 */
#ifndef APP_SERVICE_SYNC_CHANGES_H
#define APP_SERVICE_SYNC_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/service/meeting/picture.h"
#include "lib/err.h"

struct event_new;
struct sighting;
struct tx;
struct walk;

struct changes {
	struct walk	*w;
	const struct sighting *seen;	/* those of one meeting in a row */
	size_t		 n;
	/* Set by changes_apply(). */
	struct picture	 picture;
	struct event_new *events;	/* one for each meeting that changed */
	struct news	*news;		/* that each event tells */
	int		 nevents;
	bool		 room_is_awaited;
	int64_t		 missed_by_webhook;
	int64_t		 missed_by_poll;
};

/*
 * CAL_NOTFOUND: the connection has got another grant meanwhile, so that what
 * was read may be another account's.
 */
enum cal_err	changes_apply(struct changes *, struct tx *) ERR_CHECK;
enum cal_err	changes_tell(const struct changes *, struct tx *) ERR_CHECK;
void		changes_count(const struct changes *);

#endif
