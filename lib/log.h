/*
 * log: one write(2) a line to stderr, logfmt or JSON.
 *
 * Form of a message: "what failed: with which thing: why".  Every line says
 * who speaks and carries the request's id.  Control characters are escaped,
 * so that nobody's input can forge a line.  Never log a token, a key, a
 * body, an e-mail address or an SQL parameter.
 *
 * Logging stops nobody: with log_pipe.h no line waits for whoever reads
 * stderr, and of a thousand like warnings in ten seconds twenty are said, and
 * how many more there were.
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
/* Who speaks from now on: "master", "app/3", "runner/0".  Copied. */
void	log_speaker(const char *);
/*
 * The id of the request or job in hand; NULL: none.  Copied.  Each task
 * (task.h) has its own, and its own "about".
 */
void	log_request(const char *);
/*
 * What the work in hand is about, as a field of its own: log_about("session",
 * id).  NULL for both: nothing in particular.  Copied.
 */
void	log_about(const char *name, const char *value);
/* The id last set, or "". */
const char *log_request_id(void);
/*
 * Before a process waits: for how many milliseconds at most, so that it then
 * tells how many lines were held back; -1: for as long as it likes.
 */
int	log_wait_ms(void);
/* Before a process ends: it tells of what was held back now. */
void	log_finish(void);
/* How many lines this process has dropped because nobody read them. */
unsigned long log_dropped(void);

void	log_warn(const char *, ...)
	    __attribute__((__format__(__printf__, 1, 2)));
void	log_info(const char *, ...)
	    __attribute__((__format__(__printf__, 1, 2)));
void	log_debug(const char *, ...)
	    __attribute__((__format__(__printf__, 1, 2)));

#endif
