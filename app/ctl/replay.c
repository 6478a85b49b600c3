/*
 * replay: the command that has events pushed again, and dead letters tried
 * again, and shows how far that is.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/ctl/ctl.h"
#include "app/ctl/out.h"
#include "app/ctl/progress.h"
#include "app/repo/tx.h"
#include "app/service/push/destination_check.h"
#include "app/service/push/replay.h"
#include "lib/arena.h"
#include "lib/crypto.h"
#include "lib/json.h"
#include "lib/when.h"

enum { TURN_MEMORY = 16 * 1024 * 1024 };

struct replaying {
	struct ctl		*c;
	const char		*tenant_id;
	struct replay_query	 q;
	bool			 draws;		/* on a terminal: one line,
						 * redrawn */
	int64_t			 all;		/* how many there are to do */
	int64_t			 done;
};

static enum cal_err
time_option(struct ctl *c, const char *option, const char **out)
{
	const char	*text = ctl_value(c, option);

	*out = NULL;
	if (text == NULL || (*out = when_read(c->mem, text)) != NULL)
		return CAL_OK;
	return ctl_misuse(c, "--%s is \"%s\": write a time of RFC 3339, such "
	    "as 2026-11-22T17:00:00Z", option, text);
}

static enum cal_err
types_option(struct ctl *c, const char *const **out)
{
	const char	*fault;

	if (!ctl_has(c, "type"))
		return CAL_OK;
	*out = ctl_values(c, "type");
	fault = destination_types_fault(c->mem, *out);
	return fault == NULL ? CAL_OK : ctl_misuse(c, "--type: it %s", fault);
}

/* Exactly one way must be chosen to say what to push again. */
static enum cal_err
check_choice_of(struct ctl *c)
{
	const bool	 range = ctl_has(c, "from") || ctl_has(c, "to");
	const bool	 filter = ctl_has(c, "type") || ctl_has(c, "user");

	if (ctl_has(c, "event") + ctl_has(c, "dead") + range != 1)
		return ctl_misuse(c, "say what to push again: --event, or "
		    "--dead, or --from and --to");
	if (filter && !range)
		return ctl_misuse(c, "--type and --user go with --from and "
		    "--to");
	if (ctl_has(c, "dead") && ctl_has(c, "dry-run"))
		return ctl_misuse(c, "\"calendlyctl destination show\" tells "
		    "how many dead letters there are");
	return CAL_OK;
}

static enum cal_err
read_replay(struct ctl *c, struct replay_query *q)
{
	enum cal_err	 rc;

	q->event_id = ctl_value(c, "event");
	q->user_id = ctl_value(c, "user");
	q->most = REPLAY_MOST;
	if ((rc = check_choice_of(c)) != CAL_OK ||
	    (rc = time_option(c, "from", &q->from)) != CAL_OK ||
	    (rc = time_option(c, "to", &q->to)) != CAL_OK ||
	    (rc = types_option(c, &q->types)) != CAL_OK)
		return rc;
	if (q->event_id != NULL && !crypto_is_uuid(q->event_id))
		return ctl_misuse(c, "--event is \"%s\": write an event's id, "
		    "a UUID", q->event_id);
	return CAL_OK;
}

static void
show_replay(const struct replaying *w, bool last)
{
	const char	*line;

	if (w->c->json || w->q.dry)
		return;
	line = arena_printf(w->c->mem, "%s %" PRId64 "/%" PRId64,
	    progress_bar(w->c->mem, w->done, w->all), w->done, w->all);
	if (w->draws)
		(void)printf("\r%s\033[K%s", line, last ? "\n" : "");
	else
		(void)puts(line);
	(void)fflush(stdout);
}

/* One turn, in a transaction of its own. */
static enum cal_err
take_turn(struct replaying *w, struct arena *mem, struct replayed *out)
{
	const char	*actor = ctl_actor(w->c), *id = w->c->arg[1];
	struct tx	 tx;
	enum cal_err	 rc;

	if ((rc = tx_begin(&tx, w->c->db, mem, w->tenant_id)) != CAL_OK)
		return rc;
	return tx_end(&tx, ctl_has(w->c, "dead") ?
	    redrive_all(&tx, actor, id, out) :
	    replay_events(&tx, actor, id, &w->q, out));
}

/* Goes on until there is no more; adds to "n" how many there were. */
static enum cal_err
take_all(struct replaying *w, int64_t *n)
{
	struct arena	*mem = arena_new(TURN_MEMORY);
	const int64_t	 begin = w->q.after;
	struct replayed	 turn = { .more = true };
	enum cal_err	 rc = CAL_OK;

	while (turn.more && (rc = take_turn(w, mem, &turn)) == CAL_OK) {
		*n += turn.n;
		w->q.after = turn.next;
		show_replay(w, !turn.more);
		arena_reset(mem);
	}
	w->q.after = begin;
	arena_free(mem);
	return rc;
}

/* Counts first, so that it is known how far it is. */
static enum cal_err
count_and_take(struct replaying *w)
{
	const bool	 dry = ctl_has(w->c, "dry-run");
	enum cal_err	 rc;

	if (!ctl_has(w->c, "dead")) {
		w->q.dry = true;
		if ((rc = take_all(w, &w->all)) != CAL_OK || dry)
			return rc;
	}
	w->q.dry = false;
	return take_all(w, &w->done);
}

static enum cal_err
tell_replay(struct ctl *c, enum cal_err rc)
{
	if (rc == CAL_NOTFOUND && ctl_has(c, "event"))
		return ctl_fail(rc, "tenant %s has no destination %s, or no "
		    "event %s (any more)", c->arg[0], c->arg[1],
		    ctl_value(c, "event"));
	return ctl_destination_tell(c, rc);
}

enum cal_err
ctl_replay(struct ctl *c)
{
	struct replaying	 w = { .c = c };
	struct tx		 tx;
	enum cal_err		 rc;

	w.draws = !c->json && isatty(STDOUT_FILENO) == 1;
	if ((rc = read_replay(c, &w.q)) != CAL_OK ||
	    (rc = ctl_destination_begin(c, &tx)) != CAL_OK)
		return rc;
	w.tenant_id = tx.tenant_id;
	if ((rc = tx_leave(&tx, CAL_OK)) != CAL_OK ||
	    (rc = tell_replay(c, count_and_take(&w))) != CAL_OK)
		return rc;
	out_begin(c);
	if (c->doc != NULL)
		json_num(c->doc, "count", w.q.dry ? w.all : w.done);
	else if (w.q.dry)
		(void)printf("%" PRId64 " events\n", w.all);
	return out_end(c);
}
