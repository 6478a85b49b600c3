/*
 * json: reading into a small tree, and writing (yajl, by its SAX interface).
 *
 * yajl has had no upstream since 2015; json.c and json_selftest.c are the
 * two files that know it, with caps of our own on size, depth and count, and
 * a self-test with the inputs of its CVEs at start.
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
	bool			 truth;	/* JSON_BOOL */
	const char		*key;	/* in an object; else NULL */
	size_t			 keysz;
	const char		*text;	/* string or number, NUL-terminated */
	size_t			 textsz;/* may count NULs inside a string */
	struct json_node	*child;	/* first of an array or object */
	struct json_node	*next;
};

struct json_caps {
	size_t	size;		/* bytes of text */
	size_t	depth;
	size_t	count;		/* values and keys */
};

/*
 * Parse UTF-8 text strictly (RFC 8259; a duplicate key: the first counts; an
 * escaped half of a surrogate pair becomes U+FFFD).
 * CAL_TOOLARGE past a cap, else CAL_INVALID; "why" is then a short phrase
 * that holds none of the input.
 */
enum cal_err	json_parse(struct arena *, const char *, size_t,
		    const struct json_caps *, const struct json_node **,
		    const char **why) ERR_CHECK;
/*
 * The same for what others send and we can't send back: some flaws do not
 * cost the whole text.  A byte order mark before it is passed over; within
 * strings each byte that is not UTF-8, each NUL and each backslash that begins
 * no escape becomes U+FFFD, and other control characters count as if they
 * were escaped.  The cap on the size holds for the mended text, too.
 */
enum cal_err	json_parse_spoiled(struct arena *, const char *, size_t,
		    const struct json_caps *, const struct json_node **,
		    const char **why) ERR_CHECK;

/*
 * A member by a path of keys joined by dots ("resource.uri"), or NULL; a
 * node of NULL has no members, and an empty path means the node itself.
 */
const struct json_node	*json_find(const struct json_node *, const char *);
/* Its text if it is a string without a NUL, else NULL. */
const char	*json_text(const struct json_node *, const char *path);
/* False unless it is a whole number that fits; 10.0 and 1e1 are, too. */
bool		 json_int(const struct json_node *, const char *path,
		    int64_t *);
/* The same of a text. */
bool		 json_int_of(const char *, int64_t *);
bool		 json_is_true(const struct json_node *, const char *path);

/* The self-test; false: this yajl must not be used. */
bool		 json_selftest(void);

/*
 * Writing.  Within an object every call takes a key; within an array NULL.
 * Text that is not UTF-8 is written with U+FFFD in place of what is wrong.
 * A text of NULL is written as null.
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
/* JSON text that is known to be valid (from the database); NULL: null. */
void		 json_raw(struct json *, const char *key, const char *);
/* The members of such a text, an object, among those of the open one. */
void		 json_members(struct json *, const char *);
/*
 * A parsed value; NULL: null.  "keep" (NULL: all) may refuse members by key: it
 * gets the member and "arg".
 */
void		 json_node(struct json *, const char *key,
		    const struct json_node *,
		    bool (*keep)(const struct json_node *, void *), void *arg);
/* The whole text; every object and array must have been ended. */
const char	*json_done(struct json *, size_t *);

#endif
