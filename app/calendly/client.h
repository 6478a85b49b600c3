/*
 * client: makes calls to Calendly.  Each call has a time limit, is reported to
 * an observer, and is shown without its secrets.
 *
 * Tokens are sent only to the two configured origins: every path is ours, and
 * of a URL that Calendly sends only the last part is used.
 */
#ifndef APP_CALENDLY_CLIENT_H
#define APP_CALENDLY_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "app/calendly/limit.h"
#include "lib/buf.h"
#include "lib/err.h"
#include "lib/http.h"

struct arena;
struct http_loop;
struct json_node;
struct secret;
struct settings;

/* What is known of a call when it is over; it holds no secrets. */
struct client_call {
	const char	*purpose;	/* such as "token_refresh" */
	const char	*method;
	const char	*path;		/* without the query */
	int		 status;	/* HTTP status; 0: no answer */
	const char	*error;		/* why the call failed; NULL: it did
					 * not, or Calendly's reply says why */
	long		 ms;
	const char	*reply;		/* of a failed call: redacted
					 * and cut; else NULL */
	struct limit_said limit;	/* of an OAuth call, and without an
					 * answer: nothing */
	const void	*kept;		/* what the guard has kept for the
					 * observer; NULL: nothing */
};

struct client;

/*
 * On whose behalf a call is made, and by when it must be over.  It is passed to
 * the functions that are asked before each call and told of it afterwards.
 */
struct behalf {
	struct client	*api;
	struct arena	*mem;		/* holds the answer */
	const char	*tenant_id;
	const char	*connection_id;	/* NULL: the call is not made for a
					 * connection, or it is not known yet */
	const char	*grant_id;	/* the grant whose token is used;
					 * NULL: the connection's */
	const char	*session_id;	/* the connect session; NULL: not made
					 * for one */
	bool		 background;	/* nobody waits for it: others' calls
					 * come first */
	int64_t		 until;		/* when the call must be over, as
					 * clock_ms(); 0: only the limit of its
					 * kind holds */
};

/*
 * The longest time for one call of each kind, from connecting to the end of the
 * answer.  Leases that are held during a call are longer.
 */
enum {
	/*
	 * An exchange or a refresh.  If it is given up too early, new tokens
	 * may be lost and the user must consent again, so even a silent server
	 * is waited for.
	 */
	CLIENT_TOKEN_MS = 30 * 1000,
	CLIENT_REVOKE_MS = 10 * 1000,	/* revoke or introspect a token */
	CLIENT_READ_MS = 10 * 1000,
	CLIENT_CHANGE_MS = 10 * 1000,	/* create or delete a subscription */
};

struct client	*client_new(struct arena *, const struct settings *);
void		 client_free(struct client *);
/*
 * Sets a function that is told of every call, after its end.  It is called
 * outside any transaction, and its struct is valid only during the call.
 */
typedef void	 client_told(void *, const struct behalf *,
		    const struct client_call *);
void		 client_observe(struct client *, client_told *, void *);
/*
 * Sets a function that is asked before every call, outside any transaction.  It
 * returns NULL to let the call pass, or the reason why it must not be sent.
 * "oauth": the call goes to the authorization server, which the API's rate
 * limit does not cover.  "reads": the call changes nothing.  What it stores in
 * "kept" is given to the observer of this call.
 */
typedef const char	*client_shut(void *, const struct behalf *, bool oauth,
			    bool reads, const void **kept);
void		 client_guard(struct client *, client_shut *, void *);
/*
 * Sets a deadline for all of the client's calls: they must be over within "ms"
 * milliseconds from now.
 */
void		 client_hurry(struct client *, long ms);
/* Sets the deadline that another client has, if it has one. */
void		 client_hurry_like(struct client *, const struct client *);
/*
 * Returns how many milliseconds are left for calls: until the time "until" (as
 * clock_ms(); 0: no such limit), and within what client_hurry() allows; but at
 * most "most".  The client may be NULL: then client_hurry() was not called.
 */
long		 client_time_left(const struct client *, int64_t until,
		    long most);
/*
 * Makes the client's calls run in this loop, from tasks only (lib/http_loop.h).
 */
void		 client_use_loop(struct client *, struct http_loop *);
/*
 * When the call that is under way began, as clock_ms(); 0: there is none.
 * "reads": the call changes nothing, so if it is given up only its answer is
 * lost.  The function below, client_give_up(), ends that call as unanswered;
 * "why" is borrowed.
 */
int64_t		 client_since(const struct client *, bool *reads);
void		 client_give_up(struct client *, const char *why);
/*
 * Says whether the last call succeeded at Calendly, but with a reply that can't
 * be used.
 */
bool		 client_is_unusable(const struct client *);

/* What follows is for app/calendly/ alone. */

struct client_request {
	const char		*purpose;
	const char		*method;
	const char		*path;		/* path on the origin,
						 * with the query */
	const char		*body;		/* JSON; a form if "oauth" */
	size_t			 bodysz;
	const struct secret	*token;
	/*
	 * A call to the authorization server: it takes a form, and goes to
	 * auth_url.
	 */
	bool			 oauth;
	bool			 basic;		/* send the client's
						 * credentials as HTTP Basic */
	const struct secret	*hide[3];	/* secrets in the body, to be
						 * redacted from the reply */
	/*
	 * Takes the JSON of a success (NULL: it was not JSON).  Returns NULL,
	 * or says why it can't be used; the call then counts as failed and is
	 * reported with its reply.  May be NULL.
	 */
	const char		*(*take)(void *taker, struct arena *,
				    const struct json_node *);
	void			*taker;
};

struct client_reply {
	enum http_fate		 fate;
	int			 status;
	struct bytes		 body;	/* as far as it was received */
	const struct json_node	*json;	/* NULL if it was not JSON */
	bool			 too_big;	/* the reply was not taken,
						 * because it passes
						 * our limits */
};

/*
 * Sends the request and waits for the answer.  CAL_OK: the status was 2xx, the
 * body was JSON (except for 204, or an empty OAuth answer), and "take" accepted
 * it.  CAL_UNAUTHORIZED: 401; CAL_DENIED: 403; CAL_NOTFOUND: 404; CAL_CONFLICT:
 * 409; CAL_INVALID: any other 4xx but 408 and 429.  CAL_UNAVAILABLE: 429, or
 * the call was not sent, for instance because no time was left for it.
 * CAL_UPSTREAM: anything else; Calendly may have carried out the call.
 */
enum cal_err	 client_send(struct behalf, const struct client_request *,
		    struct client_reply *) ERR_CHECK;
const struct settings *client_settings(const struct client *);

#endif
