/*
 * token_reply: see token_reply.h.
 */
#include <stdlib.h>
#include <string.h>

#include "app/calendly/oauth.h"
#include "app/calendly/token_reply.h"
#include "lib/arena.h"
#include "lib/json.h"
#include "lib/secret.h"

enum {
	TOKEN_MAX = 8192,		/* bytes; a token's length
					 * is not specified */
	SCOPES_MAX = 64,
};

#define SEPARATORS	" ,\t\r\n"

/* Takes a token that may stand in a header: visible ASCII of limited length. */
static struct secret *
take_token(struct arena *mem, const char *s, size_t n)
{
	size_t	 i;

	if (n == 0 || n > TOKEN_MAX)
		return NULL;
	for (i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] > '~')
			return NULL;
	return secret_new(mem, s, n);
}

/* Says whether the member has a value; absent, null and "" all mean none. */
static bool
has_value(const struct json_node *json, const char *name)
{
	const struct json_node	*n = json_find(json, name);

	return n != NULL && n->type != JSON_NULL &&
	    !(n->type == JSON_STRING && n->textsz == 0);
}

static struct secret *
token_member(struct arena *mem, const struct json_node *json,
    const char *name)
{
	const char	*s = json_text(json, name);

	return s == NULL ? NULL : take_token(mem, s, strlen(s));
}

/*
 * The token's life in seconds, from a number or a text that holds one, rounded
 * down; TOKEN_REPLY_LIFE if it can't be read.
 */
static int64_t
read_life(const struct json_node *json)
{
	const struct json_node	*n = json_find(json, "expires_in");
	double			 v;
	char			*end;

	if (n == NULL || (n->type != JSON_NUMBER && n->type != JSON_STRING) ||
	    n->textsz == 0 || strspn(n->text, "+-.0123456789eE") != n->textsz)
		return TOKEN_REPLY_LIFE;
	v = strtod(n->text, &end);
	if (*end != '\0' || !(v >= 1.0 && v <= TOKEN_REPLY_LIFE_MAX))
		return TOKEN_REPLY_LIFE;
	return (int64_t)v;
}

/*
 * Appends the words of a text to a list that has "n" entries.  Returns the new
 * number.
 */
static size_t
add_scopes(struct arena *mem, const char **list, size_t n, const char *text)
{
	size_t	 len;

	while (n < SCOPES_MAX && *(text += strspn(text, SEPARATORS)) != '\0') {
		len = strcspn(text, SEPARATORS);
		list[n++] = arena_ndup(mem, text, len);
		text += len;
	}
	return n;
}

/*
 * Says whether the list names scopes.  "default" is Calendly's former word for
 * all that the app may do, and no scope.
 */
static bool
tells_scopes(const char *const *list)
{
	const char *const	*p;

	for (p = list; *p != NULL; p++)
		if (strcmp(*p, "default") == 0)
			return false;
	return *list != NULL;
}

static const char *const *
read_scopes(struct arena *mem, const struct json_node *json,
    const char *const *asked)
{
	const struct json_node	*scope = json_find(json, "scope"), *each;
	const char		*text, **list;
	size_t			 n = 0;

	list = arena_array(mem, SCOPES_MAX + 1, sizeof(*list));
	if ((text = json_text(scope, "")) != NULL)
		n = add_scopes(mem, list, n, text);
	if (scope != NULL && scope->type == JSON_ARRAY)
		for (each = scope->child; each != NULL; each = each->next)
			if ((text = json_text(each, "")) != NULL)
				n = add_scopes(mem, list, n, text);
	return tells_scopes(list) ? list : asked;
}

static void
read_members(struct arena *mem, const struct json_node *json,
    const char *const *asked, const struct secret *held,
    struct token_pair *pair)
{
	*pair = (struct token_pair){
		.access = token_member(mem, json, "access_token"),
		.refresh = held == NULL || has_value(json, "refresh_token") ?
		    token_member(mem, json, "refresh_token") :
		    secret_new(mem, secret_text(held), secret_len(held)),
		.expires_in = read_life(json),
		.owner = json_text(json, "owner"),
		.organization = json_text(json, "organization"),
		.scopes = read_scopes(mem, json, asked),
	};
}

static const char *
skip_blank(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' ||
	    *p == '\n'))
		p++;
	return p;
}

/*
 * Finds "name" : "value" anywhere in the bytes.  The value must be complete and
 * hold no escapes.
 */
static struct secret *
find_token(struct arena *mem, struct bytes body, const char *name)
{
	const char	*quoted = arena_printf(mem, "\"%s\"", name);
	const char	*p, *last, *end;

	if (body.p == NULL)
		return NULL;
	end = (const char *)body.p + body.n;
	p = memmem(body.p, body.n, quoted, strlen(quoted));
	if (p == NULL)
		return NULL;
	p = skip_blank(p + strlen(quoted), end);
	if (p == end || *p != ':')
		return NULL;
	p = skip_blank(p + 1, end);
	if (p == end || *p++ != '"')
		return NULL;
	for (last = p; last < end && *last != '"'; last++)
		if (*last == '\\')
			return NULL;
	return last == end ? NULL : take_token(mem, p, (size_t)(last - p));
}

bool
token_reply_read(struct arena *mem, const struct json_node *json,
    struct bytes body, const char *const *asked, const struct secret *held,
    struct token_pair *pair)
{
	if (json != NULL)
		read_members(mem, json, asked, held, pair);
	else
		/*
		 * The body may have been cut off.  So a refresh token that is
		 * not in it may still have been sent, and "held" is not used
		 * instead.
		 */
		*pair = (struct token_pair){
			.access = find_token(mem, body, "access_token"),
			.refresh = find_token(mem, body, "refresh_token"),
			.expires_in = TOKEN_REPLY_LIFE,
			.scopes = asked,
		};
	if (pair->access != NULL && pair->refresh != NULL)
		return true;
	pair->access = pair->refresh = NULL;
	return false;
}
