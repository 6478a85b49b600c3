/*
 * conf: settings from the environment or from a file of NAME=value lines,
 * described by one table.
 *
 * Syntax of the file: empty lines and lines that begin with "#" are skipped.  A
 * value is what follows "="; blanks at its ends are removed, and then one pair
 * of double quotes around it.  The same name on two lines is a fault.  A
 * variable of the environment wins over the file.  An empty value counts as not
 * given.
 *
 * Every item may also be given as NAME_FILE, the path of a file that holds the
 * value (one newline at its end is removed).  Giving both NAME and NAME_FILE is
 * a fault.
 *
 * All faults are reported, not only the first one.  Each message names the
 * setting and says what to write instead; it never quotes the value of a
 * secret.
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
	CONF_WORDS,		/* const char *const *, NULL-terminated;
				 * split at commas and spaces */
	CONF_SECRETS,		/* struct secret *const *, NULL-terminated;
				 * split at commas */
};

/* The value of a number that is given as "auto". */
enum { CONF_AUTO = -1 };

struct conf_item {
	const char	*name;
	enum conf_type	 type;
	size_t		 offset;	/* in the struct that is filled */
	const char	*fallback;	/* default, as text; NULL: none */
	bool		 required;
	bool		 reloadable;	/* by SIGHUP; others need a restart */
	bool		 automatic;	/* a number may be "auto" instead */
	long		 min;		/* of a number, not below 0 */
	long		 max;
	const char *const *choices;	/* NULL-terminated */
	/*
	 * Returns NULL if the value is good, else what to write instead.  The
	 * value of a list is passed as a whole.
	 */
	const char	*(*check)(struct arena *, const char *value);
	const char	*help;		/* what it is for, in messages */
};

struct conf_message {
	bool		 fault;		/* true: a fault; false: a warning */
	const char	*text;
	struct conf_message *next;
};

struct conf_source {
	const char	*file;		/* NULL: none */
	char	*const	*environ;	/* NULL: none */
	const char	*prefix;	/* a name that begins with this must
					 * be in the table: if not, it is a
					 * fault in a file and a warning in
					 * the environment */
	const struct conf_item *items;
	size_t		 nitems;
};

/*
 * Fills "out", which the caller has zeroed, from the source.  Returns
 * CAL_INVALID if there is any fault.  "messages" is set in either case and
 * lists faults and warnings: first those about the file's syntax, then those
 * about items in the order of the table, then unknown names.
 */
enum cal_err	conf_load(struct arena *, const struct conf_source *,
		    void *out, const struct conf_message **messages)
		    ERR_CHECK;
/*
 * Returns the names, joined by ", ", of the items that differ between two
 * filled structs and that need a restart; NULL if there are none.
 */
const char	*conf_fixed_changes(struct arena *, const struct conf_item *,
		    size_t, const void *, const void *);

#endif
