/*
 * log: see log.h.
 *
 * A line is built in one buffer on the stack, so that logging works when memory
 * has run out, and is written by one call, so that lines of several processes
 * do not mix.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "lib/clock.h"
#include "lib/log.h"
#include "lib/log_line.h"
#include "lib/log_pipe.h"
#include "lib/log_repeat.h"

static struct {
	enum log_level	 level;
	enum log_format	 format;
	char		 speaker[32];
	unsigned long	 dropped;	/* since a line last went through */
	unsigned long	 dropped_ever;
} state = { .level = LOG_LEVEL_INFO, .speaker = "-" };

/* Each task has its own values: see task.h. */
static _Thread_local struct {
	char		 request[64];
	char		 about[16];	/* the field's name */
	char		 about_value[64];	/* the field's value */
} in_hand;

static const char *const level_names[] = {
	[LOG_LEVEL_WARN] = "warn",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

/* Writes the time as RFC 3339 in UTC, with milliseconds. */
static void
time_text(char *out, size_t outsz)
{
	struct timespec	ts;
	struct tm	tm;
	char		seconds[32];

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	(void)gmtime_r(&ts.tv_sec, &tm);
	(void)strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(out, outsz, "%s.%03ldZ", seconds,
	    ts.tv_nsec / 1000000);
}

/* "request" says whether the line belongs to the request in hand. */
static bool
write_line(enum log_level level, const char *msg, bool request)
{
	struct log_line	l;
	char		now[48];

	time_text(now, sizeof(now));
	log_line_begin(&l, state.format == LOG_FORMAT_JSON);
	log_line_field(&l, "time", now);
	log_line_field(&l, "level", level_names[level]);
	log_line_field(&l, "who", state.speaker);
	if (request && in_hand.request[0] != '\0')
		log_line_field(&l, "req", in_hand.request);
	if (request && in_hand.about[0] != '\0')
		log_line_field(&l, in_hand.about, in_hand.about_value);
	log_line_field(&l, "msg", msg);
	log_line_end(&l);
	return log_pipe_write(l.text, l.n);
}

/* Logs how many lines were dropped, once the reader of stderr reads again. */
static void
tell_dropped(void)
{
	char	msg[128];

	(void)snprintf(msg, sizeof(msg), "log: %lu lines dropped: whoever "
	    "reads stderr did not keep up", state.dropped);
	if (write_line(LOG_LEVEL_WARN, msg, false))
		state.dropped = 0;
}

static void
log_say(enum log_level level, const char *msg, bool request)
{
	if (!write_line(level, msg, request)) {
		state.dropped++;
		state.dropped_ever++;
	} else if (state.dropped > 0) {
		tell_dropped();
	}
}

static void
tell_repeats(bool all)
{
	struct log_repeat	 held;
	char			 msg[LOG_REPEAT_LAST + 64];

	while (log_repeat_told(clock_ms(), all, &held)) {
		(void)snprintf(msg, sizeof(msg), "%lu more like this: %s",
		    held.n, held.last);
		log_say((enum log_level)held.level, msg, false);
	}
}

/* Debug lines are never held back: they say what each single request did. */
static bool
is_one_too_many(enum log_level level, const char *fmt, const char *msg)
{
	return level != LOG_LEVEL_DEBUG && !log_repeat_say(fmt, msg,
	    (int)level, clock_ms());
}

static void
log_any(enum log_level level, const char *fmt, va_list ap)
{
	char	msg[LOG_LINE_MAX];
	int	saved = errno;

	if (level > state.level)
		return;
	if (vsnprintf(msg, sizeof(msg), fmt, ap) < 0)
		(void)snprintf(msg, sizeof(msg), "(unprintable) %s", fmt);
	tell_repeats(false);
	if (!is_one_too_many(level, fmt, msg))
		log_say(level, msg, true);
	errno = saved;
}

void
log_configure(enum log_level level, enum log_format format)
{
	state.level = level;
	state.format = format;
}

void
log_speaker(const char *who)
{
	(void)snprintf(state.speaker, sizeof(state.speaker), "%s", who);
	log_repeat_forget();
	state.dropped = state.dropped_ever = 0;
}

void
log_request(const char *id)
{
	(void)snprintf(in_hand.request, sizeof(in_hand.request), "%s",
	    id == NULL ? "" : id);
}

void
log_about(const char *name, const char *value)
{
	(void)snprintf(in_hand.about, sizeof(in_hand.about), "%s",
	    name == NULL || value == NULL ? "" : name);
	(void)snprintf(in_hand.about_value, sizeof(in_hand.about_value), "%s",
	    value == NULL ? "" : value);
}

const char *
log_request_id(void)
{
	return in_hand.request;
}

int
log_wait_ms(void)
{
	tell_repeats(false);
	return log_repeat_due(clock_ms());
}

void
log_finish(void)
{
	tell_repeats(true);
}

unsigned long
log_dropped(void)
{
	return state.dropped_ever;
}

void
log_warn(const char *fmt, ...)
{
	va_list	ap;

	va_start(ap, fmt);
	log_any(LOG_LEVEL_WARN, fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list	ap;

	va_start(ap, fmt);
	log_any(LOG_LEVEL_INFO, fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	va_list	ap;

	va_start(ap, fmt);
	log_any(LOG_LEVEL_DEBUG, fmt, ap);
	va_end(ap);
}
