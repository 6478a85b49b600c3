/*
 * http_lead: see http_lead.h.
 */
#include <stdint.h>
#include <string.h>

#include "lib/http_lead.h"

/* FNV-1a. */
size_t
http_lead_hash(const char *origin)
{
	uint64_t	 h = 0xcbf29ce484222325;

	for (; *origin != '\0'; origin++)
		h = (h ^ (unsigned char)*origin) * 0x100000001b3;
	return (size_t)(h ^ h >> 32);
}

/* Returns where the leading call to this origin is linked, or would be. */
static struct http_lead **
place_of_leader(struct http_leads *all, const char *origin)
{
	struct http_lead	**at;

	at = &all->bucket[http_lead_hash(origin) % HTTP_LEAD_BUCKETS];
	while (*at != NULL && strcmp((*at)->origin, origin) != 0)
		at = &(*at)->next;
	return at;
}

void
http_lead_join(struct http_leads *all, struct http_lead *l)
{
	struct http_lead	**at = place_of_leader(all, l->origin);

	l->next = NULL;
	if (*at == NULL) {
		l->leads = true;
		l->first = NULL;
		l->end = &l->first;
		*at = l;
		return;
	}
	l->leader = *at;
	*l->leader->end = l;
	l->leader->end = &l->next;
}

struct http_lead *
http_lead_end(struct http_leads *all, struct http_lead *l)
{
	struct http_lead	**at = place_of_leader(all, l->origin), *w;

	*at = l->next;
	l->leads = false;
	for (w = l->first; w != NULL; w = w->next)
		w->leader = NULL;
	return l->first;
}

void
http_lead_leave(struct http_lead *l)
{
	struct http_lead	**at = &l->leader->first;

	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	if (l->leader->end == &l->next)
		l->leader->end = at;
	l->leader = NULL;
}
