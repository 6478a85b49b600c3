/*
 * err: the one error type of every layer.
 *
 * A value says what went wrong from the client's point of view, not where.  The
 * function that finds the cause logs it, once; every caller above returns the
 * value unchanged; only the router turns it into an HTTP status and a problem
 * document.
 */
#ifndef LIB_ERR_H
#define LIB_ERR_H

#define ERR_CHECK	__attribute__((__warn_unused_result__))

enum cal_err {
	CAL_OK = 0,
	CAL_INVALID,		/* the input is wrong and must be changed */
	CAL_UNAUTHORIZED,	/* no credentials, or unknown ones */
	CAL_DENIED,		/* known, but not allowed to */
	CAL_NOTFOUND,		/* no such thing; often no fault at all */
	CAL_CONFLICT,		/* somebody else was first, or is doing it */
	CAL_GONE,		/* existed once and will not come back */
	CAL_TOOLARGE,		/* over a limit: see the function's header */
	CAL_UPSTREAM,		/* a server we called failed or sent nonsense */
	CAL_UNAVAILABLE,	/* not now: the same request may work later */
	CAL_INTERNAL,		/* our own fault */
	CAL_ERR__MAX
};

/* Returns the value's name in lower case ("unavailable"), never NULL. */
const char	*err_name(enum cal_err);

/*
 * Logs that there was no memory for "what" and ends the process; arena.h says
 * why.
 */
_Noreturn void	 err_nomem(const char *what);

#endif
