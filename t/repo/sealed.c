/*
 * sealed: every sealed column is known to the code that walks them; it is known
 * which keys are in use; and only what no key opens is given up.
 */
#include "t/repo/grants.h"

#include "app/repo/sealed.h"

enum { SEALED_IN_CATALOGUE, CATALOGUE__MAX };

static const struct db_stmt	catalogue[CATALOGUE__MAX] = {
	[SEALED_IN_CATALOGUE] = {
		.name = "sealed_in_catalogue",
		.sql =
		    "SELECT k.relname, a.attname"
		    "  FROM pg_attribute a"
		    "  JOIN pg_class k ON k.oid = a.attrelid"
		    " WHERE k.relnamespace = 'public'::regnamespace"
		    "   AND k.relkind IN ('r', 'p')"
		    "   AND a.attname LIKE '%\\_sealed'"
		    "   AND NOT a.attisdropped",
	},
};

static const char *const	none[] = { NULL };
static const char *const	one[] = { "00000001", NULL };
static const char *const	both[] = { "00000001", "00000002", NULL };

static bool
is_known(const char *table, const char *column)
{
	int	 i;

	for (i = 0; i < SEALED__MAX; i++)
		if (strcmp(sealed_columns[i].table, table) == 0 &&
		    strcmp(sealed_columns[i].column, column) == 0)
			return true;
	return false;
}

static void
every_sealed_column_of_the_schema_is_in_the_table(void **state)
{
	struct db	*db = open_as(owner_url(), catalogue, CATALOGUE__MAX);
	struct db_rows	 rows;
	int		 i;

	(void)state;
	ok(db_run(db, mem, DB_QUERY0(SEALED_IN_CATALOGUE), &rows));
	for (i = 0; i < rows.n; i++)
		if (!is_known(db_cell(&rows, i, 0), db_cell(&rows, i, 1)))
			fail_msg("%s.%s: not in app/repo/sealed.c: a rotation "
			    "of the master key would leave it out",
			    db_cell(&rows, i, 0), db_cell(&rows, i, 1));
	assert_int_equal(rows.n, SEALED__MAX);
	db_free(db);
}

/*
 * Adds a live grant whose tokens look as if they were sealed with these keys.
 */
static struct grant
sealed_grant(uint8_t access, uint8_t refresh)
{
	const uint8_t	 with_access[] = { 1, 0, 0, 0, access, 7, 7 };
	const uint8_t	 with_refresh[] = { 1, 0, 0, 0, refresh, 8, 8 };
	const struct sealed_pair fresh = {
		.access = { with_access, sizeof(with_access) },
		.refresh = { with_refresh, sizeof(with_refresh) },
		.expires_in = 7200,
		.scopes = no_scopes,
	};
	struct grant	 g = new_grant(a);

	ok(in_tenant(a, grant_replace_tokens(tx_of(a), g.id, g.generation,
	    &fresh)));
	return g;
}

static struct grant
reload(const char *id)
{
	struct grant	 g;

	ok(in_tenant(a, grant_load(tx_of(a), id, &g)));
	return g;
}

static void
clear(void)
{
	script("UPDATE grants SET access_sealed = NULL, refresh_sealed = NULL,"
	    " unread_reply_sealed = NULL;"
	    "DELETE FROM endpoints; DELETE FROM oauth_states");
}

static void
the_keys_in_use_are_known_to_the_daemon(void **state)
{
	const char *const	*keys;

	(void)state;
	clear();
	ok(sealed_keys(b, mem, &keys));
	assert_null(keys[0]);
	(void)sealed_grant(2, 2);
	(void)sealed_grant(2, 5);
	(void)sealed_grant(2, 2);
	script("INSERT INTO endpoints (tenant_id, hash, signing_key_sealed)"
	    " SELECT min(id), sha256('x'), '\\x010000010377' FROM tenants");
	ok(sealed_keys(b, mem, &keys));
	assert_string_equal(keys[0], "00000002");
	assert_string_equal(keys[1], "00000005");
	assert_string_equal(keys[2], "00000103");
	assert_null(keys[3]);
	script("UPDATE grants SET unread_reply_sealed = '\\x010000000677'"
	    " WHERE access_sealed IS NOT NULL");
	ok(sealed_keys(b, mem, &keys));
	assert_string_equal(keys[2], "00000006");
	assert_string_equal(keys[3], "00000103");
	assert_null(keys[4]);
}

