/*
 * out: prints what a command was asked for, as aligned columns or, with --json,
 * as one document.
 *
 * One description of a column serves both: "name" is its name in JSON and never
 * changes, "title" is for people.  Control characters in text from the database
 * are replaced when it is printed for people, so that no user's name can
 * disturb the terminal.
 */
#ifndef APP_CTL_OUT_H
#define APP_CTL_OUT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/err.h"

struct arena;
struct ctl;

enum out_type {
	OUT_TEXT,		/* const char *; NULL: no value */
	OUT_TIME,		/* the same, in RFC 3339 */
	OUT_NUMBER,		/* int64_t */
	OUT_DIGITS,		/* const char *; a number in JSON */
	OUT_BOOL,		/* bool */
	OUT_LIST,		/* const char *const * */
	/* Enums are printed by their names; 0 is printed as no text. */
	OUT_CONNECTION_STATUS,
	OUT_CONNECTION_REASON,
	OUT_CAPABILITY,
	OUT_GRANT_TROUBLE,
	OUT_SUBSCRIPTION_STATE,
	OUT_SUBSCRIPTION_TROUBLE,
	OUT_WEBHOOK_STATE,
	OUT_SESSION_STATUS,
	OUT_SESSION_RESULT,
	OUT_DELIVERY_STATE,
	OUT_EVENT_OUTCOME,
	OUT_JOB_STATE,
	OUT_SYNC_STATE,
	OUT_SYNC_PURPOSE,
	OUT_SYNC_PHASE,
	OUT_SYNC_TROUBLE,
	OUT_FED_BY,
	OUT_DESTINATION_STATE,
	OUT_DESTINATION_REASON,
	OUT_PUSH_STATUS,
	OUT_CHECK_RESULT,
	OUT_TYPE__MAX
};

struct out_column {
	const char	*name;		/* NULL ends a list */
	const char	*title;
	enum out_type	 type;
	size_t		 offset;	/* of the value in a row's struct */
};

/*
 * Every command that prints calls out_begin() first and out_end() last;
 * out_end() fails if the output could not be written.
 */
void		out_begin(struct ctl *);
enum cal_err	out_end(struct ctl *) ERR_CHECK;
/*
 * Prints "n" rows of "size" bytes each.  "name" is the list's name in JSON,
 * "heading" (may be NULL) its title for people.
 */
void		out_list(struct ctl *, const char *name, const char *heading,
		    const struct out_column *, const void *rows, size_t size,
		    int n);
/* Says whether there are more rows than the "limit" that were printed. */
void		out_more(struct ctl *, bool more, int limit);
/*
 * Prints the output of a command that changed something and has no more to
 * tell.
 */
enum cal_err	out_done(struct ctl *) ERR_CHECK;
/*
 * Returns a text as it may be printed for people: without control characters,
 * and "-" if it is empty or NULL.
 */
const char	*out_plain(struct arena *, const char *);
/* Shortens 2026-01-02T03:04:05.123456Z to 2026-01-02 03:04:05. */
const char	*out_time(struct arena *, const char *);
/* Leaves a blank line, for people alone. */
void		out_paragraph(struct ctl *);
/* Prints one row, a line for each column. */
void		out_fields(struct ctl *, const struct out_column *,
		    const void *row);

#endif
