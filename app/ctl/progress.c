/*
 * progress: see progress.h.
 */
#include <inttypes.h>
#include <string.h>

#include "app/ctl/progress.h"
#include "app/repo/sync.h"
#include "lib/arena.h"

enum { BAR = 16, MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

/* What to do about each trouble of a walk. */
static const char *const	troubles[SYNC_TROUBLE__MAX] = {
	[SYNC_NO_SCOPE] = "the user did not grant scheduled_events:read: have "
	    "the user connect again and allow all that Calendly asks",
	[SYNC_REFUSED] = "Calendly refuses the calls: \"calendlyctl errors\" "
	    "shows its replies",
	[SYNC_UNREACHABLE] = "Calendly gives no answer that can be read: it "
	    "is tried again by itself; \"calendlyctl errors\" shows the calls",
};

const char *
progress_trouble(enum sync_trouble trouble)
{
	return trouble == SYNC_WELL ? "\"calendlyctl errors\" shows what went "
	    "wrong lately" : troubles[trouble];
}

time_t
progress_time(const char *text)
{
	struct tm	 tm;

	memset(&tm, 0, sizeof(tm));
	if (text == NULL || strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) == NULL)
		return -1;
	return timegm(&tm);
}

const char *
progress_span(struct arena *mem, long s)
{
	if (s < 0)
		s = 0;
	if (s < 2 * MINUTE)
		return arena_printf(mem, "%ld s", s);
	if (s < 2 * HOUR)
		return arena_printf(mem, "%ld min", s / MINUTE);
	if (s < 2 * DAY)
		return arena_printf(mem, "%ld h", s / HOUR);
	return arena_printf(mem, "%ld d", s / DAY);
}

const char *
progress_bar(struct arena *mem, int64_t done, int64_t all)
{
	static const char	 full[] = "################";
	static const char	 none[] = "----------------";
	int			 n = 0;

	if (all > 0 && done > 0)
		n = done >= all ? BAR :
		    (int)((double)done / (double)all * BAR);
	return arena_printf(mem, "[%.*s%.*s]", n, full, BAR - n, none);
}

/* What is left; while Calendly does not answer, nobody knows. */
static const char *
progress_left(struct arena *mem, const struct sync_view *v, time_t now)
{
	const time_t	 end = progress_time(v->eta);

	if (v->trouble == SYNC_UNREACHABLE)
		return ", no answer yet";
	if (end == -1)
		return "";
	return arena_printf(mem, ", %s left", progress_span(mem,
	    end > now ? (long)(end - now) : 0));
}

static const char *
of_all(struct arena *mem, const char *word, const struct sync_view *v,
    time_t now)
{
	return arena_printf(mem, "%-8s  %s %" PRId64 "/%" PRId64 " events, %"
	    PRId64 " invitees%s", word,
	    progress_bar(mem, v->events_done, v->events), v->events_done,
	    v->events, v->invitees, progress_left(mem, v, now));
}

static const char *
progress_running(struct arena *mem, const struct sync_view *v, time_t now)
{
	switch (v->phase) {
	case SYNC_INVITEES:
		return of_all(mem, "invitees", v, now);
	case SYNC_MISSING:
		return of_all(mem, "missing", v, now);
	default:
		return arena_printf(mem, "%-8s  %" PRId64 " found so far%s",
		    "events", v->events, progress_left(mem, v, now));
	}
}

const char *
progress_line(struct arena *mem, const struct sync_view *v, time_t now)
{
	switch (v->state) {
	case SYNC_RUNNING:
		return progress_running(mem, v, now);
	case SYNC_STUCK:
		return arena_printf(mem, "stuck: %s",
		    v->trouble == SYNC_WELL ? "not known why" :
		    sync_trouble_name(v->trouble));
	case SYNC_WAITING:
		return v->trouble == SYNC_UNREACHABLE ?
		    "waiting   Calendly gives no answer yet" :
		    "waiting   a runner begins it soon";
	default:
		return arena_printf(mem, "complete  %" PRId64 " events, %"
		    PRId64 " invitees%s", v->events, v->invitees,
		    v->unread == 0 ? "" : arena_printf(mem, ", %" PRId64
		    " could not be read", v->unread));
	}
}
