/*
 * outcome: what a destination's answer to a push means.
 *
 * Only 2xx is success.  A redirect is never followed, because it might lead to
 * an address that the destination must not be in; the outcome says where it
 * leads.
 */
#ifndef APP_SERVICE_PUSH_OUTCOME_H
#define APP_SERVICE_PUSH_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct http_reply;
struct secret;

enum { OUTCOME_ANSWER_MAX = 1024 };	/* bytes that are kept of an answer */

struct outcome {
	bool		 delivered;
	bool		 gone;		/* it wants no more pushes */
	int		 status;	/* 0: no whole answer */
	int64_t		 hold_ms;	/* the pause that it asks for; 0: none */
	const char	*answer;	/* how its answer begins; NULL: empty */
	const char	*error;		/* why it is no success; NULL: it is */
};

/*
 * Texts are in the arena, in UTF-8, without control characters, and without the
 * secrets to "hide", wherever the destination repeats them.
 */
void	outcome_read(struct arena *, const struct http_reply *,
	    const struct secret *const *hide, size_t nhide, struct outcome *);

#endif
