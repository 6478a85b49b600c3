/*
 * split: copies of the service, so that several pieces of work can run at once.
 *
 * Each piece of work is a task (lib/task.h) and has a "struct service" of its
 * own, with its own client and its own owner of leases.  The tasks share the
 * database, the keys and the settings, because only one task runs at a time; a
 * task never has a transaction open while it rests.
 *
 * A piece of work may itself be split into parts (together.h).  What is asked
 * about it, and done to it, then concerns its own calls and those of its parts.
 */
#ifndef APP_SERVICE_CALLS_SPLIT_H
#define APP_SERVICE_CALLS_SPLIT_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct service;
struct http_loop;

/*
 * Makes a copy whose calls to Calendly go through this loop.  The copy lives in
 * the arena and must not outlive the original.  split_free() closes its client.
 */
struct service	*split_new(const struct service *, struct arena *,
		    struct http_loop *);
void		 split_free(struct service *);
/*
 * Makes a copy for one part of the work of another copy.  The arena must live
 * until split_part_end(), which closes the part's client; it leaves what is
 * known of the part's calls with the whole.
 */
struct service	*split_part(struct service *of, struct arena *);
void		 split_part_end(struct service *of, struct service *part);
/*
 * When the oldest of the calls to Calendly that are under way began, as
 * clock_ms(); 0 if there is none.  "reads" says whether none of them changes
 * anything; see client_since().
 */
int64_t		 split_since(const struct service *, bool *reads);
/* How many calls are under way that have begun at this clock_ms() or later. */
int		 split_calls_since(const struct service *, int64_t begun);
/*
 * Ends the calls to Calendly that are under way, which then fail as if they had
 * hung.  "why" is recorded as the reason and is borrowed.
 */
void		 split_give_up(struct service *, const char *why);
/*
 * Has "must_wait" asked before each call that changes something at Calendly.
 * If it returns true, the call fails without being sent.
 */
void		 split_ask_before_changes(struct service *,
		    bool (*must_wait)(void *), void *arg);
/* Tells whether a call of this copy was not sent because of "must_wait". */
bool		 split_had_to_wait(const struct service *);
/* Tells whether Calendly has answered any call of this copy. */
bool		 split_was_answered(const struct service *);
/*
 * Sets a deadline for all further calls of this copy together: they must be
 * over "ms" milliseconds from now.
 */
void		 split_hurry(struct service *, long ms);

#endif
