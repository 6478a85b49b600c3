/* advice: tells an operator what to do about a failed call to Calendly. */
#ifndef APP_CTL_ADVICE_H
#define APP_CTL_ADVICE_H

/*
 * "status" is a decimal number, NULL if there was no answer; "error" may be
 * NULL.
 */
const char	*advice_call(const char *purpose, const char *status,
		    const char *error);

#endif
