/*
 * heap: tests of lib/heap.h.
 */
#include "t/unit/helper.h"

#include "lib/heap.h"

enum { ITEMS = 2000 };

static struct heap	 heap;
static struct heap_item	 items[ITEMS];

/* Numbers in no order, of which many come twice; the same in each run. */
static int64_t
key_of(int i)
{
	return (int64_t)i * 7919 % 1009 - 500;
}

static void
fill(void)
{
	int	 i;

	for (i = 0; i < ITEMS; i++) {
		items[i] = (struct heap_item){ .key = key_of(i),
			.of = &items[i] };
		heap_add(&heap, &items[i]);
	}
	assert_int_equal(heap.n, ITEMS);
}

/* Takes out all items; returns how many there were. */
static int
drain(void)
{
	struct heap_item	*it;
	int64_t			 was = INT64_MIN;
	int			 n;

	for (n = 0; (it = heap_first(&heap)) != NULL; n++) {
		assert_true(was <= it->key);
		assert_ptr_equal(it->of, it);
		was = it->key;
		heap_remove(&heap, it);
	}
	return n;
}

static void
the_smallest_comes_first(void **state)
{
	(void)state;
	fill();
	assert_int_equal(drain(), ITEMS);
}

static void
any_item_can_be_removed(void **state)
{
	int	 i;

	(void)state;
	fill();
	for (i = 0; i < ITEMS; i += 3)
		heap_remove(&heap, &items[i]);
	for (i = 0; i < ITEMS; i += 6)
		heap_add(&heap, &items[i]);
	assert_int_equal(drain(), ITEMS - (ITEMS + 2) / 3 + (ITEMS + 5) / 6);
}

static void
an_empty_one_has_no_first(void **state)
{
	(void)state;
	assert_null(heap_first(&heap));
	heap_release(&heap);
	assert_null(heap_first(&heap));
}

static int
release(void **state)
{
	heap_release(&heap);
	return mem_teardown(state);
}

#define heaped(f)	cmocka_unit_test_setup_teardown(f, mem_setup, release)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		heaped(the_smallest_comes_first),
		heaped(any_item_can_be_removed),
		heaped(an_empty_one_has_no_first),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
