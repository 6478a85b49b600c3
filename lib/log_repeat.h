/*
 * log_repeat: limits how often the same message is logged.
 *
 * Lines are the same message if they come from the same place in the program,
 * that is, if their format is the same string.  A process logs twenty of them
 * in ten seconds.  It counts the others, and then one line tells their number
 * and the text of the last one.  For lib/log.c alone.
 */
#ifndef LIB_LOG_REPEAT_H
#define LIB_LOG_REPEAT_H

#include <stdbool.h>
#include <stdint.h>

enum { LOG_REPEAT_LAST = 256 };	/* bytes of the last line that are kept */

/* A message that was held back. */
struct log_repeat {
	unsigned long	 n;
	int		 level;
	char		 last[LOG_REPEAT_LAST];
};

/*
 * Returns whether this line is to be logged.  "msg" is the formatted text of
 * "fmt".
 */
bool	log_repeat_say(const char *fmt, const char *msg, int level,
	    int64_t now_ms);
/*
 * Takes out one message that was held back and whose ten seconds are over, or
 * any one if "all".  Returns false when there are no more.
 */
bool	log_repeat_told(int64_t now_ms, bool all, struct log_repeat *);
/*
 * Forgets all, because this process has only just been forked and its parent
 * reports what was held back.
 */
void	log_repeat_forget(void);
/*
 * Returns in how many milliseconds log_repeat_told() has something to report;
 * -1: never.
 */
int	log_repeat_due(int64_t now_ms);

#endif
