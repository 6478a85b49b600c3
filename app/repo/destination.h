/*
 * destination: the URLs that a tenant has its events pushed to.
 *
 * All functions need a tenant's transaction.  A destination that was removed is
 * not found.
 */
#ifndef APP_REPO_DESTINATION_H
#define APP_REPO_DESTINATION_H

#include <stdbool.h>
#include <stdint.h>

#include "app/domain/status.h"
#include "lib/buf.h"
#include "lib/err.h"

struct tx;

enum {
	DESTINATIONS_MOST = 100,	/* of one tenant */
	DESTINATION_COUNTED = 10000,	/* pushes are counted up to this */
};

/* Times are RFC 3339 texts, or NULL. */
struct destination {
	const char	*id;
	const char	*url;
	const char	*description;
	const char *const *types;	/* "*": all */
	const char	*user_id;	/* NULL: of all users */
	struct bytes	 headers_sealed;	/* p NULL: none */
	struct bytes	 secret_sealed;		/* p NULL: its key was lost */
	struct bytes	 former_sealed;		/* p NULL: none that is valid */
	const char	*former_until;
	enum destination_state state;
	enum destination_reason reason;
	const char	*state_at;
	int64_t		 version;
	int64_t		 cursor;	/* events up to this number are pushed,
					 * or waiting, held, dead */
	int64_t		 head;		/* of the feed */
	int64_t		 failures;	/* since the last success */
	bool		 is_open;	/* the breaker is */
	const char	*not_before;
	const char	*failing_since;
	const char	*success_at;
	const char	*failure_at;
	const char	*failure;	/* why the last one failed */
	int64_t		 waiting;	/* pushes, each counted up to
					 * DESTINATION_COUNTED */
	int64_t		 held;
	int64_t		 dead;
	int64_t		 missed_from;	/* the last range of the feed that
					 * retention removed before it could be
					 * delivered; 0: none */
	int64_t		 missed_to;
	const char	*created_at;
	const char	*updated_at;
};

struct destination_new {
	const char	*id;		/* for which its secrets are sealed */
	const char	*url;
	const char	*description;
	const char *const *types;
	const char	*user_id;	/* NULL: of all users */
	struct bytes	 headers_sealed;	/* p NULL: none */
	struct bytes	 secret_sealed;
	bool		 from_oldest;	/* pushes what is in the feed; else
					 * only what comes */
};

/* What is to be changed; NULL, or 0: it stays as it is. */
struct destination_change {
	const char	*url;
	const char	*description;
	const char *const *types;
	bool		 set_user;
	const char	*user_id;	/* NULL: of all users */
	bool		 set_headers;
	struct bytes	 headers_sealed;	/* p NULL: none */
	/*
	 * Active: it is resumed, and so tried at once, whatever it did before,
	 * as after a change of the URL.  Paused: by request.
	 */
	enum destination_state state;
};

/* CAL_CONFLICT: the tenant has DESTINATIONS_MOST already. */
enum cal_err	destination_add(struct tx *, const struct destination_new *)
		    ERR_CHECK;
enum cal_err	destination_find(struct tx *, const char *id,
		    struct destination *) ERR_CHECK;
/* The same, and nobody else changes it before the transaction ends. */
enum cal_err	destination_lock(struct tx *, const char *id,
		    struct destination *) ERR_CHECK;
/* In the order of their ids; "after": the last one of the page before. */
enum cal_err	destination_list(struct tx *, const char *after, int limit,
		    struct destination **, int *n) ERR_CHECK;
/*
 * Its version becomes a new one, which its pusher notices.  CAL_NOTFOUND: there
 * is none.  CAL_CONFLICT: it cannot be resumed without a secret: rotate it.
 */
enum cal_err	destination_change(struct tx *, const char *id,
		    const struct destination_change *) ERR_CHECK;
/* Its pushes disappear at once, and are deleted later. */
enum cal_err	destination_remove(struct tx *, const char *id) ERR_CHECK;
/*
 * Gives it another secret.  "former" is the one before, sealed for its new
 * place (SEALED_FORMER), which signs, too, for so many seconds; p NULL: none.
 * Call destination_lock() first.
 */
enum cal_err	destination_rotate(struct tx *, const char *id,
		    struct bytes fresh, struct bytes former, int seconds)
		    ERR_CHECK;
