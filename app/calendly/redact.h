/*
 * redact: a reply made fit to be kept and shown.
 */
#ifndef APP_CALENDLY_REDACT_H
#define APP_CALENDLY_REDACT_H

#include <stddef.h>

struct arena;
struct secret;

enum { REDACT_MAX = 4096 };	/* bytes kept of a reply */

/*
 * Take out the given secrets (as they are, URL-encoded, with JSON's escaped
 * slashes, in Base64 at any offset), the values of members and form fields
 * that are secret by name, and the endpoints of callback URLs; replace
 * control characters, and cut at REDACT_MAX.
 */
const char	*redact(struct arena *, const char *text, size_t,
		    const struct secret *const *hide, size_t nhide);

#endif
