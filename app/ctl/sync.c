/*
 * sync: the command that has a user's meetings read from Calendly, and shows
 * how that goes.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/ctl/ctl.h"
#include "app/ctl/out.h"
#include "app/ctl/progress.h"
#include "app/repo/connection.h"
#include "app/repo/tx.h"
#include "app/service/sync/request.h"
#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/db.h"
#include "lib/json.h"

enum {
	LOOK_MS = 250,			/* between two looks */
	LINE_MS = 5000,			/* between two plain lines */
	LOOK_MEMORY = 1024 * 1024,
};

struct watch {
	struct ctl	*c;
	const char	*tenant_id;
	const char	*before;	/* last_complete_at, when it was asked
					 * for */
	bool		 draws;		/* on a terminal: one line, redrawn */
	bool		 drawn;		/* the cursor is behind such a line */
	enum sync_phase	 phase;		/* of the last plain line */
	enum sync_state	 state;
	int64_t		 at;		/* when that was printed; 0: none was */
};

static volatile sig_atomic_t	interrupted;

static void
note_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

static void
watch_for_interrupt(void)
{
	struct sigaction	 sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = note_interrupt;
	(void)sigaction(SIGINT, &sa, NULL);
}

/* Ends a line that was drawn, so that what follows begins at the left. */
static void
end_line(struct watch *w)
{
	if (!w->drawn)
		return;
	(void)fputc('\n', stdout);
	(void)fflush(stdout);
	w->drawn = false;
}

/*
 * On a terminal the line is drawn over the one before.  Elsewhere a line is
 * printed when something else is being read, and every few seconds.
 */
static void
show_line(struct watch *w, struct arena *mem, const struct sync_view *v)
{
	const char	*line = progress_line(mem, v, time(NULL));

	if (w->c->json)
		return;
	if (w->draws) {
		(void)printf("\r%s\033[K", line);
		w->drawn = true;
	} else if (w->at == 0 || w->phase != v->phase ||
	    w->state != v->state || clock_ms() - w->at >= LINE_MS) {
		(void)puts(line);
		w->at = clock_ms();
	}
	w->phase = v->phase;
	w->state = v->state;
	(void)fflush(stdout);
}

static bool
texts_differ(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a != b : strcmp(a, b) != 0;
}

/* True if nothing is under way any more, and nothing has become complete. */
static bool
is_incomplete(const struct watch *w, const struct connection_view *v)
{
	return v->sync.state == SYNC_IDLE &&
	    !texts_differ(v->sync.last_complete_at, w->before);
}

/* Says how it ended, once nothing is under way any more. */
static enum cal_err
tell_end(struct watch *w, const struct connection_view *v)
{
	const struct ctl	*c = w->c;

	if (v->status != CONNECTION_CONNECTED)
		return ctl_fail(CAL_CONFLICT, "user \"%s\" is %s by now, so "
		    "that nothing more is read", c->arg[1],
		    connection_status_name(v->status));
	if (v->sync.state == SYNC_STUCK)
		return ctl_fail(CAL_UPSTREAM, "it is stuck: %s",
		    progress_trouble(v->sync.trouble));
	if (is_incomplete(w, v))
		return ctl_fail(CAL_CONFLICT, "it ended without being "
		    "complete; \"calendlyctl errors %s\" may say why",
		    c->arg[0]);
	return CAL_OK;
}

static enum cal_err
report_end(struct watch *w, const struct connection_view *v)
{
	enum cal_err	 rc, printed;

	end_line(w);
	rc = tell_end(w, v);
	out_begin(w->c);
	if (w->c->json)
		ctl_connection_print_sync(w->c, v);
	printed = out_end(w->c);
	return rc != CAL_OK ? rc : printed;
}

static bool
walk_is_over(const struct connection_view *v)
{
	return v->status != CONNECTION_CONNECTED ||
	    v->sync.state == SYNC_IDLE || v->sync.state == SYNC_STUCK;
}

/* Looks once, and reports if that was the end. */
static enum cal_err
look_once(struct watch *w, struct arena *mem, bool *over)
{
	struct connection_view	 v;
	struct tx		 tx;
	enum cal_err		 rc;

	if ((rc = tx_begin(&tx, w->c->db, mem, w->tenant_id)) != CAL_OK)
		return rc;
	rc = tx_leave(&tx, connection_find(&tx, w->c->arg[1], &v));
	if (rc != CAL_OK) {
		end_line(w);
		return ctl_connection_tell(w->c, rc);
	}
	if (!is_incomplete(w, &v))
		show_line(w, mem, &v.sync);
	*over = walk_is_over(&v);
	return *over ? report_end(w, &v) : CAL_OK;
}

static enum cal_err
follow_walk(struct watch *w)
{
	struct arena	*mem = arena_new(LOOK_MEMORY);
	enum cal_err	 rc = CAL_OK;
	bool		 over = false;

	watch_for_interrupt();
	while (rc == CAL_OK && !over && !interrupted) {
		rc = look_once(w, mem, &over);
		arena_reset(mem);
		if (rc == CAL_OK && !over)
			clock_pause(LOOK_MS);
	}
	arena_free(mem);
	end_line(w);
	if (!interrupted || over)
		return rc;
	return ctl_fail(CAL_UNAVAILABLE, "no longer shown, but it goes on; "
	    "\"calendlyctl connection show %s %s\" tells how far it is",
	    w->c->arg[0], w->c->arg[1]);
}

static enum cal_err
begin_watch(struct watch *w)
{
	struct ctl		*c = w->c;
	struct connection_view	 v;
	struct tx		 tx;
	enum cal_err		 rc;

	if ((rc = ctl_connection_begin(c, &tx)) != CAL_OK)
		return rc;
	w->tenant_id = tx.tenant_id;
	rc = tx_end(&tx, sync_request(&tx, c->arg[1], ctl_actor(c), &v));
	if (rc == CAL_DENIED)
		return ctl_fail(CAL_CONFLICT, "user \"%s\" is not connected: "
		    "nothing can be read until the user connects again",
		    c->arg[1]);
	w->before = v.sync.last_complete_at;
	return ctl_connection_tell(c, rc);
}

enum cal_err
ctl_connection_sync(struct ctl *c)
{
	struct watch	 w = { .c = c };
	enum cal_err	 rc;

	w.draws = !c->json && isatty(STDOUT_FILENO) == 1;
	if ((rc = begin_watch(&w)) != CAL_OK)
		return rc;
	if (!ctl_has(c, "no-wait"))
		return follow_walk(&w);
	ctl_say("asked for: a runner does it next; \"calendlyctl connection "
	    "show\" tells how far it is");
	return out_done(c);
}
