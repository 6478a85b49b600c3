/*
 * http_loop: calls of several tasks at once (libcurl's multi interface).
 *
 * A client that was given a loop may be called from tasks alone.  Its call
 * rests until it is over; whoever resumes the tasks turns the loop meanwhile.
 * The loop keeps what can be used again: connections, TLS sessions, the
 * certificates of the authorities.
 */
#ifndef LIB_HTTP_LOOP_H
#define LIB_HTTP_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/http.h"
#include "lib/task.h"

struct http_loop;

/* Never NULL.  To be freed after its clients. */
struct http_loop	*http_loop_new(void);
void			 http_loop_free(struct http_loop *);
void			 http_use_loop(struct http *, struct http_loop *);

/*
 * Wait up to "ms" for an answer, or until "fd" (-1: none) has something to
 * say, then carry on all calls.
 */
void			 http_loop_turn(struct http_loop *, int ms, int fd);
/*
 * Tasks whose calls are over, one at a time: each is to be resumed.  NULL:
 * there are no more.
 */
struct task		*http_loop_landed(struct http_loop *);

/*
 * Since when the client has a call under way, clock_ms(); 0: it has none.
 * Times in which nobody turned the loop are left out.
 */
int64_t			 http_since(const struct http *);
/* Its call ends now, unanswered, because of this.  "why" is borrowed. */
void			 http_give_up(struct http *, const char *why);

#endif
