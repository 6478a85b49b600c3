/*
 * news: what happens to a destination is told to its tenant, by events in the
 * feed, and to the operator, in the log.
 */
#ifndef APP_SERVICE_PUSH_NEWS_H
#define APP_SERVICE_PUSH_NEWS_H

#include <stdint.h>

struct arena;
struct service;
struct target;

/*
 * Tells what is new of this target (its "news" and "gone"), and pauses or
 * disables it if that is due.  What can't be told now, because the database is
 * away, is found again with the next result.
 */
void	news_tell(struct service *, struct arena *, struct target *);
/* Retention has removed events before they could be delivered. */
void	news_missed(struct service *, struct arena *, struct target *,
	    int64_t from, int64_t to);

#endif
