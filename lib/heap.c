/*
 * heap: see heap.h.
 *
 * A binary heap: the item at place i is no larger than those at 2i + 1 and
 * 2i + 2.
 */
#include <assert.h>
#include <stdlib.h>

#include "lib/err.h"
#include "lib/heap.h"

enum { ROOM_FIRST = 64 };

void
heap_release(struct heap *h)
{
	free(h->item);
	*h = (struct heap){ .item = NULL };
}

static void
heap_put(struct heap *h, size_t place, struct heap_item *it)
{
	h->item[place] = it;
	it->place = place;
}

static void
heap_rise(struct heap *h, struct heap_item *it)
{
	size_t	 at = it->place, above;

	for (; at > 0; at = above) {
		above = (at - 1) / 2;
		if (h->item[above]->key <= it->key)
			break;
		heap_put(h, at, h->item[above]);
	}
	heap_put(h, at, it);
}

static void
heap_sink(struct heap *h, struct heap_item *it)
{
	size_t	 at = it->place, below;

	for (; (below = 2 * at + 1) < h->n; at = below) {
		if (below + 1 < h->n &&
		    h->item[below + 1]->key < h->item[below]->key)
			below++;
		if (it->key <= h->item[below]->key)
			break;
		heap_put(h, at, h->item[below]);
	}
	heap_put(h, at, it);
}

void
heap_add(struct heap *h, struct heap_item *it)
{
	const size_t	 room = h->room == 0 ? ROOM_FIRST : 2 * h->room;

	if (h->n == h->room) {
		h->item = reallocarray(h->item, room,
		    sizeof(struct heap_item *));
		if (h->item == NULL)
			err_nomem("a heap");
		h->room = room;
	}
	heap_put(h, h->n++, it);
	heap_rise(h, it);
}

void
heap_remove(struct heap *h, struct heap_item *it)
{
	struct heap_item	*last;

	assert(it->place < h->n && h->item[it->place] == it);
	last = h->item[--h->n];
	if (last == it)
		return;
	heap_put(h, it->place, last);
	heap_rise(h, last);
	heap_sink(h, last);
}

struct heap_item *
heap_first(const struct heap *h)
{
	return h->n == 0 ? NULL : h->item[0];
}
