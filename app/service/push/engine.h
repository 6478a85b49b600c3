/*
 * engine: pushes events to destinations, hundreds at the same time.
 *
 * A pusher claims destinations that have something to be pushed, takes events
 * for them, as many as each has room for, and sends them.  It waits for none:
 * whatever is over when the loop comes round is recorded, all destinations'
 * results by one statement, and then more is taken by one other.  So the busier
 * it is, the more each statement does.
 *
 * What is recorded can be repeated, and what is not recorded is pushed again.
 * While the database is away, results are kept, and nothing more is taken.
 */
#ifndef APP_SERVICE_PUSH_ENGINE_H
#define APP_SERVICE_PUSH_ENGINE_H

struct engine;
struct service;

/* "descriptors": how many file descriptors the process may have.  Never NULL. */
struct engine	*engine_new(struct service *, long descriptors);
void		 engine_free(struct engine *);
/*
 * Waits until something can be done, or "fd" is readable, and does it: one turn
 * of the loop.
 */
void		 engine_turn(struct engine *, int fd);
/*
 * Takes nothing more, gives the calls under way a few seconds to end, and gives
 * all claims up.  A push that has not ended then counts as not tried.
 */
void		 engine_leave(struct engine *);

#endif
