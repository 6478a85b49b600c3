/*
 * listen: "calendlyctl listen", which follows the feed of a tenant over the
 * API and pushes each event to a URL on the machine of a developer.
 *
 * It needs no database and no settings: an API key is enough.  The work is done
 * by a task, so that its calls can be ended at once by a signal, or when nobody
 * reads the output any more.  Whatever happens then, "over" is set first, and
 * everything that waits looks at it.
 */
#ifndef APP_CTL_LISTEN_H
#define APP_CTL_LISTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/ctl/listen_page.h"
#include "app/ctl/listen_since.h"
#include "lib/err.h"

struct arena;
struct ctl;
struct http;
struct http_loop;
struct secret;

struct listen {
	struct ctl		*c;

	/* what was asked for */
	const char		*url;		/* origin of calendlyd */
	const struct secret	*key;
	const char		*forward;	/* NULL: only print */
	const struct secret	*secret;
	const char		*ca_file;	/* NULL: the system's */
	const char		*types;		/* with commas; NULL: all */
	const char		*user;		/* NULL: all */
	struct listen_since	 since;
	bool			 json;
	bool			 new_secret;	/* it was made for this run */

	/* the run */
	struct http_loop	*loop;
	struct http		*api;
	struct http		*receiver;
	struct arena		*page_mem;	/* of the page in hand */
	struct arena		*push_mem;	/* of the push under way */
	bool			 over;		/* end as soon as possible */
	bool			 unread;	/* nobody reads the output */
	bool			 answered;	/* the API has, at least once */
	/* All events before this cursor are done; "": the oldest is next. */
	char			 after[LISTEN_CURSOR_MAX + 1];
	bool			 within;	/* ... and some behind it */
	const char		*skip_to;	/* leave out what was received
						 * before; NULL: nothing */
	char			 last[32];	/* when the last event that was
						 * shown was received */
	int64_t			 shown;
	int64_t			 taken;
	int64_t			 given_up;
};

/* What to ask the API for.  A NULL type means those that were asked for. */
struct listen_query {
	const char	*types;
	int		 limit;
	int		 wait;		/* seconds */
};

/* listen_options.c: fills in what was asked for, or says what is wrong. */
enum cal_err	listen_options(struct ctl *, struct listen *) ERR_CHECK;

/* The functions below are called by the task alone. */

/* listen_pause.c: waits, but not longer than until it is over. */
void		listen_pause(const struct listen *, long ms);
/*
 * listen_ask.c: reads the page behind the cursor, however long that takes.
 * CAL_GONE: that place of the feed is gone.  Any other error ends the command,
 * and was said; CAL_UNAVAILABLE: it is over.
 */
enum cal_err	listen_ask(struct listen *, const struct listen_query *,
		    struct listen_page *) ERR_CHECK;
/* listen_follow.c: reads the feed and handles each event until it is over. */
enum cal_err	listen_follow(struct listen *) ERR_CHECK;
/*
 * listen_forward.c: pushes an event, and prints what came of it.  False: it was
 * over before anything did.
 */
bool		listen_forward(struct listen *, const struct listen_event *);
/*
 * listen_print.c: prints a line, to which a newline is added, unless it is over
 * before there is room for it.
 */
void		listen_print(struct listen *, const char *line);
/* Notes that it is over if nobody reads the output any more. */
void		listen_watch_reader(struct listen *);

#endif
