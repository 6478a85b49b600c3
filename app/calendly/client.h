/*
 * client: calls to Calendly, each of them bounded, observed and redacted.
 *
 * A token is sent to the configured origins alone: paths are ours, and a URL
 * that Calendly gives is only ever read for its last part.
 */
#ifndef APP_CALENDLY_CLIENT_H
#define APP_CALENDLY_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/err.h"
#include "lib/http.h"

struct arena;
struct http_loop;
struct json_node;
struct secret;
struct settings;

/* What is known of a call when it is over, fit for people to read. */
struct client_call {
	const char	*purpose;	/* "token_refresh" */
	const char	*method;
	const char	*path;		/* without the query */
	int		 status;	/* 0: no answer */
	const char	*error;		/* why not, or NULL */
	long		 ms;
	const char	*reply;		/* of a failed call: redacted, capped */
	long		 pause;		/* s; see client_reply */
};

struct client;

/*
 * On whose behalf a call is made, and until when.  Whoever is told of it or
 * asked about it goes by that.
 */
struct behalf {
	struct client	*api;
	struct arena	*mem;		/* for the answer */
	const char	*tenant_id;
	const char	*connection_id;	/* NULL: none, or none as yet */
	const char	*session_id;	/* of a connect session; NULL: none */
	int64_t		 until;		/* clock_ms(), for the call to be over;
					 * 0: no more bound than its own */
};

/*
 * How long one call of each kind may take, all in all.  Leases that are held
 * over a call are longer.
 */
enum {
	/* A code for tokens, a refresh.  What is given up here may cost the
	 * user a new consent, so silence is waited out, too. */
	CLIENT_TOKEN_MS = 30 * 1000,
	CLIENT_REVOKE_MS = 10 * 1000,	/* revoking, asking of a token */
	CLIENT_READ_MS = 10 * 1000,
	CLIENT_CHANGE_MS = 10 * 1000,	/* of a subscription */
};

struct client	*client_new(struct arena *, const struct settings *);
void		 client_free(struct client *);
/* Told of every call, outside any transaction. */
typedef void	 client_told(void *, const struct behalf *,
		    const struct client_call *);
void		 client_observe(struct client *, client_told *, void *);
/*
 * Asked before every call, outside any transaction: NULL lets it pass, else
 * it is not sent, and this is why.  "oauth": it is for tokens, which the rate
 * limit of the API does not count; "reads": it changes nothing.
 */
typedef const char	*client_shut(void *, const struct behalf *, bool oauth,
			    bool reads);
void		 client_guard(struct client *, client_shut *, void *);
/* From now on all its calls must be over within this time. */
void		 client_hurry(struct client *, long ms);
/* Its calls are for tasks, in this loop (lib/http_loop.h). */
void		 client_use_loop(struct client *, struct http_loop *);
/*
 * Since when a call is under way in it, clock_ms(); 0: none is.  "reads": it
 * changes nothing, so that giving it up costs no more than the answer.
 */
int64_t		 client_since(const struct client *, bool *reads);
void		 client_give_up(struct client *, const char *why);
/* Did the last call bring a success whose reply cannot be used? */
bool		 client_is_unusable(const struct client *);

/* The rest is for app/calendly/ alone. */

struct client_request {
	const char		*purpose;
	const char		*method;
	const char		*path;		/* on the API's origin, with query */
	const char		*body;		/* JSON, or a form if "oauth" */
	size_t			 bodysz;
	const struct secret	*token;
	/* An OAuth call: form, the auth origin, a connection of its own. */
	bool			 oauth;
	bool			 basic;		/* client by HTTP Basic */
	const struct secret	*hide[3];	/* secrets in the body */
	/*
	 * Takes what a success brought (NULL: no JSON) and says why it cannot
	 * be used, or NULL.  The call has then failed, and is kept with its
	 * whole reply.  May be NULL.
	 */
	const char		*(*take)(void *taker, struct arena *,
				    const struct json_node *);
	void			*taker;
};

struct client_reply {
	enum http_fate		 fate;
	int			 status;
	struct bytes		 body;	/* what came, if only in part */
	const struct json_node	*json;	/* NULL unless it was JSON */
	long			 pause;	/* s that Calendly wants no more
					 * calls for this user; 0: none */
};

/*
 * CAL_OK: 2xx, and JSON unless 204 or an empty OAuth answer, and "take" took
 * it.  CAL_INVALID: 400 and other 4xx but 408; CAL_UNAUTHORIZED: 401;
 * CAL_DENIED: 403; CAL_NOTFOUND: 404; CAL_CONFLICT: 409; CAL_UNAVAILABLE: 429,
 * or not sent, for instance because no time is left for it; CAL_UPSTREAM:
 * anything else, which may have been carried out.
 */
enum cal_err	 client_send(struct behalf, const struct client_request *,
		    struct client_reply *) ERR_CHECK;
const struct settings *client_settings(const struct client *);

#endif
