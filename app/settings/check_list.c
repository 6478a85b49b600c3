/* check_list: the messages of the settings' checks, in order. */
#include <stdarg.h>
#include <stdbool.h>

#include "app/settings/check.h"
#include "lib/arena.h"

void
check_list_init(struct check_list *list, struct arena *mem)
{
	list->mem = mem;
	list->first = NULL;
	list->end = &list->first;
}

void
check_say(struct check_list *list, bool fault, const char *format, ...)
{
	struct conf_message	*m = arena_alloc(list->mem, sizeof(*m));
	va_list			 ap;

	va_start(ap, format);
	m->fault = fault;
	m->text = arena_vprintf(list->mem, format, ap);
	va_end(ap);
	*list->end = m;
	list->end = &m->next;
}
