/*
 * secret: a value that must not be seen.
 *
 * The type is opaque, so that no log call or printf can print one by accident
 * (the compiler refuses "%s").  Secrets live in an arena, which wipes them.
 * secret_text() is the only way to the bytes: grep for it to find every place
 * that uses them.
 */
#ifndef LIB_SECRET_H
#define LIB_SECRET_H

#include <stddef.h>

struct arena;
struct secret;

struct secret	*secret_new(struct arena *, const void *, size_t);
struct secret	*secret_from_text(struct arena *, const char *);
/* Returns the NUL-terminated text, which lives as long as the secret. */
const char	*secret_text(const struct secret *);
size_t		 secret_len(const struct secret *);

#endif
