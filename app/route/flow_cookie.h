/*
 * flow_cookie: the cookies of connecting.
 *
 *	__Host-calendlyd		  which browser this is: only the one
 *					  that began a flow can finish it
 *	__Host-calendlyd-<session_id>	  the secret of one session's link, for
 *					  "try again" and "back to the app"
 *
 * All of them Secure, HttpOnly, SameSite=Lax, and of the whole host, as the
 * prefix wants it.  BACKEND_URL on http, which only a loopback may be, can't
 * have the prefix: then the names begin with "calendlyd".
 */
#ifndef APP_ROUTE_FLOW_COOKIE_H
#define APP_ROUTE_FLOW_COOKIE_H

struct service;
struct req;

/* Which browser this is, or NULL. */
const char	*flow_browser(const struct service *, struct req *);
void		 flow_keep_browser(const struct service *, struct req *,
		    const char *value);

/*
 * The session that a page of ours is about: the one that its address names,
 * else the only one that this browser has a link of.  NULL: not known.
 */
const char	*flow_session(const struct service *, struct req *);
/* The secret of that session's link, or NULL: this browser has it not. */
const char	*flow_link(const struct service *, struct req *,
		    const char *session_id);
/* Keep it; of more than eight sessions the oldest are dropped. */
void		 flow_keep_link(const struct service *, struct req *,
		    const char *session_id, const char *secret);

#endif
