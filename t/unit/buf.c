/*
 * buf: tests of lib/buf.h, buffers of bytes that always end in a NUL and never
 * grow past their cap.
 */
#include "t/unit/helper.h"

#include "lib/buf.h"

static void
always_ends_in_a_nul(void **state)
{
	struct buf	b;
	int		i;

	(void)state;
	buf_init(&b, mem, 0);
	assert_string_equal(b.p, "");
	for (i = 0; i < 1000; i++) {
		assert_true(buf_add(&b, "abc", 3));
		assert_int_equal(b.n, 3 * (i + 1));
		assert_int_equal(b.p[b.n], '\0');
	}
	assert_memory_equal(b.p + 2997, "abc", 4);
}

static void
adds_nothing_that_would_pass_the_cap(void **state)
{
	struct buf	b;

	(void)state;
	buf_init(&b, mem, 5);
	assert_true(buf_puts(&b, "abc"));
	assert_false(buf_puts(&b, "def"));
	assert_false(buf_printf(&b, "%d", 123));
	assert_string_equal(b.p, "abc");
	assert_true(buf_printf(&b, "%d", 12));
	assert_string_equal(b.p, "abc12");
	assert_false(buf_puts(&b, "x"));
	assert_true(buf_add(&b, NULL, 0));
}

static void
a_size_that_overflows_is_refused(void **state)
{
	struct buf	b;

	(void)state;
	buf_init(&b, mem, 0);
	buf_puts(&b, "abc");
	assert_false(buf_add(&b, "x", SIZE_MAX));
	assert_false(buf_add(&b, "x", SIZE_MAX - 3));
	assert_string_equal(b.p, "abc");
}

static void
keeps_nuls_in_between(void **state)
{
	struct buf	b;

	(void)state;
	buf_init(&b, mem, 0);
	buf_add(&b, "a\0b", 3);
	buf_puts(&b, "c");
	assert_int_equal(b.n, 4);
	assert_memory_equal(b.p, "a\0bc", 5);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(always_ends_in_a_nul),
		promise(adds_nothing_that_would_pass_the_cap),
		promise(a_size_that_overflows_is_refused),
		promise(keeps_nuls_in_between),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
