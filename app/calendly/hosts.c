/*
 * hosts: see hosts.h.
 */
#include <string.h>

#include "app/calendly/hosts.h"
#include "app/calendly/id.h"
#include "lib/arena.h"
#include "lib/json.h"

enum { USERS_MAX = 256 };	/* further users are not recognised when
				 * they repeat; no event has so many */

struct users {
	size_t		  n;
	const char	 *id[USERS_MAX];
	struct json_node *entry[USERS_MAX];
};

static struct json_node *
copy_host(struct arena *mem, const struct json_node *n)
{
	struct json_node	*new = arena_alloc(mem, sizeof(*new));

	*new = *n;
	new->next = NULL;
	return new;
}

/*
 * Copies name and e-mail address from "other" if "entry" lacks them.  A copied
 * member is put first, because among members of one name the first counts.
 * "other" is searched first, so that "entry", which may have very many members,
 * is searched only if there is something to copy.
 */
static void
complete_host(struct arena *mem, struct json_node *entry,
    const struct json_node *other)
{
	static const char *const names[] = { "user_email", "user_name" };
	struct json_node	*member;
	size_t			 i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (json_text(other, names[i]) == NULL ||
		    json_text(entry, names[i]) != NULL)
			continue;
		member = copy_host(mem, json_find(other, names[i]));
		member->next = entry->child;
		entry->child = member;
	}
}

/*
 * The earlier entry that named this user; NULL if there is none, and then this
 * entry is remembered.
 */
static struct json_node *
named_before(struct users *u, const char *id, struct json_node *entry)
{
	size_t	 i;

	for (i = 0; id != NULL && i < u->n; i++)
		if (strcmp(u->id[i], id) == 0)
			return u->entry[i];
	if (id != NULL && u->n < USERS_MAX) {
		u->id[u->n] = id;
		u->entry[u->n++] = entry;
	}
	return NULL;
}

const struct json_node *
hosts_once(struct arena *mem, const struct json_node *list)
{
	struct users		*u = arena_alloc(mem, sizeof(*u));
	struct json_node	*all, *entry, *before, **end;
	const struct json_node	*n;

	if (list == NULL || list->type != JSON_ARRAY)
		return list;
	u->n = 0;
	all = copy_host(mem, list);
	end = &all->child;
	*end = NULL;
	for (n = list->child; n != NULL; n = n->next) {
		entry = copy_host(mem, n);
		before = named_before(u, id_from_uri(mem, json_text(n, "user")),
		    entry);
		if (before != NULL) {
			complete_host(mem, before, n);
			continue;
		}
		*end = entry;
		end = &entry->next;
	}
	return all;
}
