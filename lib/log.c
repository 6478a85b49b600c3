/*
 * log: one write(2) a line to stderr, logfmt or JSON.
 *
 * A line is put together in one buffer on the stack, so that logging works
 * when memory is out, and written at once, so that lines of several
 * processes do not mix.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/log.h"
#include "lib/utf8.h"

enum {
	LINE_MAX_BYTES = 8192,
	TAIL = 16,		/* kept for the mark and the end */
	WORD_MAX = 128,		/* of what may go without quotes */
};

#define MARK	"[cut]"

struct line {
	char	text[LINE_MAX_BYTES];
	size_t	n;
	size_t	room;
	bool	full;		/* something did not fit */
};

static struct {
	enum log_level	 level;
	enum log_format	 format;
	char		 speaker[32];
	char		 request[64];
	char		 about[16];	/* a field's name, */
	char		 about_value[64];	/* and what it says */
} state = { .level = LOG_LEVEL_INFO, .speaker = "-" };

static const char *const level_names[] = {
	[LOG_LEVEL_WARN] = "warn",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

/* All or nothing, so that no escape or character is cut in two. */
static void
line_add(struct line *l, const char *p, size_t n)
{
	if (l->full || n > l->room - l->n) {
		l->full = true;
		return;
	}
	memcpy(l->text + l->n, p, n);
	l->n += n;
}

static void
line_puts(struct line *l, const char *s)
{
	line_add(l, s, strlen(s));
}

/* A control character (C0, DEL, or C1, which terminals obey too)? */
static bool
is_control(const char *p, size_t len)
{
	unsigned char	c = (unsigned char)p[0];

	if (len == 1)
		return c < 0x20 || c == 0x7f;
	return len == 2 && c == 0xc2 && (unsigned char)p[1] < 0xa0;
}

/* The code of a control character. */
static unsigned int
control_code(const char *p, size_t len)
{
	return (unsigned char)p[len - 1];
}

static void
line_escape(struct line *l, const char *p, size_t len)
{
	char	esc[8];

	if (len == 1 && (*p == '"' || *p == '\\'))
		(void)snprintf(esc, sizeof(esc), "\\%c", *p);
	else if (*p == '\n')
		(void)snprintf(esc, sizeof(esc), "\\n");
	else if (*p == '\t')
		(void)snprintf(esc, sizeof(esc), "\\t");
	else if (*p == '\r')
		(void)snprintf(esc, sizeof(esc), "\\r");
	else if (is_control(p, len))
		(void)snprintf(esc, sizeof(esc), "\\u%04x",
		    control_code(p, len));
	else {
		line_add(l, p, len);
		return;
	}
	line_puts(l, esc);
}

/* Text between double quotes; both formats escape it alike. */
static void
line_quote(struct line *l, const char *s)
{
	size_t	len, n;

	line_puts(l, "\"");
	for (n = strlen(s); n != 0; s += len, n -= len) {
		if ((len = utf8_len(s, n)) != 0) {
			line_escape(l, s, len);
		} else {
			line_puts(l, UTF8_REPLACEMENT);
			len = 1;
		}
	}
}

/* A name and its value; with logfmt, plain words go without quotes. */
static void
line_field(struct line *l, const char *name, const char *value)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/";
	bool	json = state.format == LOG_FORMAT_JSON;
	size_t	n = strlen(value);

	if (l->n > 1)
		line_puts(l, json ? "," : " ");
	line_puts(l, json ? "\"" : "");
	line_puts(l, name);
	line_puts(l, json ? "\":" : "=");
	if (!json && n > 0 && n <= WORD_MAX && strspn(value, plain) == n) {
		line_add(l, value, n);
		return;
	}
	line_quote(l, value);
	if (l->full)
		return;
	line_puts(l, "\"");
}

/* RFC 3339, UTC, milliseconds. */
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

/* What could not be written is lost: there is nowhere to say so. */
static void
line_write(const char *p, size_t n)
{
	ssize_t	did;

	while (n != 0) {
		if ((did = write(STDERR_FILENO, p, n)) == -1) {
			if (errno == EINTR)
				continue;
			return;
		}
		p += did;
		n -= (size_t)did;
	}
}

static void
line_end(struct line *l)
{
	if (l->full) {
		l->full = false;
		l->room = sizeof(l->text);	/* what was kept for this */
		line_puts(l, MARK "\"");
	}
	line_puts(l, state.format == LOG_FORMAT_JSON ? "}\n" : "\n");
	line_write(l->text, l->n);
}

static void
log_line(enum log_level level, const char *fmt, va_list ap)
{
	struct line	l;
	char		msg[LINE_MAX_BYTES], now[48];
	int		saved = errno;

	if (level > state.level)
		return;
	if (vsnprintf(msg, sizeof(msg), fmt, ap) < 0)
		(void)snprintf(msg, sizeof(msg), "(unprintable) %s", fmt);
	time_text(now, sizeof(now));
	l.n = 0;
	l.room = sizeof(l.text) - TAIL;
	l.full = false;
	if (state.format == LOG_FORMAT_JSON)
		line_puts(&l, "{");
	line_field(&l, "time", now);
	line_field(&l, "level", level_names[level]);
	line_field(&l, "who", state.speaker);
	if (state.request[0] != '\0')
		line_field(&l, "req", state.request);
	if (state.about[0] != '\0')
		line_field(&l, state.about, state.about_value);
	line_field(&l, "msg", msg);
	line_end(&l);
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
}

void
log_request(const char *id)
{
	(void)snprintf(state.request, sizeof(state.request), "%s",
	    id == NULL ? "" : id);
}

void
log_about(const char *name, const char *value)
{
	(void)snprintf(state.about, sizeof(state.about), "%s",
	    name == NULL || value == NULL ? "" : name);
	(void)snprintf(state.about_value, sizeof(state.about_value), "%s",
	    value == NULL ? "" : value);
}

const char *
log_request_id(void)
{
	return state.request;
}

void
log_warn(const char *fmt, ...)
{
	va_list	ap;

	va_start(ap, fmt);
	log_line(LOG_LEVEL_WARN, fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list	ap;

	va_start(ap, fmt);
	log_line(LOG_LEVEL_INFO, fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	va_list	ap;

	va_start(ap, fmt);
	log_line(LOG_LEVEL_DEBUG, fmt, ap);
	va_end(ap);
}
