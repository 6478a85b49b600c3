/*
 * log_line: see log_line.h.
 */
#include <stdio.h>
#include <string.h>

#include "lib/log_line.h"
#include "lib/utf8.h"

enum {
	TAIL = 16,		/* bytes reserved for the mark and the end */
	WORD_MAX = 128,		/* longest value that goes without quotes */
};

#define MARK	"[cut]"

/* Adds all of it or nothing, so that no escape or character is cut in two. */
static void
line_add(struct log_line *l, const char *p, size_t n)
{
	if (l->full || n > l->room - l->n) {
		l->full = true;
		return;
	}
	memcpy(l->text + l->n, p, n);
	l->n += n;
}

static void
line_puts(struct log_line *l, const char *s)
{
	line_add(l, s, strlen(s));
}

/*
 * Returns whether this is a control character: C0, DEL, or C1, which terminals
 * obey, too.
 */
static bool
is_control(const char *p, size_t len)
{
	unsigned char	c = (unsigned char)p[0];

	if (len == 1)
		return c < 0x20 || c == 0x7f;
	return len == 2 && c == 0xc2 && (unsigned char)p[1] < 0xa0;
}

/* Returns the code of a control character. */
static unsigned int
control_code(const char *p, size_t len)
{
	return (unsigned char)p[len - 1];
}

static void
line_escape(struct log_line *l, const char *p, size_t len)
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

/* Adds a text in double quotes.  Both formats escape it in the same way. */
static void
line_quote(struct log_line *l, const char *s)
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

void
log_line_begin(struct log_line *l, bool json)
{
	l->n = 0;
	l->room = sizeof(l->text) - TAIL;
	l->full = false;
	l->json = json;
	line_puts(l, json ? "{" : "");
}

/* In logfmt a plain word needs no quotes. */
void
log_line_field(struct log_line *l, const char *name, const char *value)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/";
	size_t	n = strlen(value);

	if (l->n > 1)
		line_puts(l, l->json ? "," : " ");
	line_puts(l, l->json ? "\"" : "");
	line_puts(l, name);
	line_puts(l, l->json ? "\":" : "=");
	if (!l->json && n > 0 && n <= WORD_MAX && strspn(value, plain) == n) {
		line_add(l, value, n);
		return;
	}
	line_quote(l, value);
	if (l->full)
		return;
	line_puts(l, "\"");
}

void
log_line_end(struct log_line *l)
{
	if (l->full) {
		l->full = false;
		l->room = sizeof(l->text);	/* the reserve, too */
		line_puts(l, MARK "\"");
	}
	line_puts(l, l->json ? "}\n" : "\n");
}
