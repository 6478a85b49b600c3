/*
 * redact: makes a reply fit to be kept and shown.
 */
#ifndef APP_CALENDLY_REDACT_H
#define APP_CALENDLY_REDACT_H

#include <stddef.h>

struct arena;
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

#endif
