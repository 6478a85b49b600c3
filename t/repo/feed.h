/*
 * feed: helpers that add events to a tenant's feed and read it.
 */
#ifndef T_REPO_FEED_H
#define T_REPO_FEED_H

#include "t/repo/grants.h"

#include "app/repo/feed.h"

enum { PAGE = 7 };

static const char	*connection, *user;

static inline struct event_new
event_of(const char *id)
{
	return (struct event_new){
		.id = id,
		.connection_id = connection,
		.user_id = user,
		.type = "test",
		.source = SOURCE_SYSTEM,
		.body = "{}",
	};
}

static inline enum cal_err
add(struct db *db, const char *id)
{
	const struct event_new	 ev = event_of(id);

	return event_add(tx_of(db), &ev);
}

/* Appends two events at once. */
static inline enum cal_err
append(struct db *db, const char *one, const char *other)
{
	const struct event_new	 all[] = { event_of(one), event_of(other) };

	return event_append(tx_of(db), all, 2);
}

static inline int64_t
extend(struct db *db)
{
	int64_t	 moved;

	ok(feed_extend(db, mem, 1000, &moved));
	return moved;
}

/* Reads the events after number "seq", one page at most; returns how many. */
static inline int
read_after(struct db *db, int64_t seq, struct event **list)
{
	const struct feed_query	 q = { .after = seq, .limit = PAGE };
	struct feed_page	 page;

	ok(in_tenant(db, feed_list(tx_of(db), &q, &page)));
	*list = page.events;
	return page.n;
}

static inline int
feed_setup(void **state)
{
	if (grants_setup(state) != 0)
		return -1;
	connection = new_connection(a, &user);
	while (extend(a) > 0)
		continue;		/* numbers what other tests left */
	return 0;
}

#endif
