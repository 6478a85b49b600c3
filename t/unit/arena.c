/*
 * arena: tests of lib/arena.h, memory that is zeroed, aligned, bounded by a cap
 * and freed all at once.
 */
#include <stdalign.h>
#include <stdbool.h>

#include "t/unit/helper.h"

static bool
is_zero(const unsigned char *p, size_t n)
{
	while (n-- > 0)
		if (*p++ != 0)
			return false;
	return true;
}

static void
hands_out_zeroed_memory_aligned_for_any_type(void **state)
{
	unsigned char	*p;
	size_t		 n;

	(void)state;
	for (n = 0; n < 40000; n += 97) {
		p = arena_alloc(mem, n);
		assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
		assert_true(is_zero(p, n));
		memset(p, 0xa5, n);
	}
}

static void
hands_out_zeroed_memory_after_a_reset_too(void **state)
{
	unsigned char	*p;
	int		 i;

	(void)state;
	for (i = 0; i < 3; i++) {
		p = arena_alloc(mem, 9000);
		assert_true(is_zero(p, 9000));
		memset(p, 0xa5, 9000);
		p = arena_alloc(mem, 100000);
		assert_true(is_zero(p, 100000));
		memset(p, 0xa5, 100000);
		arena_reset(mem);
	}
}

static void
a_size_of_0_gives_pointers_that_differ(void **state)
{
	const char	*a = arena_alloc(mem, 0), *b = arena_alloc(mem, 0);

	(void)state;
	assert_non_null(a);
	assert_ptr_not_equal(a, b);
}

static void
growing_brings_the_old_bytes_along_and_leaves_them(void **state)
{
	const char	*old = arena_dup(mem, "abc");
	const char	*p = arena_grow(mem, old, 4, 5000);

	(void)state;
	assert_string_equal(p, "abc");
	assert_string_equal(old, "abc");
	assert_true(is_zero((const unsigned char *)p + 4, 4996));
	assert_non_null(arena_grow(mem, NULL, 0, 8));
	assert_memory_equal(arena_grow(mem, old, 4, 2), "ab", 2);
}

static void
copies_end_in_a_nul(void **state)
{
	(void)state;
	assert_string_equal(arena_dup(mem, ""), "");
	assert_string_equal(arena_ndup(mem, "abcdef", 3), "abc");
	assert_string_equal(arena_ndup(mem, NULL, 0), "");
}

static void
formats_texts_of_any_length(void **state)
{
	char	*s;

	(void)state;
	assert_string_equal(arena_printf(mem, "%d-%s", 7, "x"), "7-x");
	s = arena_printf(mem, "%*d", 50000, 1);
	assert_int_equal(strlen(s), 50000);
}

static void
pieces_never_overlap(void **state)
{
	char	*p[300];
	size_t	 i, j, n;

	(void)state;
	for (i = 0; i < 300; i++) {
		n = i * 37 % 6000;
		p[i] = arena_alloc(mem, n);
		memset(p[i], (int)i, n);
	}
	for (i = 0; i < 300; i++)
		for (j = 0; j < i * 37 % 6000; j++)
			assert_int_equal((unsigned char)p[i][j], i & 0xff);
}

static void
take_up_to_the_cap(void *arg)
{
	struct arena	*a = arena_new(100000);
	int		 i, rounds = *(const int *)arg;

	for (i = 0; i < rounds; i++) {
		(void)arena_alloc(a, 90000 - 16384);
		arena_reset(a);
	}
	(void)arena_alloc(a, 80000);
	arena_free(a);
}

static void
pass_the_cap(void *arg)
{
	struct arena	*a = arena_new(100000);

	(void)arg;
	for (;;)
		(void)arena_alloc(a, 1000);
}

static void
overflow(void *arg)
{
	(void)arena_array(mem, SIZE_MAX / 2, *(const size_t *)arg);
}

static void
ends_the_process_where_the_cap_is_passed_and_not_before(void **state)
{
	size_t	three = 3, one = 1;
	int	rounds = 10;

	(void)state;
	assert_int_equal(exit_of(take_up_to_the_cap, &rounds), 0);
	assert_int_equal(exit_of(pass_the_cap, NULL), 1);
	assert_int_equal(exit_of(overflow, &three), 1);
	assert_int_equal(exit_of(overflow, &one), 1);
}

static void
use_all_of_a_small_cap(void *arg)
{
	struct arena	*a = arena_new(64);

	(void)arena_alloc(a, *(const size_t *)arg);
	arena_free(a);
}

static void
a_cap_smaller_than_a_block_holds(void **state)
{
	size_t	some = 32, more = 65;

	(void)state;
	assert_int_equal(exit_of(use_all_of_a_small_cap, &some), 0);
	assert_int_equal(exit_of(use_all_of_a_small_cap, &more), 1);
}

static void
freeing_nothing_is_harmless(void **state)
{
	(void)state;
	arena_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(hands_out_zeroed_memory_aligned_for_any_type),
		promise(hands_out_zeroed_memory_after_a_reset_too),
		promise(a_size_of_0_gives_pointers_that_differ),
		promise(growing_brings_the_old_bytes_along_and_leaves_them),
		promise(copies_end_in_a_nul),
		promise(formats_texts_of_any_length),
		promise(pieces_never_overlap),
		promise(
		    ends_the_process_where_the_cap_is_passed_and_not_before),
		promise(a_cap_smaller_than_a_block_holds),
		promise(freeing_nothing_is_harmless),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
