/*
 * http_loop: calls of several tasks at the same time (libcurl's multi
 * interface).
 *
 * A client that has a loop may be used only by tasks.  A task that makes a call
 * rests until the call is over; meanwhile the code that resumes the tasks turns
 * the loop.  The loop keeps what later calls can use again: connections, TLS
 * sessions and the authorities' certificates.
 */
#ifndef LIB_HTTP_LOOP_H
#define LIB_HTTP_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/http.h"
#include "lib/task.h"

struct http_loop;

/* Never NULL.  Free the loop after all clients that use it. */
struct http_loop	*http_loop_new(void);
void			 http_loop_free(struct http_loop *);
void			 http_use_loop(struct http *, struct http_loop *);

/*
 * Waits up to "ms" milliseconds until a call makes progress or "fd" (-1: none)
 * is readable, then carries on with all calls.
 */
void			 http_loop_turn(struct http_loop *, int ms, int fd);
/*
 * Returns a task that has a call that is over, for the caller to resume; NULL
 * if there is none.  For a call by a task that another task has made, that is
 * the outermost task.  A call is told of until its task has gone on.
 */
struct task		*http_loop_landed(const struct http_loop *);
/* Returns how many calls are under way. */
size_t			 http_loop_calls(const struct http_loop *);

/*
 * Returns since when the client has had a call under way, as clock_ms(); 0 if
 * it has none.  Times in which nobody turned the loop are not counted.
 */
int64_t			 http_since(const struct http *);
/*
 * Ends the client's call now, unanswered.  "why" is borrowed and becomes the
 * reply's error.
 */
void			 http_give_up(struct http *, const char *why);

#endif
