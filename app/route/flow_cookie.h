/*
 * flow_cookie: the cookies that a browser gets while a user connects.
 *
 * 	__Host-calendlyd		  identifies the browser: only the one
 * 					  that began a flow can finish it
 * 	__Host-calendlyd-<session_id>	  the secret of one session's link, for
 * 					  "try again" and "back to the app"
 *
 * All of them are Secure, HttpOnly, SameSite=Lax and valid for the whole host,
 * as the prefix __Host- demands.  If BACKEND_URL is http, which only a loopback
 * address may be, the prefix is not possible: then the names begin with
 * "calendlyd".
 */
#ifndef APP_ROUTE_FLOW_COOKIE_H
#define APP_ROUTE_FLOW_COOKIE_H

struct service;
struct req;

/* Returns the value that identifies this browser; NULL: it sent none. */
const char	*flow_browser(const struct service *, struct req *);
void		 flow_keep_browser(const struct service *, struct req *,
		    const char *value);

/*
 * Returns the session that a page of ours is about: the one that its address
 * names, else the only one for which this browser has a link.  NULL: not known.
 */
const char	*flow_session(const struct service *, struct req *);
/*
 * Returns the secret of that session's link; NULL: this browser does not have
 * it.
 */
const char	*flow_link(const struct service *, struct req *,
		    const char *session_id);
/*
 * Keeps the link's secret in a cookie.  If the browser has links of more than
 * eight sessions, the oldest are deleted.
 */
void		 flow_keep_link(const struct service *, struct req *,
		    const char *session_id, const char *secret);

#endif
