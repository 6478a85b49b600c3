/*
 * db_hosts: see db_hosts.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "lib/db_hosts.h"

enum { NOT_THERE = -1 };

static const char *
option_named(const PQconninfoOption *all, const char *keyword)
{
	for (; all->keyword != NULL; all++)
		if (strcmp(all->keyword, keyword) == 0)
			return all->val;
	return NULL;
}

/* Returns the index, from 0, of the part of "a,b,c" that equals "value". */
static int
part_of(const char *list, const char *value)
{
	size_t	 n;
	int	 i;

	for (i = 0; list != NULL; i++) {
		n = strcspn(list, ",");
		if (n == strlen(value) && strncmp(list, value, n) == 0)
			return i;
		if (list[n] == '\0')
			break;
		list += n + 1;
	}
	return NOT_THERE;
}

/*
 * Moves the parts of "a,b,c" up to and including number "last" behind the
 * others.  Returns NULL if there are no others.
 */
static char *
turn_list(const char *list, int last)
{
	const char	*rest = list;
	char		*turned;
	size_t		 n = 0;
	int		 i;

	for (i = 0; rest != NULL && i <= last; i++) {
		n = (size_t)(rest - list) + strcspn(rest, ",");
		rest = list[n] == '\0' ? NULL : list + n + 1;
	}
	if (rest == NULL || (turned = malloc(strlen(list) + 1)) == NULL)
		return NULL;
	(void)snprintf(turned, strlen(list) + 1, "%s,%.*s", rest, (int)n,
	    list);
	return turned;
}

void
db_hosts_order(const char *url, const char *last_host, struct db_hosts *out)
{
	PQconninfoOption	*all = PQconninfoParse(url, NULL);
	int			 i;

	*out = (struct db_hosts){ .host = NULL };
	if (all == NULL)
		return;
	if ((i = part_of(option_named(all, "host"), last_host)) == NOT_THERE)
		i = part_of(option_named(all, "hostaddr"), last_host);
	if (i != NOT_THERE) {
		out->host = turn_list(option_named(all, "host"), i);
		out->hostaddr = turn_list(option_named(all, "hostaddr"), i);
		out->port = turn_list(option_named(all, "port"), i);
	}
	PQconninfoFree(all);
}

void
db_hosts_free(struct db_hosts *h)
{
	free(h->host);
	free(h->hostaddr);
	free(h->port);
}
