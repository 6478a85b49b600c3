/*
 * secret: a value that must not be seen.
 *
 * Opaque, so that no log call and no printf can take one by accident (the
 * compiler refuses "%s"); lives in an arena, which wipes it.  secret_text()
 * is the one way to the bytes: grep for it to see every place that does.
 */
#ifndef LIB_SECRET_H
#define LIB_SECRET_H

#include <stddef.h>

struct arena;
struct secret;

struct secret	*secret_new(struct arena *, const void *, size_t);
struct secret	*secret_from_text(struct arena *, const char *);
/* NUL-terminated; as long-lived as the secret. */
const char	*secret_text(const struct secret *);
size_t		 secret_len(const struct secret *);

#endif
