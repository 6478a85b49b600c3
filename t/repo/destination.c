/*
 * destination: what a tenant does with its destinations, and what it is shown
 * of its pushes.
 */
#include "t/repo/pushes.h"

#include "app/repo/job.h"
#include "app/repo/sealed.h"

static struct destination
found(void)
{
	struct destination	 d;

	ok(in_tenant(b, destination_find(tx_of(b), dest, &d)));
	return d;
}

static void
a_destination_is_as_it_was_made(void **state)
{
	static const char *const	types[] = { "one", "two", NULL };
	const struct destination_new	 new = {
		.id = crypto_uuid(mem),
		.url = "https://example.com/a",
		.description = "what for",
		.types = types,
		.user_id = "u",
		.headers_sealed = { "\1\0\0\0\1h", 6 },
		.secret_sealed = { "\1\0\0\0\1s", 6 },
		.from_oldest = true,
	};
	struct destination		*list, d;
	int				 n;

	(void)state;
	begin_pushing();
	happens(1, 2);
	ok(in_tenant(a, destination_add(tx_of(a), &new)));
	dest = new.id;
	d = found();
	assert_string_equal(d.url, new.url);
	assert_string_equal(d.description, "what for");
	assert_string_equal(d.types[1], "two");
	assert_null(d.types[2]);
	assert_string_equal(d.user_id, "u");
	assert_int_equal(d.headers_sealed.n, 6);
	assert_int_equal(d.secret_sealed.n, 6);
	assert_null(d.former_sealed.p);
	assert_int_equal(d.state, DESTINATION_ACTIVE);
	assert_int_equal(d.reason, DESTINATION_REASON_NONE);
	assert_int_equal(d.cursor, 0);
	assert_int_equal(d.head, 2);
	ok(in_tenant(a, destination_list(tx_of(a), NULL, 10, &list, &n)));
	assert_int_equal(n, 2);
	ok(in_tenant(a, destination_list(tx_of(a), list[0].id, 10, &list,
	    &n)));
	assert_int_equal(n, 1);
	tenant = new_tenant();
	assert_int_equal(in_tenant(a, destination_find(tx_of(a), dest, &d)),
	    CAL_NOTFOUND);
	ok(in_tenant(a, destination_list(tx_of(a), NULL, 10, &list, &n)));
	assert_int_equal(n, 0);
}

static void
there_is_a_bound_to_them(void **state)
{
	const struct destination_new	 one_more = {
		.id = crypto_uuid(mem), .url = "u", .description = "",
		.types = all_types, .secret_sealed = { "x", 1 },
	};
	int				 i;

	(void)state;
	begin_pushing();
	for (i = 1; i < DESTINATIONS_MOST; i++)
		(void)new_destination(all_types, NULL, false);
	assert_int_equal(in_tenant(a, destination_add(tx_of(a), &one_more)),
	    CAL_CONFLICT);
	ok(in_tenant(a, destination_remove(tx_of(a), dest)));
	ok(in_tenant(a, destination_add(tx_of(a), &one_more)));
}

static void
a_change_changes_what_it_names(void **state)
{
	static const char *const	types[] = { "one", NULL };
	struct destination_change	 c = { .description = "new" };
	struct destination		 d;

	(void)state;
	begin_pushing();
	ok(in_tenant(a, destination_change(tx_of(a), dest, &c)));
	d = found();
	assert_int_equal(d.version, 2);
	assert_string_equal(d.url, "https://example.com/hook");
	assert_string_equal(d.description, "new");
	c = (struct destination_change){
		.url = "https://example.org/", .types = types,
		.set_user = true, .user_id = "u", .set_headers = true,
		.headers_sealed = { "h", 1 }, .state = DESTINATION_PAUSED,
	};
	ok(in_tenant(a, destination_change(tx_of(a), dest, &c)));
	d = found();
	assert_string_equal(d.url, "https://example.org/");
	assert_string_equal(d.description, "new");
	assert_string_equal(d.types[0], "one");
	assert_string_equal(d.user_id, "u");
	assert_int_equal(d.headers_sealed.n, 1);
	assert_int_equal(d.state, DESTINATION_PAUSED);
	assert_int_equal(d.reason, DESTINATION_REQUEST);
	c = (struct destination_change){
		.set_user = true, .set_headers = true,
		.state = DESTINATION_ACTIVE,
	};
	ok(in_tenant(a, destination_change(tx_of(a), dest, &c)));
	d = found();
	assert_null(d.user_id);
	assert_null(d.headers_sealed.p);
	assert_int_equal(d.reason, DESTINATION_REASON_NONE);
	assert_int_equal(in_tenant(a, destination_change(tx_of(a),
	    crypto_uuid(mem), &c)), CAL_NOTFOUND);
}

static void
the_pushers_word_counts_for_what_it_knew(void **state)
{
	const struct destination_change	 c = { .description = "new" };
	struct destination		 d;

	(void)state;
	begin_pushing();
	ok(in_tenant(a, destination_change(tx_of(a), dest, &c)));
	assert_int_equal(in_tenant(a, destination_set_state(tx_of(a), dest, 1,
	    DESTINATION_PAUSED, DESTINATION_GONE)), CAL_NOTFOUND);
	ok(in_tenant(a, destination_set_state(tx_of(a), dest, 2,
	    DESTINATION_DISABLED, DESTINATION_FAILING)));
	d = found();
	assert_int_equal(d.state, DESTINATION_DISABLED);
	assert_int_equal(d.reason, DESTINATION_FAILING);
	assert_int_equal(in_tenant(a, destination_set_state(tx_of(a), dest, 3,
	    DESTINATION_PAUSED, DESTINATION_GONE)), CAL_NOTFOUND);
}

