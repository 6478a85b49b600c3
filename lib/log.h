/*
 * log: one write(2) a line to stderr, logfmt or JSON.
 *
 * Form of a message: "what failed: with which thing: why".  Every line says
 * who speaks and carries the request's id.  Control characters are escaped,
 * so that nobody's input can forge a line.  Never log a token, a key, a
 * body, an e-mail address or an SQL parameter.
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
/* Who speaks: "master", "app/3", "runner/0".  Copied. */
void	log_speaker(const char *);
/* The id of the request or job in hand; NULL: none.  Copied. */
void	log_request(const char *);
/*
 * What the work in hand is about, as a field of its own: log_about("session",
 * id).  NULL for both: nothing in particular.  Copied.
 */
void	log_about(const char *name, const char *value);
/* The id last set, or "". */
const char *log_request_id(void);

void	log_warn(const char *, ...)
	    __attribute__((__format__(__printf__, 1, 2)));
void	log_info(const char *, ...)
	    __attribute__((__format__(__printf__, 1, 2)));
void	log_debug(const char *, ...)
	    __attribute__((__format__(__printf__, 1, 2)));

#endif
