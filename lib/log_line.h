/*
 * log_line: one line of the log, built in a buffer of fixed size.
 *
 * Control characters are escaped and bytes that are not UTF-8 are replaced.
 * What does not fit is cut and marked, so that no value can end its line early.
 * For lib/log.c alone.
 */
#ifndef LIB_LOG_LINE_H
#define LIB_LOG_LINE_H

#include <stdbool.h>
#include <stddef.h>

enum { LOG_LINE_MAX = 8192 };	/* bytes, the newline included */

struct log_line {
	char	text[LOG_LINE_MAX];
	size_t	n;
	size_t	room;
	bool	full;		/* something did not fit */
	bool	json;		/* true: JSON; false: logfmt */
};

void	log_line_begin(struct log_line *, bool json);
void	log_line_field(struct log_line *, const char *name, const char *value);
/* Ends the line.  The text then has "n" bytes and ends with a newline. */
void	log_line_end(struct log_line *);

#endif
