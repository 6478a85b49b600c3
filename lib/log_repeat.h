/*
 * log_repeat: of a thousand like lines a few are said, and how many more.
 *
 * Lines are alike that come from the same place in the program: their format
 * is the same string.  In ten seconds twenty of them are said by a process;
 * the others are counted, and one line tells their number and the last of
 * them.  For lib/log.c alone.
 */
#ifndef LIB_LOG_REPEAT_H
#define LIB_LOG_REPEAT_H

#include <stdbool.h>
#include <stdint.h>

enum { LOG_REPEAT_LAST = 256 };	/* bytes of the last line that are kept */

/* What was held back. */
struct log_repeat {
	unsigned long	 n;
	int		 level;
	char		 last[LOG_REPEAT_LAST];
};

/* Is this line to be said?  "msg" is what "fmt" came to. */
bool	log_repeat_say(const char *fmt, const char *msg, int level,
	    int64_t now_ms);
/*
 * What was held back whose ten seconds are over, or at all if "now"; false:
 * nothing more.
 */
bool	log_repeat_told(int64_t now_ms, bool all, struct log_repeat *);
/* Nothing was said yet: this process has only just been forked. */
void	log_repeat_forget(void);
/* Milliseconds until log_repeat_told() has something to tell; -1: nothing. */
int	log_repeat_due(int64_t now_ms);

#endif
