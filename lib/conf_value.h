/*
 * conf_value: converting settings between text and the members of a struct.
 * For lib/conf.c alone.
 */
#ifndef LIB_CONF_VALUE_H
#define LIB_CONF_VALUE_H

#include <stdbool.h>

#include "lib/conf_source.h"

bool	conf_is_secret(const struct conf_item *);
/*
 * Checks a value and stores it in the item's member.  If the value is bad, a
 * message about "subject" is added instead.
 */
void	conf_value_store(struct conf_talk *, const struct conf_item *,
	    const char *subject, const char *value, void *out);
/* Returns whether both structs hold the same value of the item. */
bool	conf_value_equal(const struct conf_item *, const void *,
	    const void *);

#endif
