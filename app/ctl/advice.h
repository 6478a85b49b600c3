/*
 * advice: what an operator is to do about a call to Calendly that failed.
 */
#ifndef APP_CTL_ADVICE_H
#define APP_CTL_ADVICE_H

/* "status" in decimal, NULL: no answer; "error" may be NULL. */
const char	*advice_call(const char *purpose, const char *status,
		    const char *error);

#endif
