/*
 * http_many_own: the members of what carries many calls, and the course of one
 * of them.  For lib/http_many*.c alone.
 */
#ifndef LIB_HTTP_MANY_OWN_H
#define LIB_HTTP_MANY_OWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "lib/heap.h"
#include "lib/http_lead.h"
#include "lib/http_many.h"
#include "lib/http_transfer.h"
#include "lib/http_wait.h"

enum { HTTP_MANY_SHARES = 128 };	/* caches of TLS sessions */

struct many_call {
	struct http_many	*many;
	struct http_transfer	 t;
	struct http_lead	 lead;
	struct heap_item	 due;		/* by t.until */
	bool			 in_curl;
	bool			 fresh;		/* it must not be sent twice */
	int			 again;		/* times it was sent again */
	bool			 connected;	/* is in that list, or was */
	bool			 opened;	/* a socket was */
	const char		*refused;	/* why one was not, or NULL */
	struct many_call	*next;		/* connected, or over */
	void			*tag;
	const char		*method;	/* for the fault points */
	const char		*url;
	struct http_reply	 reply;
	enum cal_err		 rc;
};

struct http_many {
	struct http_limits	 limits;
	struct http_many_rules	 rules;
	CURLM			*multi;
	CURLSH			*share[HTTP_MANY_SHARES];
	struct http_wait	 wait;
	struct http_leads	 leads;
	struct heap		 due;		/* all calls under way */
	struct many_call	*connected;	/* led, and may stop leading */
	struct many_call	*over;
	struct many_call	**over_end;
	int64_t			 used;		/* when the last call was over,
						 * as clock_ms(); 0: no call
						 * since all connections were
						 * closed */
};

/* Makes a call; NULL, with the reason, if it must not be sent. */
struct many_call *many_call_new(struct http_many *, struct arena *,
		    const struct http_request *, const char **why);
/* Sends a call, alone or after the leader of its origin. */
void		 many_call_send(struct many_call *);
/* Lets the calls go that wait for this one. */
void		 many_call_stop_leading(struct many_call *);
/* Takes a call that has ended: it is over, or is sent again. */
void		 many_call_ended(struct many_call *, CURLcode);
/* Takes a call out of libcurl's hands for good. */
void		 many_call_land(struct many_call *, CURLcode);

#endif