/*
 * By the pusher: it is paused or disabled, unless it has changed since this
 * version, or is not active: CAL_NOTFOUND.
 */
enum cal_err	destination_set_state(struct tx *, const char *id,
		    int64_t version, enum destination_state,
		    enum destination_reason) ERR_CHECK;
/*
 * By the pusher: its tenant is told that it fails, or does so no more.
 * CAL_NOTFOUND: that is told already, or it has changed since this version.
 */
enum cal_err	destination_set_told(struct tx *, const char *id,
		    int64_t version, bool failing) ERR_CHECK;
/*
 * By the pusher: retention has removed events in this range of the feed before
 * they could be delivered.  The cursor moves to "to", and those that waited are
 * dead; "ended": how many these were.  CAL_NOTFOUND: that is done already.
 */
enum cal_err	destination_missed(struct tx *, const char *id, int64_t from,
		    int64_t to, int64_t *ended) ERR_CHECK;

/* Which events are pushed again; NULL, or 0: whichever. */
struct replay_query {
	const char	*event_id;	/* this one, whatever the destination's
					 * filter says */
	int64_t		 after;		/* numbers in the feed */
	int64_t		 until;		/* inclusive; 0: the feed's head */
	const char	*from;		/* received then or later */
	const char	*to;		/* received before */
	const char *const *types;	/* NULL-terminated */
	const char	*user_id;
	bool		 dry;		/* only counts */
	int		 most;		/* events; at most REPLAY_MOST */
};

enum {
	REPLAY_MOST = 10000,
	REPLAY_LOOK = 50000,		/* events that one call examines */
	REPLAYS_A_SECOND = 50,
};

/*
 * Has events pushed again that the destination's filter lets pass, each a
 * fiftieth of a second after the one before.  "more": not all were looked at;
 * go on after "next".  CAL_NOTFOUND: no such destination.
 */
enum cal_err	push_replay(struct tx *, const char *destination_id,
		    const struct replay_query *, int64_t *n, bool *more,
		    int64_t *next) ERR_CHECK;
/*
 * Has dead pushes tried again, in their lanes, and a waiting one ("push_id")
 * at once; "n": how many.  Those whose event retention has removed stay dead.
 * Either the destination or the push may be NULL, for all dead ones of the
 * destination, or for the push alone.
 */
enum cal_err	push_redrive(struct tx *, const char *destination_id,
		    const char *push_id, int most, int64_t *n, bool *more)
		    ERR_CHECK;

/* A push, as the API shows it; times are RFC 3339 texts, or NULL. */
struct push {
	const char	*id;
	const char	*destination_id;
	const char	*event_id;
	const char	*event_type;	/* NULL: retention has removed it */
	const char	*user_id;
	int64_t		 seq;
	bool		 replay;
	enum push_status status;
	int64_t		 attempts;
	const char	*next_at;	/* of one that waits */
	const char	*first_at;
	const char	*tried_at;	/* of the last attempt */
	int64_t		 answer_status;	/* 0: no answer */
	int64_t		 ms;
	const char	*answer;
	const char	*error;
};

struct push_query {
	const char	*destination_id;
	const char	*event_id;
	enum push_status status;
	const char	*user_id;
	const char	*after;		/* the id of the last one of the page
					 * before, or its "next" */
	int		 limit;
};

struct push_page {
	struct push	*pushes;
	int		 n;
	const char	*next;		/* NULL: this was the last page */
};

/*
 * Lists pushes, the newest first.  One call examines a bounded number of them,
 * so a page that is not the last may be short, or empty.
 */
enum cal_err	push_list(struct tx *, const struct push_query *,
		    struct push_page *) ERR_CHECK;
enum cal_err	push_find(struct tx *, const char *id, struct push *)
		    ERR_CHECK;

/* An attempt that failed. */
struct push_attempt {
	const char	*at;
	int64_t		 answer_status;	/* 0: no answer */
	int64_t		 ms;
	const char	*answer;
	const char	*error;
};

/* Lists the attempts that failed, the last first, at most 100. */
enum cal_err	push_attempts(struct tx *, const char *id,
		    struct push_attempt **, int *n) ERR_CHECK;

#endif
