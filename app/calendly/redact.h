/*
 * redact: makes a reply fit to be kept and shown.
 */
#ifndef APP_CALENDLY_REDACT_H
#define APP_CALENDLY_REDACT_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct json_node;
struct secret;

enum { REDACT_MAX = 4096 };	/* bytes that are kept of a reply */

/*
 * Replaces the given secrets wherever they stand (plain, URL-encoded, with
 * JSON's escaped slashes, or in Base64 at any offset), the values of members
 * and form fields with secret names, and the endpoints in callback URLs.  Also
 * replaces control characters except newlines by blanks, and cuts the text at
 * REDACT_MAX.
 */
const char	*redact(struct arena *, const char *text, size_t,
		    const struct secret *const *hide, size_t nhide);
/*
 * For json_node(): leaves out passwords of meeting rooms, which are members
 * like "password", "pstn_password" and "passcode".
 */
bool		 redact_keeps(const struct json_node *member, void *arg);

#endif
