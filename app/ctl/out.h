/*
 * out: what a command was asked for, as aligned columns or, with --json, as
 * one document.
 *
 * Columns are described once for both: "name" is the stable one in JSON,
 * "title" is for people.  Text from the database is shown without control
 * characters, so that nobody's name can play with the terminal.
 */
#ifndef APP_CTL_OUT_H
#define APP_CTL_OUT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/err.h"

struct ctl;

enum out_type {
	OUT_TEXT,		/* const char *; NULL: none */
	OUT_TIME,		/* the same, RFC 3339 */
	OUT_NUMBER,		/* int64_t */
	OUT_DIGITS,		/* const char *; a number in JSON */
	OUT_BOOL,		/* bool */
	OUT_LIST,		/* const char *const * */
	/* Enums, by their names; none is no text. */
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
	OUT_CHECK_RESULT,
	OUT_TYPE__MAX
};

struct out_column {
	const char	*name;		/* NULL ends a list */
	const char	*title;
	enum out_type	 type;
	size_t		 offset;	/* in a row's struct */
};

/* Every command that prints begins and ends; a failed write is an error. */
void		out_begin(struct ctl *);
enum cal_err	out_end(struct ctl *) ERR_CHECK;
/* A list of "n" rows of "size" bytes; "heading" (may be NULL) for people. */
void		out_list(struct ctl *, const char *name, const char *heading,
		    const struct out_column *, const void *rows, size_t size,
		    int n);
/* Say whether there were more rows than "limit". */
void		out_more(struct ctl *, bool more, int limit);
/* The answer of a command that changed something and has no more to tell. */
enum cal_err	out_done(struct ctl *) ERR_CHECK;
/* One row, as a line for each column. */
void		out_fields(struct ctl *, const struct out_column *,
		    const void *row);

#endif
