/*
 * log: one write(2) per line to stderr, as logfmt or JSON.
 *
 * A message has the form "what failed: with which thing: why".  Every line
 * names the process that speaks and the id of the request in hand.  Control
 * characters are escaped, so that input of others cannot forge a line.  Never
 * log a token, a key, a body, an e-mail address or an SQL parameter.
 *
 * Logging must not hold up the program.  With log_pipe.h no line waits for
 * whoever reads stderr, and when a process repeats one message, twenty of them
 * in ten seconds are logged and the rest are counted.
 */
#ifndef LIB_LOG_H
#define LIB_LOG_H

enum log_level {
	LOG_LEVEL_WARN,		/* a person should look */
	LOG_LEVEL_INFO,		/* start, stop, counts */
	LOG_LEVEL_DEBUG,	/* per request */
};

enum log_format {
	LOG_FORMAT_LOGFMT,
	LOG_FORMAT_JSON,
};

void	log_configure(enum log_level, enum log_format);
/*
 * Sets the name of the process that speaks: "master", "app/3", "runner/0".  It
 * is copied.
 */
void	log_speaker(const char *);
/*
 * Sets the id of the request or job in hand; NULL means none.  It is copied.
 * Each task (task.h) has its own id and its own "about".
 */
void	log_request(const char *);
/*
 * Adds a field to each line that says what the work is about:
 * log_about("session", id).  NULL for both removes it.  Both are copied.
 */
void	log_about(const char *name, const char *value);
/* Returns the id that was set last, or "". */
const char *log_request_id(void);
/*
 * Returns how many milliseconds a process that is about to wait may sleep at
 * most before it has to report how many lines were held back; -1 means no
 * limit.
 */
int	log_wait_ms(void);
/* Must be called before a process ends: it reports what was held back. */
void	log_finish(void);
/* Returns how many lines this process has dropped because nobody read them. */
unsigned long log_dropped(void);

void	log_warn(const char *, ...)
	    __attribute__((__format__(__printf__, 1, 2)));
void	log_info(const char *, ...)
	    __attribute__((__format__(__printf__, 1, 2)));
void	log_debug(const char *, ...)
	    __attribute__((__format__(__printf__, 1, 2)));

#endif
