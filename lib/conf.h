/*
 * conf: settings from the environment or from a file of NAME=value lines,
 * described by one table.
 *
 * File syntax: blank lines and lines that begin with "#" are skipped; a
 * value is what follows "=", blanks at its ends removed, one pair of double
 * quotes around it removed.  A name twice is a fault.  The file is enough
 * by itself; a variable of the environment wins over the file.  An empty
 * value is as if the name were not there.
 *
 * Every item may also be given as NAME_FILE, the path of a file that holds
 * the value (one line end at its end is removed); both is a fault.
 *
 * All faults are found, not only the first.  Each message names the setting
 * and says what to write instead; a secret's value is never quoted.
 */
#ifndef LIB_CONF_H
#define LIB_CONF_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/err.h"

struct arena;

enum conf_type {
	CONF_TEXT,		/* const char * */
	CONF_SECRET,		/* struct secret * */
	CONF_NUMBER,		/* long, within min and max */
	CONF_CHOICE,		/* int, the index in "choices" */
	CONF_WORDS,		/* const char *const *, NULL-terminated; split
				 * at commas and spaces */
	CONF_SECRETS,		/* struct secret *const *, NULL-terminated;
				 * split at commas */
};

struct conf_item {
	const char	*name;
	enum conf_type	 type;
	size_t		 offset;	/* in the struct that is filled */
	const char	*fallback;	/* as written; NULL: none */
	bool		 required;
	bool		 reloadable;	/* by SIGHUP; others need a restart */
	long		 min;
	long		 max;
	const char *const *choices;	/* NULL-terminated */
	/*
	 * NULL if the value (the whole, of a list too) is good, else what to
	 * write instead.
	 */
	const char	*(*check)(struct arena *, const char *value);
	const char	*help;		/* a line for -t and the manual */
};

struct conf_message {
	bool		 fault;		/* else a warning */
	const char	*text;
	struct conf_message *next;
};

struct conf_source {
	const char	*file;		/* NULL: none */
	char	*const	*environ;	/* NULL: none */
	const char	*prefix;	/* names that begin so must be known:
					 * a fault in the file, a warning in
					 * the environment, with the nearest
					 * known name */
	const struct conf_item *items;
	size_t		 nitems;
};

/*
 * Fill "out" (zeroed by the caller) from the source.  CAL_INVALID if there
 * is any fault; "messages" then and otherwise lists faults and warnings:
 * first those of the file's form, then in the order of the table, unknown
 * names last.
 */
enum cal_err	conf_load(struct arena *, const struct conf_source *,
		    void *out, const struct conf_message **messages)
		    ERR_CHECK;
/*
 * The names of items that differ between two filled structs and are not
 * reloadable, joined by ", "; NULL if there are none.
 */
const char	*conf_fixed_changes(struct arena *, const struct conf_item *,
		    size_t, const void *, const void *);

#endif
