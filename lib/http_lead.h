/*
 * http_lead: of the calls to one origin that begin at the same time, one leads
 * and the others wait for it.  For lib/http*.c alone.
 */
#ifndef LIB_HTTP_LEAD_H
#define LIB_HTTP_LEAD_H

#include <stdbool.h>
#include <stddef.h>

enum { HTTP_LEAD_BUCKETS = 1024 };

/* Stands within a call. */
struct http_lead {
	const char	*origin;
	void		*call;		/* that it stands within */
	bool		 leads;
	struct http_lead *next;		/* in its bucket, or of those that
					 * wait for the same one */
	struct http_lead *leader;	/* that it waits for; NULL: none */
	struct http_lead *first;	/* of those that wait for this one */
	struct http_lead **end;
};

/* Those that lead.  Begins zeroed. */
struct http_leads {
	struct http_lead *bucket[HTTP_LEAD_BUCKETS];
};

/* Returns a number that is the same for the same origin. */
size_t		 http_lead_hash(const char *origin);
/*
 * Lets a call, whose origin is set, lead if no other to the same origin does,
 * else lets it wait.
 */
void		 http_lead_join(struct http_leads *, struct http_lead *);
/* Ends the leading of one.  Returns those that waited, linked by "next". */
struct http_lead *http_lead_end(struct http_leads *, struct http_lead *);
/* Takes out one that waits. */
void		 http_lead_leave(struct http_lead *);

#endif
