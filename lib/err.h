/*
 * err: the one error type of every layer.
 *
 * A value says what went wrong for the client, not where.  Who finds the
 * cause logs it, once; everyone above returns the value; only the router
 * turns it into a status and a problem document.
 */
#ifndef LIB_ERR_H
#define LIB_ERR_H

#define ERR_CHECK	__attribute__((__warn_unused_result__))

enum cal_err {
	CAL_OK = 0,
	CAL_INVALID,		/* the input is wrong: mend it, then retry */
	CAL_UNAUTHORIZED,	/* no credentials, or unknown ones */
	CAL_DENIED,		/* known, but not allowed to */
	CAL_NOTFOUND,		/* no such thing; often an outcome, not a fault */
	CAL_CONFLICT,		/* somebody else was first, or is at it now */
	CAL_GONE,		/* was there, and will not come back */
	CAL_TOOLARGE,		/* more than the bound that the header names */
	CAL_UPSTREAM,		/* a peer that we called failed or made no sense */
	CAL_UNAVAILABLE,	/* not now: the same again, later, may work */
	CAL_INTERNAL,		/* our own fault */
	CAL_ERR__MAX
};

/* The value's name in lower case ("unavailable"), never NULL. */
const char	*err_name(enum cal_err);

/*
 * The system has no memory (see arena.h): log it and end the process.
 * "what" was being made.
 */
_Noreturn void	 err_nomem(const char *what);

#endif
