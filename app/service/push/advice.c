/*
 * advice: see advice.h.
 */
#include <stddef.h>
#include <strings.h>
#include <string.h>

#include "app/service/push/advice.h"

#define TOO_LATE	"No answer came in time: answer first, and do "	\
	"the work afterwards; or a firewall drops the connection."

static const struct {
	int		 status;	/* of an answer */
	const char	*advice;
} by_status[] = {
	{ 400, "Your receiver does not take the request: its own log says why. "
	  "A signature must be verified over the body's very bytes." },
	{ 401, "Your receiver does not accept the request: compare the secret "
	  "that it verifies signatures with, its clock, and, if it asks for a "
	  "password or token, the destination's headers." },
	{ 404, "Nothing is there: compare the url's path." },
	{ 405, "This address takes no POST: compare the url's path." },
	{ 410, "Your receiver says that it wants no more pushes, so the "
	  "destination is paused. Resume it if that was a mistake." },
	{ 413, "Your receiver takes no body of this size: let it, and what "
	  "stands before it, take 1 MiB." },
	{ 415, "Your receiver must take application/json." },
	{ 429, "Your receiver, or what stands before it, limits how often it "
	  "is called. The push is tried again by itself, and waits as "
	  "Retry-After says." },
	{ 503, "Your receiver is not ready. The push is tried again by "
	  "itself, and waits as Retry-After says." },
};

static const struct {
	const char	*part;		/* of an error, in any case */
	const char	*advice;
} by_error[] = {
	{ "calendlyd_deliver_allow", "The address is not a public one: give "
	  "the url a public address, or ask your operator to allow this one." },
	{ "not public", "The address is not a public one: give the url a "
	  "public address, or ask your operator to allow this one in "
	  "CALENDLYD_DELIVER_ALLOW." },
	{ "resolve", "The url's host name is not known in the DNS: compare "
	  "its spelling." },
	{ "certificate", "The certificate is not trusted: let your server "
	  "send its whole chain, for this host name; for a CA of your own ask "
	  "your operator." },
	{ "ssl", "TLS could not be agreed on: your server must speak TLS 1.2 "
	  "or later." },
	{ "tls", "TLS could not be agreed on: your server must speak TLS 1.2 "
	  "or later." },
	{ "timed out", TOO_LATE },
	{ "timeout", TOO_LATE },
	{ "in time", TOO_LATE },
	{ "time was over", TOO_LATE },
	{ "slow", TOO_LATE },
	{ "refused", "Nothing listens at this address and port: is your "
	  "server running?" },
	{ "connect", "The address can't be reached: is your server running, "
	  "and does a firewall let calendlyd through?" },
	{ "secret", "The destination's secret can't be used: rotate it." },
};

static const char *
status_advice(int status)
{
	size_t	 i;

	for (i = 0; i < sizeof(by_status) / sizeof(by_status[0]); i++)
		if (by_status[i].status == status)
			return by_status[i].advice;
	if (status / 100 == 3)
		return "It answered with a redirect, which is not followed: "
		    "set the url to where it leads.";
	if (status / 100 == 5)
		return "Your receiver failed: its own log says why. The push "
		    "is tried again by itself.";
	if (status == 403)
		return "Your receiver, or what stands before it, does not let "
		    "calendlyd in: compare its rules, and the destination's "
		    "headers.";
	return "Answer with a status from 200 to 299 when the event is stored.";
}

const char *
push_advice(int status, const char *error)
{
	size_t	 i;

	if (status != 0)
		return status_advice(status);
	for (i = 0; i < sizeof(by_error) / sizeof(by_error[0]); i++)
		if (strcasestr(error, by_error[i].part) != NULL)
			return by_error[i].advice;
	return "There was no whole answer. The push is tried again by itself; "
	    "your server's own log may say more.";
}
