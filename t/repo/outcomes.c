/*
 * outcomes: what a grant remembers of how the token endpoint answered.
 */
#include "t/repo/grants.h"

#include "app/repo/sealed.h"

/* How many replies are kept, of all grants. */
static int64_t
nunread(void)
{
	struct db	*db = open_owner();
	const char	*none[] = { NULL };
	int64_t		 n[SEALED__MAX];

	ok(sealed_count(db, mem, none, n));
	db_free(db);
	return n[SEALED_UNREAD];
}

static struct grant
load(const char *id)
{
	struct grant	 g;

	ok(in_tenant(a, grant_load(a, mem, id, &g)));
	return g;
}

#define conflict(call)	assert_int_equal((call), CAL_CONFLICT)

static void
keep_reply(const struct grant *g)
{
	ok(in_tenant(a, lease_keep_reply(a, mem, g->id, g->generation,
	    (struct bytes){ "reply", 5 })));
	assert_int_equal(nunread(), 1);
}

static void
a_reply_nobody_can_read_is_kept_until_the_outcome_is_known(void **state)
{
	struct grant	 g = new_grant(a);
	bool		 probed;

	(void)state;
	keep_reply(&g);
	ok(in_tenant(a, lease_commit(a, mem, g.id, g.generation, &pair)));
	assert_int_equal(nunread(), 0);
	/* The generation moved: what came belongs to the old one. */
	conflict(in_tenant(a, lease_keep_reply(a, mem, g.id, g.generation,
	    (struct bytes){ "reply", 5 })));
	g = load(g.id);
	keep_reply(&g);
	ok(in_tenant(a, grant_replace_tokens(a, mem, g.id, g.generation,
	    &pair)));
	assert_int_equal(nunread(), 0);
	g = load(g.id);
	keep_reply(&g);
	ok(in_tenant(a, lease_refused(a, mem, g.id, g.generation, &probed)));
	assert_int_equal(nunread(), 0);
	keep_reply(&g);
	ok(in_tenant(a, grant_mark_teardown(a, mem, g.id)));
	ok(in_tenant(a, grant_erase(a, mem, g.id, 0)));
	assert_int_equal(nunread(), 0);
	conflict(in_tenant(a, lease_keep_reply(a, mem, g.id, g.generation,
	    (struct bytes){ "reply", 5 })));
}

static void
a_pair_tells_how_long_it_lives(void **state)
{
	struct sealed_pair	 brief = pair;
	struct grant		 g = new_grant(a);

	(void)state;
	assert_int_equal(load(g.id).access_life, 7200);
	brief.expires_in = 30;
	ok(in_tenant(a, lease_commit(a, mem, g.id, g.generation, &brief)));
	g = load(g.id);
	assert_int_equal(g.access_life, 30);
	assert_in_range(g.access_seconds, 20, 30);
	ok(in_tenant(a, grant_replace_tokens(a, mem, g.id, g.generation,
	    &pair)));
	assert_int_equal(load(g.id).access_life, 7200);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(
		    a_reply_nobody_can_read_is_kept_until_the_outcome_is_known),
		promise(a_pair_tells_how_long_it_lives),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, grants_setup, grants_teardown);
}
