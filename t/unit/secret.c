/*
 * secret: tests of lib/secret.h, values that are wiped together with their
 * arena.
 */
#include "t/unit/helper.h"

#include "lib/secret.h"

static void
gives_back_what_it_was_made_of(void **state)
{
	struct secret	*s = secret_from_text(mem, "whsec_1");

	(void)state;
	assert_string_equal(secret_text(s), "whsec_1");
	assert_int_equal(secret_len(s), 7);
	assert_int_equal(secret_len(secret_from_text(mem, "")), 0);
}

static void
holds_any_bytes_and_ends_in_a_nul(void **state)
{
	struct secret	*s = secret_new(mem, "a\0b", 3);

	(void)state;
	assert_int_equal(secret_len(s), 3);
	assert_memory_equal(secret_text(s), "a\0b", 4);
	assert_string_equal(secret_text(secret_new(mem, NULL, 0)), "");
}

static void
is_wiped_with_its_arena(void **state)
{
	const char	*text;

	(void)state;
	text = secret_text(secret_from_text(mem, "whsec_2"));
	arena_reset(mem);
	/*
	 * A reset keeps the arena's first block, so these bytes may still be
	 * read.
	 */
	assert_non_null(arena_alloc(mem, 4000));
	assert_int_equal(text[0], '\0');
	assert_int_equal(text[6], '\0');
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(gives_back_what_it_was_made_of),
		promise(holds_any_bytes_and_ends_in_a_nul),
		promise(is_wiped_with_its_arena),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
