/*
 * absent: invitees whom the list of their event does not show any more,
 * although it was read completely (docs/design.md, "Sync").  sync_store_done()
 * finds them.
 *
 * All functions need a tenant's transaction.
 */
#ifndef APP_REPO_ABSENT_H
#define APP_REPO_ABSENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

struct tx;

struct absent {
	const char	*meeting_id;
	const char	*invitee_id;
	const char	*event_uri;
	const char	*uri;
	int		 tries;		/* that failed */
};

/* Lists some whom the walk has still to ask for, at most "most". */
enum cal_err	absent_next(struct tx *, const char *connection_id, int most,
		    struct absent **, int *n) ERR_CHECK;

/* What became of one who was asked for. */
struct absent_done {
	const struct absent *who;
	bool		 failed;	/* to be asked for again */
};

/*
 * Stores what became of "n" of them, and how many meetings that has altered.
 * CAL_NOTFOUND: the walk is not the one under way any more.
 */
enum cal_err	absent_store(struct tx *, const char *connection_id,
		    int64_t walk, const struct absent_done *, size_t n,
		    int64_t changes) ERR_CHECK;

#endif
