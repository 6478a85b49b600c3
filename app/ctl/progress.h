/* progress: how far a walk over a user's meetings is, in one line of text. */
#ifndef APP_CTL_PROGRESS_H
#define APP_CTL_PROGRESS_H

#include <stdint.h>
#include <time.h>

#include "app/domain/status.h"

struct arena;
struct sync_view;

/* Returns a line of at most 79 characters, without a newline. */
const char	*progress_line(struct arena *, const struct sync_view *,
		    time_t now);
/* Returns "[####------------]", which is full only if all is done. */
const char	*progress_bar(struct arena *, int64_t done, int64_t all);
/* Returns a duration, roughly: "95 s", "4 min", "3 h".  A negative one is 0. */
const char	*progress_span(struct arena *, long seconds);
/* Reads a time in RFC 3339, in UTC; -1 for NULL and for any other text. */
time_t		 progress_time(const char *);
/* Returns why a walk is stuck and what to do. */
const char	*progress_trouble(enum sync_trouble);

#endif
