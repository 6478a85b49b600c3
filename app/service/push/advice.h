/* advice: what to do about a push that was not delivered. */
#ifndef APP_SERVICE_PUSH_ADVICE_H
#define APP_SERVICE_PUSH_ADVICE_H

/*
 * Returns what to do about an answer with this status, or, if there was none
 * (0), about this error.  Never NULL.
 */
const char	*push_advice(int status, const char *error);

#endif