static void
a_batch_is_what_another_key_sealed_and_nobody_has_in_hand(void **state)
{
	struct db		*db = open_owner();
	struct grant		 old, held;
	struct sealed_row	*rows;
	struct bytes		 fresh = { "\1\0\0\0\2new", 8 };
	int			 n;

	(void)state;
	clear();
	old = sealed_grant(1, 1);
	held = sealed_grant(1, 1);
	(void)sealed_grant(2, 2);
	tenant_begins(b);
	ok(work_take(tx_of(b), held.id, crypto_uuid(mem), 60,
	    &held.generation));
	ok(db_begin(db));
	ok(sealed_list(db, mem, SEALED_REFRESH, "00000002",
	    sealed_columns[SEALED_REFRESH].first, 10, &rows, &n));
	assert_int_equal(n, 1);
	assert_string_equal(rows[0].id, old.id);
	assert_int_equal(rows[0].generation, old.generation + 1);
	ok(sealed_write(db, mem, SEALED_REFRESH, &rows[0], fresh));
	assert_int_equal(sealed_write(db, mem, SEALED_REFRESH, &rows[0],
	    fresh), CAL_CONFLICT);
	ok(db_commit(db));
	db_rollback(b);
	assert_memory_equal(reload(old.id).refresh_sealed.p, fresh.p, fresh.n);
	db_free(db);
}

static void
only_what_no_key_opens_is_given_up(void **state)
{
	struct db	*db = open_owner();
	struct grant	 lost = sealed_grant(3, 3), mended = sealed_grant(3, 1),
			 good = sealed_grant(1, 2);
	struct sealed_forgotten	 f;

	(void)state;
	tenant_begins(db);
	assert_int_equal(sealed_grant_forget(tx_of(db), good.id, both,
	    &f), CAL_NOTFOUND);
	ok(sealed_grant_forget(tx_of(db), lost.id, both, &f));
	assert_true(f.dead);
	assert_string_equal(f.connection_id, lost.connection_id);
	ok(sealed_grant_forget(tx_of(db), mended.id, both, &f));
	assert_false(f.dead);
	ok(db_commit(db));
	lost = reload(lost.id);
	assert_int_equal(lost.status, GRANT_NEEDS_REAUTH);
	assert_null(lost.access_sealed.p);
	assert_null(lost.refresh_sealed.p);
	mended = reload(mended.id);
	assert_int_equal(mended.status, GRANT_LIVE);
	assert_null(mended.access_sealed.p);
	assert_non_null(mended.refresh_sealed.p);
	good = reload(good.id);
	assert_non_null(good.access_sealed.p);
	db_free(db);
}

static void
an_unread_reply_is_sealed_anew_and_given_up_like_the_rest(void **state)
{
	struct db		*db = open_owner();
	struct grant		 g;
	struct sealed_row	*rows;
	struct bytes		 fresh = { "\1\0\0\0\3new", 8 };
	int64_t			 left[SEALED__MAX];
	int			 n;

	(void)state;
	clear();
	g = sealed_grant(1, 1);
	ok(in_tenant(a, lease_keep_reply(tx_of(a), g.id, g.generation + 1,
	    (struct bytes){ "\1\0\0\0\1old", 8 })));
	ok(db_begin(db));
	ok(sealed_list(db, mem, SEALED_UNREAD, "00000003",
	    sealed_columns[SEALED_UNREAD].first, 10, &rows, &n));
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].generation, 0);
	ok(sealed_write(db, mem, SEALED_UNREAD, &rows[0], fresh));
	ok(db_commit(db));
	ok(sealed_count(db, mem, both, left));
	assert_int_equal(left[SEALED_UNREAD], 1);
	ok(sealed_rest_forget(db, mem, both));
	ok(sealed_count(db, mem, none, left));
	assert_int_equal(left[SEALED_UNREAD], 0);
	assert_int_equal(left[SEALED_REFRESH], 1);
	db_free(db);
}

static void
what_is_left_is_counted_by_column(void **state)
{
	struct db	*db = open_owner();
	int64_t		 n[SEALED__MAX];

	(void)state;
	clear();
	(void)sealed_grant(1, 2);
	(void)sealed_grant(3, 1);
	ok(sealed_count(db, mem, one, n));
	assert_int_equal(n[SEALED_ACCESS], 1);
	assert_int_equal(n[SEALED_REFRESH], 1);
	assert_int_equal(n[SEALED_CANARY], 0);
	ok(sealed_count(db, mem, none, n));
	assert_int_equal(n[SEALED_ACCESS], 2);
	assert_int_equal(n[SEALED_CANARY], 1);
	db_free(db);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(every_sealed_column_of_the_schema_is_in_the_table),
		promise(the_keys_in_use_are_known_to_the_daemon),
		promise(
		    a_batch_is_what_another_key_sealed_and_nobody_has_in_hand),
		promise(only_what_no_key_opens_is_given_up),
		promise(
		    an_unread_reply_is_sealed_anew_and_given_up_like_the_rest),
		promise(what_is_left_is_counted_by_column),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, grants_setup, grants_teardown);
}
