/*
 * json: reading JSON into a small tree, and writing it (yajl, by its SAX
 * interface).
 *
 * yajl has had no upstream since 2015.  So only json.c and json_selftest.c use
 * it, json.c limits size, depth and count by itself, and a self-test tries the
 * inputs of yajl's CVEs at each start.
 */
#ifndef LIB_JSON_H
#define LIB_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

struct arena;

enum json_type {
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

/* A value.  Numbers keep their text, so that nothing is rounded. */
struct json_node {
	enum json_type		 type;
	bool			 truth;	/* for JSON_BOOL */
	const char		*key;	/* in an object, else NULL */
	size_t			 keysz;
	const char		*text;	/* string or number, NUL-terminated */
	size_t			 textsz;/* a string may itself hold NULs */
	struct json_node	*child;	/* the first, in an array or object */
	struct json_node	*next;
};

struct json_caps {
	size_t	size;		/* bytes of text */
	size_t	depth;
	size_t	count;		/* values and keys */
};

/*
 * Parses UTF-8 text strictly (RFC 8259).  Of members with the same key the
 * first counts, and half of an escaped surrogate pair becomes U+FFFD.
 * CAL_TOOLARGE: past a limit.  CAL_INVALID: not JSON.  In both cases "why" is a
 * short phrase that quotes nothing of the input.
 */
enum cal_err	json_parse(struct arena *, const char *, size_t,
		    const struct json_caps *, const struct json_node **,
		    const char **why) ERR_CHECK;
/*
 * Parses text of senders whom we can't ask to mend it, and so forgives some
 * faults: a byte order mark before the text is skipped; within strings each
 * byte that is not UTF-8, each NUL and each backslash that begins no escape
 * becomes U+FFFD; other control characters count as if they were escaped.  The
 * limit on the size applies to the mended text, too.
 */
enum cal_err	json_parse_spoiled(struct arena *, const char *, size_t,
		    const struct json_caps *, const struct json_node **,
		    const char **why) ERR_CHECK;

/*
 * Returns a member by a path of keys joined by dots ("resource.uri"), or NULL.
 * A NULL node has no members.  An empty path means the node itself.
 */
const struct json_node	*json_find(const struct json_node *, const char *);
/* Returns the member's text if it is a string without a NUL, else NULL. */
const char	*json_text(const struct json_node *, const char *path);
/*
 * Reads a whole number that fits. 10.0 and 1e1 are whole numbers, too.  Returns
 * false for anything else.
 */
bool		 json_int(const struct json_node *, const char *path,
		    int64_t *);
/* Reads such a number from a text. */
bool		 json_int_of(const char *, int64_t *);
bool		 json_is_true(const struct json_node *, const char *path);

/* Runs the self-test.  False means that this yajl must not be used. */
bool		 json_selftest(void);

/*
 * Writing.  Within an object every call takes a key; within an array the key is
 * NULL.  Bytes that are not UTF-8 are written as U+FFFD.  A text of NULL is
 * written as null.
 */
struct json;

struct json	*json_new(struct arena *);
void		 json_object(struct json *, const char *key);
void		 json_array(struct json *, const char *key);
void		 json_end(struct json *);
void		 json_str(struct json *, const char *key, const char *);
void		 json_num(struct json *, const char *key, int64_t);
void		 json_bool(struct json *, const char *key, bool);
void		 json_null(struct json *, const char *key);
/*
 * Writes JSON text that is known to be valid (it comes from the database); NULL
 * is written as null.
 */
void		 json_raw(struct json *, const char *key, const char *);
/*
 * Writes the members of another object into the object that is open.  The text
 * is that of the other object, and known to be valid.
 */
void		 json_members(struct json *, const char *);
/*
 * Writes a parsed value; NULL is written as null.  If "keep" is not NULL, it is
 * called with each member of an object and "arg", and may leave the member out.
 */
void		 json_node(struct json *, const char *key,
		    const struct json_node *,
		    bool (*keep)(const struct json_node *, void *), void *arg);
/* Returns the whole text.  Every object and array must have been ended. */
const char	*json_done(struct json *, size_t *);

#endif
