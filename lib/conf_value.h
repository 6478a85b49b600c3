/*
 * conf_value: settings' values as text and in a struct; for lib/conf.c
 * alone.
 */
#ifndef LIB_CONF_VALUE_H
#define LIB_CONF_VALUE_H

#include <stdbool.h>

#include "lib/conf_source.h"

bool	conf_is_secret(const struct conf_item *);
/*
 * Check a value and put it where the item says; what is wrong with it is
 * said of "subject".
 */
void	conf_value_store(struct conf_talk *, const struct conf_item *,
	    const char *subject, const char *value, void *out);
/* Is the item the same in both structs? */
bool	conf_value_equal(const struct conf_item *, const void *,
	    const void *);

#endif
