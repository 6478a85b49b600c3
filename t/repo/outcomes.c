/*
 * outcomes: what a grant remembers of the token endpoint's answers.
 */
#include "t/repo/grants.h"

#include "app/repo/sealed.h"

/* Returns how many unread replies are kept, of all grants together. */
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

	ok(in_tenant(a, grant_load(tx_of(a), id, &g)));
	return g;
}

#define conflict(call)	assert_int_equal((call), CAL_CONFLICT)

static void
keep_reply(const struct grant *g)
{
	ok(in_tenant(a, lease_keep_reply(tx_of(a), g->id, g->generation,
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
	ok(in_tenant(a, lease_commit(tx_of(a), g.id, g.generation, &pair)));
	assert_int_equal(nunread(), 0);
	/*
	 * The grant is of a later generation now, so a reply that is about the
	 * old one is not kept.
	 */
	conflict(in_tenant(a, lease_keep_reply(tx_of(a), g.id, g.generation,
	    (struct bytes){ "reply", 5 })));
	g = load(g.id);
	keep_reply(&g);
	ok(in_tenant(a, grant_replace_tokens(tx_of(a), g.id, g.generation,
	    &pair)));
	assert_int_equal(nunread(), 0);
	g = load(g.id);
	keep_reply(&g);
	ok(in_tenant(a, lease_refused(tx_of(a), g.id, g.generation, &probed)));
	assert_int_equal(nunread(), 0);
	keep_reply(&g);
	ok(in_tenant(a, grant_mark_teardown(tx_of(a), g.id)));
	ok(in_tenant(a, grant_erase(tx_of(a), g.id, 0)));
	assert_int_equal(nunread(), 0);
	conflict(in_tenant(a, lease_keep_reply(tx_of(a), g.id, g.generation,
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
	ok(in_tenant(a, lease_commit(tx_of(a), g.id, g.generation, &brief)));
	g = load(g.id);
	assert_int_equal(g.access_life, 30);
	assert_in_range(g.access_seconds, 20, 30);
	ok(in_tenant(a, grant_replace_tokens(tx_of(a), g.id, g.generation,
	    &pair)));
	assert_int_equal(load(g.id).access_life, 7200);
}

static bool
refused(const struct grant *g)
{
	const char	*me = crypto_uuid(mem);
	bool		 lasting;

	ok(in_tenant(a, lease_take(tx_of(a), g, me, 60, 0)));
	ok(in_tenant(a, lease_note_refusal(tx_of(a), g, me, 0, &lasting)));
	return lasting;
}

static void
refusals_are_counted_until_a_pair_comes(void **state)
{
	struct grant	 g = new_grant(a);

	(void)state;
	assert_false(refused(&g));
	g = load(g.id);
	assert_int_equal(g.refusals, 1);
	assert_false(g.started || g.refreshing);
	script(arena_printf(mem, "UPDATE grants SET refused_since = now()"
	    " - interval '1 hour' WHERE id = '%s'", g.id));
	assert_true(refused(&g));
	assert_int_equal(load(g.id).refusals, 2);
	ok(in_tenant(a, lease_commit(tx_of(a), g.id, g.generation, &pair)));
	g = load(g.id);
	assert_int_equal(g.refusals, 0);
	assert_false(refused(&g));
	ok(in_tenant(a, grant_replace_tokens(tx_of(a), g.id, g.generation,
	    &pair)));
	assert_int_equal(load(g.id).refusals, 0);
}

/*
 * A refusal tells nothing about an earlier request whose outcome is unknown:
 * Calendly may have carried that one out.
 */
static void
a_refusal_leaves_an_earlier_doubt_open(void **state)
{
	struct grant	 g = new_grant(a);
	const char	*me = crypto_uuid(mem);

	(void)state;
	ok(in_tenant(a, lease_take(tx_of(a), &g, me, 60, 0)));
	ok(in_tenant(a, lease_defer(tx_of(a), &g, me, 0, false)));
	g = load(g.id);
	assert_false(refused(&g));
	assert_true(load(g.id).started);
}

static void
only_who_asked_counts_a_refusal(void **state)
{
	struct grant	 g = new_grant(a);
	bool		 lasting;

	(void)state;
	conflict(in_tenant(a, lease_note_refusal(tx_of(a), &g, crypto_uuid(mem),
	    0, &lasting)));
	assert_int_equal(load(g.id).refusals, 0);
}

static void
a_refused_grant_is_no_longer_live_but_keeps_its_token(void **state)
{
	struct grant	 g = new_grant(a);

	(void)state;
	conflict(in_tenant(a, grant_mark_refused(tx_of(a), g.id,
	    g.generation + 1)));
	ok(in_tenant(a, grant_mark_refused(tx_of(a), g.id, g.generation)));
	conflict(in_tenant(a, grant_mark_refused(tx_of(a), g.id,
	    g.generation)));
	assert_int_equal(load(g.id).status, GRANT_NEEDS_REAUTH);
	assert_non_null(load(g.id).refresh_sealed.p);
	/* A late success is still a success. */
	ok(in_tenant(a, lease_commit(tx_of(a), g.id, g.generation, &pair)));
	assert_int_equal(load(g.id).status, GRANT_LIVE);
}

static bool
others_refresh(const struct grant *g)
{
	bool	 others;

	ok(in_tenant(a, account_others_refresh(tx_of(a), g->id, &others)));
	return others;
}

static void
only_other_accounts_refreshes_of_this_hour_are_evidence(void **state)
{
	struct grant	 g = new_grant(a), other;
	const char	*mine = tenant;

	(void)state;
	script("UPDATE grants SET last_refresh_at = NULL");
	assert_false(others_refresh(&g));
	ok(in_tenant(a, lease_commit(tx_of(a), g.id, g.generation, &pair)));
	assert_false(others_refresh(&g));
	tenant = new_tenant();
	other = new_grant(a);
	ok(in_tenant(a, grant_replace_tokens(tx_of(a), other.id,
	    other.generation, &pair)));
	tenant = mine;
	assert_false(others_refresh(&g));	/* a consent is no refresh */
	script(arena_printf(mem, "UPDATE grants SET last_refresh_at = now()"
	    " - interval '59 minutes' WHERE id = '%s'", other.id));
	assert_true(others_refresh(&g));
	script(arena_printf(mem, "UPDATE grants SET last_refresh_at = now()"
	    " - interval '61 minutes' WHERE id = '%s'", other.id));
	assert_false(others_refresh(&g));
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(
		    a_reply_nobody_can_read_is_kept_until_the_outcome_is_known),
		promise(a_pair_tells_how_long_it_lives),
		promise(refusals_are_counted_until_a_pair_comes),
		promise(a_refusal_leaves_an_earlier_doubt_open),
		promise(only_who_asked_counts_a_refusal),
		promise(a_refused_grant_is_no_longer_live_but_keeps_its_token),
		promise(
		    only_other_accounts_refreshes_of_this_hour_are_evidence),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, grants_setup, grants_teardown);
}
