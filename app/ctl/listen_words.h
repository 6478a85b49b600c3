/*
 * listen_words: what "calendlyctl listen" says about events and answers.
 */
#ifndef APP_CTL_LISTEN_WORDS_H
#define APP_CTL_LISTEN_WORDS_H

struct arena;
struct http_reply;
struct listen_event;

/* Returns a line about an event, without a newline; "rest" may be "". */
const char	*listen_line(struct arena *, const struct listen_event *,
		    const char *rest);
/* Returns why the receiver has not taken an event, and what to do about it. */
const char	*listen_refused(struct arena *, const struct http_reply *);
/* Returns what to do if no answer came, for this reason; "" if nothing. */
const char	*listen_reach(const char *error);
/*
 * Returns what the API's answer means, and what to do, if asking again would
 * not help.
 */
const char	*listen_denied(struct arena *, const struct http_reply *);
/* Returns an answer that may pass, in a few words. */
const char	*listen_trouble(struct arena *, const struct http_reply *);

#endif
