/*
 * paging: see paging.h.
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "app/calendly/paging.h"
#include "app/settings/settings.h"
#include "lib/json.h"
#include "lib/uri.h"

enum { TOKEN_MAX = 4096 };	/* it becomes part of a request's first line */

/* Calendly writes its URIs with this origin, too. */
#define OTHER_ORIGIN	"https://calendly.com"

static const char NOT_UNDERSTOOD[] =
    "the reply names a next page, but not in a way that is understood";

/* Says whether there is nothing behind this member: no next page, that is. */
static bool
is_nothing(const struct json_node *n)
{
	return n == NULL || n->type == JSON_NULL ||
	    (n->type == JSON_STRING && n->textsz == 0);
}

/* The token in the URL of a next page; NULL: none, or not Calendly's URL. */
static const char *
token_in_url(struct arena *mem, const struct settings *set, const char *url)
{
	struct uri	 u, api;
	const char	*query;

	if (url == NULL || !uri_parse(mem, url, &u) ||
	    !uri_parse(mem, set->api_url, &api) ||
	    (strcmp(u.origin, api.origin) != 0 &&
	    strcmp(u.origin, OTHER_ORIGIN) != 0) ||
	    (query = strchr(u.path, '?')) == NULL)
		return NULL;
	return uri_query(mem, query + 1, "page_token");
}

const char *
paging_next(struct arena *mem, const struct settings *set,
    const struct json_node *reply, const char **next)
{
	const struct json_node	*page = json_find(reply, "pagination");
	const char		*token;

	*next = NULL;
	if (!is_nothing(json_find(page, "next_page_token")))
		token = json_text(page, "next_page_token");
	else if (!is_nothing(json_find(page, "next_page")))
		token = token_in_url(mem, set, json_text(page, "next_page"));
	else
		return NULL;
	if (token == NULL || *token == '\0' || strlen(token) > TOKEN_MAX)
		return NOT_UNDERSTOOD;
	*next = token;
	return NULL;
}
