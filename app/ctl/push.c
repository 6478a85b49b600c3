/* push: the commands for single pushes. */
#include <stddef.h>
#include <string.h>

#include "app/ctl/ctl.h"
#include "app/ctl/out.h"
#include "app/repo/destination.h"
#include "app/repo/tx.h"
#include "app/service/push/advice.h"
#include "app/service/push/replay.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/words.h"

enum { PUSHES = 100, PUSHES_MAX = 1000 };

#define PUSH(field)	offsetof(struct push, field)
#define ATTEMPT(field)	offsetof(struct push_attempt, field)

static const struct out_column	list_columns[] = {
	{ "id", "PUSH ID", OUT_TEXT, PUSH(id) },
	{ "status", "STATUS", OUT_PUSH_STATUS, PUSH(status) },
	{ "type", "TYPE", OUT_TEXT, PUSH(event_type) },
	{ "user_id", "USER", OUT_TEXT, PUSH(user_id) },
	{ "attempts", "TRIES", OUT_NUMBER, PUSH(attempts) },
	{ "tried_at", "LAST TRY (UTC)", OUT_TIME, PUSH(tried_at) },
	{ "answer_status", "ANSWER", OUT_NUMBER, PUSH(answer_status) },
	{ "ms", "MS", OUT_NUMBER, PUSH(ms) },
	{ "next_try_at", "NEXT TRY (UTC)", OUT_TIME, PUSH(next_at) },
	{ "destination_id", "DESTINATION", OUT_TEXT, PUSH(destination_id) },
	{ "error", "LAST ERROR", OUT_TEXT, PUSH(error) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

static const struct out_column	one_columns[] = {
	{ "id", "push", OUT_TEXT, PUSH(id) },
	{ "destination_id", "destination", OUT_TEXT, PUSH(destination_id) },
	{ "event_id", "event", OUT_TEXT, PUSH(event_id) },
	{ "type", "type", OUT_TEXT, PUSH(event_type) },
	{ "user_id", "user", OUT_TEXT, PUSH(user_id) },
	{ "replay", "replay", OUT_BOOL, PUSH(replay) },
	{ "status", "status", OUT_PUSH_STATUS, PUSH(status) },
	{ "attempts", "tries", OUT_NUMBER, PUSH(attempts) },
	{ "first_tried_at", "first try (UTC)", OUT_TIME, PUSH(first_at) },
	{ "tried_at", "last try (UTC)", OUT_TIME, PUSH(tried_at) },
	{ "next_try_at", "next try (UTC)", OUT_TIME, PUSH(next_at) },
	{ "answer_status", "last answer's status", OUT_NUMBER,
	  PUSH(answer_status) },
	{ "ms", "milliseconds", OUT_NUMBER, PUSH(ms) },
	{ "answer", "its beginning", OUT_TEXT, PUSH(answer) },
	{ "error", "last error", OUT_TEXT, PUSH(error) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

static const struct out_column	advice_columns[] = {
	{ "advice", "what to do", OUT_TEXT, 0 },
	{ NULL, NULL, OUT_TEXT, 0 },
};

static const struct out_column	attempt_columns[] = {
	{ "at", "AT (UTC)", OUT_TIME, ATTEMPT(at) },
	{ "status", "ANSWER", OUT_NUMBER, ATTEMPT(answer_status) },
	{ "ms", "MS", OUT_NUMBER, ATTEMPT(ms) },
	{ "error", "ERROR", OUT_TEXT, ATTEMPT(error) },
	{ "answer", "ITS BEGINNING", OUT_TEXT, ATTEMPT(answer) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

/* Reads an option that must be a UUID. */
static enum cal_err
uuid_option(struct ctl *c, const char *option, const char **out)
{
	*out = ctl_value(c, option);
	if (*out == NULL || crypto_is_uuid(*out))
		return CAL_OK;
	return ctl_misuse(c, "--%s is \"%s\": write an id, a UUID", option,
	    *out);
}

static enum cal_err
read_pushes(struct ctl *c, struct push_query *q)
{
	const char	*status = ctl_value(c, "status");
	unsigned	 value;
	enum cal_err	 rc;

	memset(q, 0, sizeof(*q));
	if ((rc = uuid_option(c, "destination", &q->destination_id)) !=
	    CAL_OK || (rc = uuid_option(c, "event", &q->event_id)) != CAL_OK ||
	    (rc = ctl_number(c, "limit", PUSHES, PUSHES_MAX, &q->limit)) !=
	    CAL_OK)
		return rc;
	if (!names_find(&push_status_names, status, &value))
		return ctl_misuse(c, "--status is \"%s\": write one of: %s",
		    status, words_join(c->mem, names_list(c->mem,
		    &push_status_names), ", "));
	q->status = (enum push_status)value;
	q->user_id = ctl_value(c, "user");
	return CAL_OK;
}

/*
 * Goes on over pages that are short, because each looks at a bounded number of
 * pushes, until there are enough.
 */
static enum cal_err
list_pages(struct ctl *c, struct tx *tx, struct push_query *q,
    struct push **rows, int *n, bool *more)
{
	const int		 most = q->limit;
	struct push_page	 page;
	enum cal_err		 rc;

	*rows = arena_array(c->mem, (size_t)most, sizeof(**rows));
	*n = 0;
	do {
		q->limit = most - *n;
		if ((rc = push_list(tx, q, &page)) != CAL_OK)
			return rc;
		memcpy(*rows + *n, page.pushes,
		    (size_t)page.n * sizeof(**rows));
		*n += page.n;
		q->after = page.next;
	} while (page.next != NULL && *n < most);
	*more = page.next != NULL;
	return CAL_OK;
}

enum cal_err
ctl_pushes(struct ctl *c)
{
	struct push_query	 q;
	struct push		*rows;
	struct tx		 tx;
	const char		*id;
	enum cal_err		 rc;
	int			 n, limit;
	bool			 more;

	if ((rc = read_pushes(c, &q)) != CAL_OK ||
	    (rc = ctl_open(c)) != CAL_OK ||
	    (rc = ctl_tenant(c, c->arg[0], &id)) != CAL_OK ||
	    (rc = tx_begin(&tx, c->db, c->mem, id)) != CAL_OK)
		return rc;
	limit = q.limit;
	rc = tx_leave(&tx, list_pages(c, &tx, &q, &rows, &n, &more));
	if (rc != CAL_OK)
		return rc;
	out_begin(c);
	out_list(c, "data", NULL, list_columns, rows, sizeof(*rows), n);
	out_more(c, more, limit);
	return out_end(c);
}

static enum cal_err
tell_no_push(struct ctl *c, enum cal_err rc)
{
	if (rc != CAL_NOTFOUND)
		return rc;
	return ctl_fail(rc, "tenant %s has no push %s; \"calendlyctl pushes "
	    "%s\" lists them", c->arg[0], c->arg[1], c->arg[0]);
}

enum cal_err
ctl_pushes_show(struct ctl *c)
{
	struct push_attempt	*attempts = NULL;
	struct push		 p;
	struct tx		 tx;
	const char		*advice;
	enum cal_err		 rc;
	int			 n = 0;

	if ((rc = ctl_destination_begin(c, &tx)) != CAL_OK)
		return rc;
	rc = push_find(&tx, c->arg[1], &p);
	if (rc == CAL_OK)
		rc = push_attempts(&tx, c->arg[1], &attempts, &n);
	if ((rc = tell_no_push(c, tx_leave(&tx, rc))) != CAL_OK)
		return rc;
	out_begin(c);
	out_fields(c, one_columns, &p);
	if (p.error != NULL) {
		advice = push_advice((int)p.answer_status, p.error);
		out_fields(c, advice_columns, &advice);
	}
	out_list(c, "failed_attempts", "failed tries", attempt_columns,
	    attempts, sizeof(*attempts), n);
	return out_end(c);
}

enum cal_err
ctl_pushes_retry(struct ctl *c)
{
	struct push	 p;
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = ctl_destination_begin(c, &tx)) != CAL_OK)
		return rc;
	rc = tx_end(&tx, redrive_one(&tx, ctl_actor(c), c->arg[1], &p));
	if (rc == CAL_CONFLICT)
		return ctl_fail(rc, "%s", redrive_refusal(&p));
	if ((rc = tell_no_push(c, rc)) != CAL_OK)
		return rc;
	ctl_say("asked for: a pusher tries it next; \"calendlyctl pushes show "
	    "%s %s\" tells what came of it", c->arg[0], c->arg[1]);
	return out_done(c);
}
