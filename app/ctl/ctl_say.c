/* ctl_say: writes messages to the operator, on stderr. */
#include <stdarg.h>
#include <stdio.h>

#include "app/ctl/ctl.h"

static void
say_formatted(const char *format, va_list ap)
{
	(void)fflush(stdout);		/* keeps the order of both outputs */
	(void)fputs("calendlyctl: ", stderr);
	(void)vfprintf(stderr, format, ap);
	(void)fputc('\n', stderr);
}

void
ctl_say(const char *format, ...)
{
	va_list	 ap;

	va_start(ap, format);
	say_formatted(format, ap);
	va_end(ap);
}

enum cal_err
ctl_fail(enum cal_err rc, const char *format, ...)
{
	va_list	 ap;

	va_start(ap, format);
	say_formatted(format, ap);
	va_end(ap);
	return rc;
}

enum cal_err
ctl_misuse(struct ctl *c, const char *format, ...)
{
	va_list	 ap;

	va_start(ap, format);
	say_formatted(format, ap);
	va_end(ap);
	c->misused = true;
	return CAL_INVALID;
}
