/*
 * idempotency: of several requests with one key only one is done at a time; its
 * answer is found until it is too old; and a transaction that is lost leaves
 * nothing.
 */
#include "t/repo/grants.h"

#include "app/repo/idempotency.h"
#include "app/repo/job.h"

enum { LOCK = 4711 };

static const struct bytes	key = { "key", 3 };
static const struct bytes	sealed = { "sealed", 6 };

static struct idempotency
answer(const char *request)
{
	return (struct idempotency){
		.id = crypto_uuid(mem),
		.request_hash = { request, strlen(request) },
		.status = 201,
		.answer_sealed = sealed,
	};
}

static enum cal_err
find(struct idempotency *out)
{
	return in_tenant(a, idempotency_find(tx_of(a), key, out));
}

static enum cal_err
keep(const char *request)
{
	const struct idempotency	 k = answer(request);

	return in_tenant(a, idempotency_keep(tx_of(a), key, &k));
}

static void
make_older(const char *by)
{
	script(arena_printf(mem, "UPDATE idempotency_keys"
	    "  SET created_at = created_at - interval '%s'", by));
}

static int
begin_anew(void **state)
{
	(void)state;
	script("DELETE FROM idempotency_keys");
	return 0;
}

static void
one_at_a_time(void **state)
{
	(void)state;
	tenant_begins(a);
	ok(idempotency_lock(tx_of(a), LOCK));
	tenant_begins(b);
	assert_int_equal(idempotency_lock(tx_of(b), LOCK), CAL_CONFLICT);
	ok(idempotency_lock(tx_of(b), LOCK + 1));
	db_rollback(b);
	ok(db_commit(a));
	ok(in_tenant(b, idempotency_lock(tx_of(b), LOCK)));
}

static void
an_answer_is_there_with_its_change_or_not_at_all(void **state)
{
	const struct idempotency	 k = answer("request");
	struct idempotency		 found;

	(void)state;
	tenant_begins(a);
	ok(idempotency_lock(tx_of(a), LOCK));
	ok(idempotency_keep(tx_of(a), key, &k));
	db_rollback(a);
	assert_int_equal(find(&found), CAL_NOTFOUND);
	ok(in_tenant(b, idempotency_lock(tx_of(b), LOCK)));
	ok(in_tenant(a, idempotency_keep(tx_of(a), key, &k)));
	ok(find(&found));
	assert_string_equal(found.id, k.id);
	assert_int_equal(found.status, 201);
	assert_int_equal(found.request_hash.n, 7);
	assert_memory_equal(found.request_hash.p, "request", 7);
	assert_memory_equal(found.answer_sealed.p, "sealed", 6);
}

static void
a_key_keeps_its_first_answer_for_a_day(void **state)
{
	struct idempotency	 found;

	(void)state;
	ok(keep("first"));
	assert_int_equal(keep("second"), CAL_CONFLICT);
	make_older("23 hours");
	ok(find(&found));
	assert_memory_equal(found.request_hash.p, "first", 5);
	make_older("1 hour");
	assert_int_equal(find(&found), CAL_NOTFOUND);
	ok(keep("second"));
	ok(find(&found));
	assert_memory_equal(found.request_hash.p, "second", 6);
}

static void
a_key_belongs_to_its_tenant(void **state)
{
	const char		*mine = tenant;
	struct idempotency	 found;

	(void)state;
	ok(keep("mine"));
	tenant = new_tenant();
	assert_int_equal(find(&found), CAL_NOTFOUND);
	ok(keep("theirs"));
	tenant = mine;
	ok(find(&found));
	assert_memory_equal(found.request_hash.p, "mine", 4);
}

static void
what_is_too_old_is_swept(void **state)
{
	const struct sweep_days	 days = { 30, 30, 30, 0, 30 };
	struct idempotency	 found;
	bool			 more;

	(void)state;
	ok(keep("request"));
	ok(sweep(a, mem, 100, &days, &more));
	ok(find(&found));
	make_older("25 hours");
	ok(sweep(a, mem, 1, &days, &more));
	assert_true(more);
	make_older("-25 hours");
	assert_int_equal(find(&found), CAL_NOTFOUND);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(one_at_a_time),
		cmocka_unit_test_setup(
		    an_answer_is_there_with_its_change_or_not_at_all,
		    begin_anew),
		cmocka_unit_test_setup(a_key_keeps_its_first_answer_for_a_day,
		    begin_anew),
		cmocka_unit_test_setup(a_key_belongs_to_its_tenant, begin_anew),
		cmocka_unit_test_setup(what_is_too_old_is_swept, begin_anew),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, grants_setup, grants_teardown);
}
