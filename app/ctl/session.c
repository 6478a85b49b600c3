/*
 * session: tells what became of a connect link, found by the reference that a
 * user read on a page and quotes.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "app/ctl/advice.h"
#include "app/ctl/ctl.h"
#include "app/ctl/out.h"
#include "app/ctl/session_find.h"
#include "app/repo/ops_session.h"
#include "app/service/connect/story.h"
#include "lib/arena.h"

struct told {
	struct ops_session	 s;
	const char		*todo;
};

struct told_line {
	struct ops_story	 l;
	const char		*step;	/* also set for a call */
	const char		*what;
	const char		*detail;
	const char		*todo;
};

#define SESSION(field)	offsetof(struct told, s.field)
#define LINE(field)	offsetof(struct told_line, field)

static const struct out_column	session_columns[] = {
	{ "id", "reference", OUT_TEXT, SESSION(id) },
	{ "tenant", "tenant", OUT_TEXT, SESSION(tenant) },
	{ "user_id", "user", OUT_TEXT, SESSION(user_id) },
	{ "status", "status", OUT_SESSION_STATUS, SESSION(status) },
	{ "result", "result", OUT_SESSION_RESULT, SESSION(result) },
	{ "calendly_email", "consented as", OUT_TEXT,
	  SESSION(calendly_email) },
	{ "expected_email", "expected", OUT_TEXT, SESSION(expected_email) },
	{ "created_at", "minted (UTC)", OUT_TIME, SESSION(created_at) },
	{ "expires_at", "expires (UTC)", OUT_TIME, SESSION(expires_at) },
	{ "connection_status", "connection now", OUT_CONNECTION_STATUS,
	  SESSION(connection_status) },
	{ "connection_reason", "its reason", OUT_CONNECTION_REASON,
	  SESSION(connection_reason) },
	{ "todo", "what to do", OUT_TEXT, offsetof(struct told, todo) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

static const struct out_column	text_columns[] = {
	{ "at", "AT (UTC)", OUT_TIME, LINE(l.at) },
	{ "what", "WHAT HAPPENED", OUT_TEXT, LINE(what) },
	{ "detail", "DETAIL", OUT_TEXT, LINE(detail) },
	{ "request_id", "REQUEST ID", OUT_TEXT, LINE(l.request_id) },
	{ "todo", "WHAT TO DO", OUT_TEXT, LINE(todo) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

static const struct out_column	reply_columns[] = {
	{ "at", "AT (UTC)", OUT_TIME, LINE(l.at) },
	{ "purpose", "FOR", OUT_TEXT, LINE(l.purpose) },
	{ "reply", "REPLY", OUT_TEXT, LINE(l.reply) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

static const struct out_column	json_columns[] = {
	{ "at", NULL, OUT_TIME, LINE(l.at) },
	{ "step", NULL, OUT_TEXT, LINE(step) },
	{ "what", NULL, OUT_TEXT, LINE(what) },
	{ "detail", NULL, OUT_TEXT, LINE(l.detail) },
	{ "times", NULL, OUT_NUMBER, LINE(l.times) },
	{ "request_id", NULL, OUT_TEXT, LINE(l.request_id) },
	{ "purpose", NULL, OUT_TEXT, LINE(l.purpose) },
	{ "method", NULL, OUT_TEXT, LINE(l.method) },
	{ "path", NULL, OUT_TEXT, LINE(l.path) },
	{ "status", NULL, OUT_DIGITS, LINE(l.status) },
	{ "error", NULL, OUT_TEXT, LINE(l.error) },
	{ "duration_ms", NULL, OUT_DIGITS, LINE(l.duration_ms) },
	{ "reply", NULL, OUT_TEXT, LINE(l.reply) },
	{ "todo", NULL, OUT_TEXT, LINE(todo) },
	{ NULL, NULL, OUT_TEXT, 0 },
};

static bool
has_failed(const struct ops_story *l)
{
	if (l->step != NULL)
		return story_is_failure(l->step);
	return l->error != NULL || l->status == NULL || l->status[0] >= '4';
}

/* Says how a call to Calendly went: status, duration, error. */
static const char *
told_outcome(struct arena *mem, const struct ops_story *l)
{
	return arena_printf(mem, "%s after %s ms%s%s",
	    l->status == NULL ? "no answer" : l->status, l->duration_ms,
	    l->error == NULL ? "" : ": ", l->error == NULL ? "" : l->error);
}

static void
tell_line(struct arena *mem, const struct ops_story *l, struct told_line *out)
{
	const char	*detail = l->detail;

	out->l = *l;
	out->step = l->step;
	if (l->step == NULL) {
		out->step = "calendly_call";
		out->what = arena_printf(mem, "Calendly was called, %s: %s %s",
		    l->purpose, l->method, l->path);
		out->detail = told_outcome(mem, l);
		out->todo = has_failed(l) ?
		    advice_call(l->purpose, l->status, l->error) : NULL;
		return;
	}
	if (l->times > 1)
		detail = arena_printf(mem, "%" PRId64 " times, this was the "
		    "last%s%s", l->times, detail == NULL ? "" : ": ",
		    detail == NULL ? "" : detail);
	out->what = story_words(l->step);
	out->detail = detail;
	out->todo = story_advice(l->step);
}

/* Returns advice for a session from before the steps of sessions were kept. */
static const char *
advice_by_result(enum session_result result)
{
	switch (result) {
	case RESULT_DENIED:
		return story_advice(story_name(STORY_DENIED));
	case RESULT_WRONG_ACCOUNT:
		return story_advice(story_name(STORY_WRONG_ACCOUNT));
	case RESULT_ERROR:
		return story_advice(story_name(STORY_FAILED));
	default:
		return NULL;
	}
}

static const char *
advice_when_done(struct ctl *c, const struct ops_session *s)
{
	if (s->connection_status == CONNECTION_CONNECTED)
		return "nothing: the user is connected";
	return arena_printf(c->mem, "it succeeded, but since then something "
	    "happened: calendlyctl connection show %s %s", s->tenant,
	    s->user_id);
}

/* Returns advice by the last step that failed. */
static const char *
advise_session(struct ctl *c, const struct ops_session *s,
    const struct told_line *lines, int n)
{
	const bool	 expired = s->status == SESSION_EXPIRED;
	const char	*last = n > 0 ? lines[n - 1].step : "";
	int		 i;

	if (s->status == SESSION_DONE)
		return advice_when_done(c, s);
	if (!expired && strcmp(last, story_name(STORY_CONSENT_ASKED)) == 0)
		return "wait: the user is at Calendly's consent page, or has "
		    "left it";
	for (i = n - 1; i >= 0; i--)
		if (has_failed(&lines[i].l) && lines[i].todo != NULL)
			return lines[i].todo;
	if (s->result != RESULT_NONE)
		return advice_by_result(s->result);
	return n > 1 ? "the host app mints a new link on the user's click" :
	    "see that the host app sends the browser to the link at once: "
	    "it was not opened yet";
}

static void
print_story(struct ctl *c, struct told_line *lines, int n)
{
	int	 i, failed = 0;

	if (c->json) {
		out_list(c, "story", NULL, json_columns, lines,
		    sizeof(*lines), n);
		return;
	}
	out_list(c, "story", "The story", text_columns, lines,
	    sizeof(*lines), n);
	for (i = 0; i < n; i++)
		if (lines[i].l.reply != NULL)
			lines[failed++] = lines[i];
	if (failed > 0)
		out_list(c, "replies", "What Calendly replied, without "
		    "secrets", reply_columns, lines, sizeof(*lines), failed);
}

enum cal_err
ctl_session_show(struct ctl *c)
{
	struct told		 told;
	struct told_line	*lines;
	struct ops_story	*rows;
	enum cal_err		 rc;
	int			 i, n;

	if ((rc = session_find_quoted(c, &told.s)) != CAL_OK ||
	    (rc = ops_session_story(c->db, c->mem, told.s.id, &rows, &n)) !=
	    CAL_OK)
		return rc;
	lines = arena_array(c->mem, (size_t)n, sizeof(*lines));
	for (i = 0; i < n; i++)
		tell_line(c->mem, &rows[i], &lines[i]);
	told.todo = advise_session(c, &told.s, lines, n);
	out_begin(c);
	out_fields(c, session_columns, &told);
	print_story(c, lines, n);
	return out_end(c);
}
