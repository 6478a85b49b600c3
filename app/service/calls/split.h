/*
 * split: the shared service for several pieces of work at once.
 *
 * Each is a task (lib/task.h) and has a "struct service" of its own: the owner
 * of its leases, and the client.  Database, keys and settings are shared, as
 * tasks take turns; a transaction is never open while a task rests.
 */
#ifndef APP_SERVICE_CALLS_SPLIT_H
#define APP_SERVICE_CALLS_SPLIT_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct service;
struct http_loop;

/* Lives in the arena, and no longer than what it was made from. */
struct service	*split_new(const struct service *, struct arena *,
		    struct http_loop *);
void		 split_free(struct service *);
/* Since when its call to Calendly is under way; see client.h. */
int64_t		 split_since(const struct service *, bool *reads);
/* Unanswered, because of this: its call fails, as if it had hung. */
void		 split_give_up(struct service *, const char *why);
/*
 * Before each call that must not be given up this is asked; if it says so, the
 * call is not sent, and the work had to wait.
 */
void		 split_ask_before_changes(struct service *,
		    bool (*must_wait)(void *), void *arg);
bool		 split_had_to_wait(const struct service *);
/* Has Calendly answered any of its calls? */
bool		 split_was_answered(const struct service *);
/* From now on it has only so long for further calls. */
void		 split_hurry(struct service *, long ms);

#endif
