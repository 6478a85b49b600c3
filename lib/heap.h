/*
 * heap: items of which the one with the smallest key can be found at once, such
 * as the next of many deadlines.  To add or remove one takes a number of steps
 * that grows with the logarithm of their number.
 */
#ifndef LIB_HEAP_H
#define LIB_HEAP_H

#include <stddef.h>
#include <stdint.h>

/*
 * Stands within the caller's own struct, which must stay where it is as long as
 * the item is in a heap.
 */
struct heap_item {
	int64_t	 key;		/* must not change while in a heap */
	void	*of;		/* the caller's own struct */
	size_t	 place;		/* for lib/heap.c alone */
};

/* Begins zeroed. */
struct heap {
	struct heap_item **item;
	size_t		 n;
	size_t		 room;
};

void	 heap_release(struct heap *);
void	 heap_add(struct heap *, struct heap_item *);
/* The item must be in this heap. */
void	 heap_remove(struct heap *, struct heap_item *);
/* Returns the item with the smallest key; NULL if there is none. */
struct heap_item *heap_first(const struct heap *);

#endif
