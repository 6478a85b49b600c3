/*
 * guard: where pushes may go.
 *
 * A destination must not lead into the operator's own network, so private
 * addresses and the like are refused unless CALENDLYD_DELIVER_ALLOW names them.
 * The address is judged that is really connected to, for each connection: what
 * a name meant when the destination was made, or a moment ago, says nothing.
 */
#ifndef APP_SERVICE_PUSH_GUARD_H
#define APP_SERVICE_PUSH_GUARD_H

#include <stdbool.h>

struct arena;
struct guard;
struct sockaddr;

/* "allow" is a list of address ranges. */
struct guard	*guard_new(struct arena *, const char *const *allow);
void		 guard_free(struct guard *);
/*
 * For struct http_many_rules: NULL if a connection to this address may be made,
 * else why not and what can be done.  The text lives until some thousand others
 * were made.
 */
const char	*guard_may_connect(void *guard, const struct sockaddr *,
		    bool tls);

#endif
