/*
 * destination_check: what a destination may be.
 *
 * Each function returns NULL if the value may be used, else why not and what to
 * write instead.  The texts are in the arena, and quote no header's value.
 */
#ifndef APP_SERVICE_PUSH_DESTINATION_CHECK_H
#define APP_SERVICE_PUSH_DESTINATION_CHECK_H

struct arena;
struct http_header;
struct settings;

/*
 * A URL that pushes can be sent to.  What its name leads to is not looked up
 * here: every connection is checked when it is made.  But a literal address is
 * judged at once.
 */
const char	*destination_url_fault(const struct settings *, struct arena *,
		    const char *url);
/* The types of events that it gets; ends with NULL. */
const char	*destination_types_fault(struct arena *,
		    const char *const *types);
/* Headers of its own; ends with a NULL name. */
const char	*destination_headers_fault(struct arena *,
		    const struct http_header *);
/* A text for people. */
const char	*destination_text_fault(const char *description);

#endif
