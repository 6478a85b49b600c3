/* doctor_note: collects the results of the doctor's checks. */
#include <stdarg.h>

#include "app/ctl/ctl.h"
#include "app/ctl/doctor.h"
#include "lib/arena.h"

void
doctor_note(struct doctor *d, const char *name, enum check_result result,
    const char *format, ...)
{
	va_list	 ap;

	if (result == CHECK_FAIL)
		d->failed = true;
	if (d->n == DOCTOR_CHECKS)
		return;
	va_start(ap, format);
	d->check[d->n++] = (struct doctor_check){ name, result,
	    arena_vprintf(d->c->mem, format, ap) };
	va_end(ap);
}