static void
a_removed_one_is_nowhere_to_be_seen(void **state)
{
	const struct destination_change	 c = { .description = "new" };
	const struct replay_query	 all = { .most = 9 };
	struct pusher			*p = new_pusher(a);
	struct destination		 d;
	struct push_page		 page;
	struct push			 push;
	int64_t				 n, next;
	bool				 more;
	const char			*id;

	(void)state;
	begin_pushing();
	happens(1, 2);
	assert_true(claims(p));
	assert_int_equal(takes(p, 9), 2);
	ends(p, 1, PUSH_DEAD);
	ok(in_tenant(b, push_list(tx_of(b), &(struct push_query){ .limit = 9 },
	    &page)));
	assert_int_equal(page.n, 1);
	id = page.pushes[0].id;
	ok(in_tenant(b, push_find(tx_of(b), id, &push)));
	ok(in_tenant(b, destination_remove(tx_of(b), dest)));
	ends(p, 2, PUSH_DELIVERED);
	rows_are("1d");
#define gone(call)	assert_int_equal(in_tenant(b, (call)), CAL_NOTFOUND)
	gone(destination_find(tx_of(b), dest, &d));
	gone(destination_lock(tx_of(b), dest, &d));
	gone(destination_change(tx_of(b), dest, &c));
	gone(destination_remove(tx_of(b), dest));
	gone(destination_missed(tx_of(b), dest, 1, 2, &n));
	gone(push_replay(tx_of(b), dest, &all, &n, &more, &next));
	gone(push_redrive(tx_of(b), dest, NULL, 9, &n, &more));
	gone(push_redrive(tx_of(b), NULL, id, 9, &n, &more));
	gone(push_find(tx_of(b), id, &push));
#undef gone
	ok(in_tenant(b, push_list(tx_of(b), &(struct push_query){ .limit = 9 },
	    &page)));
	assert_int_equal(page.n, 0);
	claims_expire();
	assert_false(claims(p));
}

static void
two_secrets_sign_during_a_rotation(void **state)
{
	struct pusher		*p = new_pusher(a);
	struct destination	 d;

	(void)state;
	begin_pushing();
	happens(1);
	tenant_begins(b);
	ok(destination_lock(tx_of(b), dest, &d));
	ok(destination_rotate(tx_of(b), dest, (struct bytes){ "new", 3 },
	    (struct bytes){ "former", 6 }, 3600));
	ok(db_commit(b));
	assert_true(claims(p));
	assert_int_equal(p->target.secret_sealed.n, 3);
	assert_int_equal(p->target.former_sealed.n, 6);
	assert_true(p->target.former_until > 0);
	releases(p);
	ok(in_tenant(b, destination_rotate(tx_of(b), dest,
	    (struct bytes){ "newer", 5 }, (struct bytes){ "new", 3 }, -1)));
	assert_true(claims(p));
	assert_null(p->target.former_sealed.p);
	ok(in_tenant(b, destination_rotate(tx_of(b), dest,
	    (struct bytes){ "newest", 6 }, (struct bytes){ NULL, 0 }, 10)));
	d = found();
	assert_null(d.former_until);
	assert_null(d.former_sealed.p);
}

static void
one_that_lost_its_secret_is_paused_until_it_has_another(void **state)
{
	static const char *const	 none[] = { NULL };
	const struct destination_change	 resumed = {
		.state = DESTINATION_ACTIVE
	};
	struct db			*db = open_owner();
	struct destination		 d;
	int64_t				 lost[SEALED__MAX];

	(void)state;
	begin_pushing();
	ok(sealed_count(db, mem, none, lost));
	assert_int_equal(lost[SEALED_SECRET], 1);
	assert_int_equal(lost[SEALED_HEADERS], 0);
	ok(sealed_rest_forget(db, mem, none));
	ok(sealed_count(db, mem, none, lost));
	assert_int_equal(lost[SEALED_SECRET], 0);
	d = found();
	assert_int_equal(d.state, DESTINATION_PAUSED);
	assert_int_equal(d.reason, DESTINATION_KEY_LOST);
	assert_null(d.secret_sealed.p);
	assert_int_equal(d.version, 2);
	assert_int_equal(in_tenant(a, destination_change(tx_of(a), dest,
	    &resumed)), CAL_CONFLICT);
	ok(in_tenant(b, destination_rotate(tx_of(b), dest,
	    (struct bytes){ "new", 3 }, (struct bytes){ NULL, 0 }, 0)));
	ok(in_tenant(a, destination_change(tx_of(a), dest, &resumed)));
	assert_int_equal(found().state, DESTINATION_ACTIVE);
	db_free(db);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(a_destination_is_as_it_was_made),
		promise(there_is_a_bound_to_them),
		promise(a_change_changes_what_it_names),
		promise(the_pushers_word_counts_for_what_it_knew),
		promise(a_removed_one_is_nowhere_to_be_seen),
		promise(two_secrets_sign_during_a_rotation),
		promise(
		    one_that_lost_its_secret_is_paused_until_it_has_another),
	};

	return run_pushes(tests);
}
