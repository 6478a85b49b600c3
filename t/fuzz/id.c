/*
 * fuzz id: an id is 1 to 255 visible characters without "/", "?" or "#", and a
 * URI with another host and path before the id names the same thing.  The path
 * that is made from an id is the collection's path and one part more; that part
 * is neither "." nor "..", and contains no character that could end it.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app/calendly/id.h"
#include "lib/arena.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
test_path(const char *path)
{
	size_t	 i;

	must(strncmp(path, "/users/", 7) == 0);
	path += 7;
	must(*path != '\0' && strcmp(path, ".") != 0 &&
	    strcmp(path, "..") != 0);
	for (i = 0; path[i] != '\0'; i++)
		must(path[i] > ' ' && path[i] <= '~' &&
		    strchr("/?#\\\"<>", path[i]) == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena	*mem;
	const char	*uri, *id, *path;
	size_t		 i;

	if (n > 4096)
		return 0;
	mem = arena_new((size_t)1 << 20);
	uri = arena_ndup(mem, p, n);
	id = id_from_uri(mem, uri);
	path = id_path(mem, "/users", uri);
	must((id == NULL) == (path == NULL));
	if (id != NULL) {
		must(id[0] != '\0' && strlen(id) <= 255);
		for (i = 0; id[i] != '\0'; i++)
			must(id[i] > ' ' && id[i] <= '~' &&
			    strchr("/?#", id[i]) == NULL);
		must(id_same(mem, uri, arena_printf(mem,
		    "https://x.example/y/%s/?z", id)));
		test_path(path);
	}
	arena_free(mem);
	return 0;
}
