/*
 * flow: one request at a time may connect a session, and an OAuth code is sent
 * to Calendly once.
 */
#include "t/repo/grants.h"

#include "app/repo/flow.h"
#include "app/repo/session.h"

enum { MINUTE = 60, HALF_HOUR = 30, CONTENDERS = 8, CODES = 3 };

static const char	*me, *other;

static struct bytes
fresh_hash(void)
{
	return crypto_hash_text(mem, crypto_uuid(mem));
}

/* Adds a connect session for a new user and returns its id. */
static const char *
new_session(int minutes)
{
	const struct session_new	 s = {
		.hash = fresh_hash(),
		.user_id = crypto_uuid(mem),
		.minutes = minutes,
	};
	struct session_made		 made;

	ok(in_tenant(a, session_add(tx_of(a), &s, &made)));
	return made.id;
}

static struct state_new
new_state(const char *session_id)
{
	const struct state_new	 st = {
		.id = crypto_uuid(mem),
		.session_id = session_id,
		.hash = fresh_hash(),
		.browser_hash = fresh_hash(),
		.verifier_sealed = { "sealed", 6 },
	};

	ok(in_tenant(a, oauth_state_add(tx_of(a), &st)));
	return st;
}

static enum turn
take(struct db *db, const char *session, const char *owner, int seconds)
{
	enum turn	 turn;

	ok(in_tenant(db, turn_take(tx_of(db), session, owner, seconds, &turn)));
	return turn;
}

static void
the_turn_is_one_request_s_until_it_gives_it_back(void **state)
{
	const char	*session = new_session(HALF_HOUR);

	(void)state;
	assert_int_equal(take(a, session, me, MINUTE), TURN_OURS);
	assert_int_equal(take(b, session, other, MINUTE), TURN_BUSY);
	ok(in_tenant(b, turn_give(tx_of(b), session, other)));
	assert_int_equal(take(b, session, other, MINUTE), TURN_BUSY);
	ok(in_tenant(a, turn_give(tx_of(a), session, me)));
	assert_int_equal(take(b, session, other, MINUTE), TURN_OURS);
}

static void
the_turn_of_who_died_runs_out(void **state)
{
	const char	*session = new_session(HALF_HOUR);

	(void)state;
	assert_int_equal(take(a, session, me, 0), TURN_OURS);
	assert_int_equal(take(b, session, other, MINUTE), TURN_OURS);
}

static const char	*contended;

static int
contend(int number)
{
	struct db	*db = open_runtime();

	(void)number;
	return take(db, contended, crypto_uuid(mem), MINUTE) == TURN_OURS;
}

static void
of_many_at_once_one_gets_the_turn(void **state)
{
	(void)state;
	contended = new_session(HALF_HOUR);
	assert_int_equal(at_once(CONTENDERS, contend), 1);
}

static void
a_session_that_is_over_gives_no_turn(void **state)
{
	const char	*done = new_session(HALF_HOUR);
	const char	*expired = new_session(-1);

	(void)state;
	assert_int_equal(take(a, expired, me, MINUTE), TURN_EXPIRED);
	assert_int_equal(take(a, done, me, MINUTE), TURN_OURS);
	ok(in_tenant(a, session_mark(tx_of(a), done, SESSION_DONE,
	    RESULT_CONNECTED, NULL)));
	/*
	 * The request that connects the session still has the turn, so others
	 * are not told yet how the session ended.
	 */
	assert_int_equal(take(b, done, other, MINUTE), TURN_BUSY);
	ok(in_tenant(a, turn_give(tx_of(a), done, me)));
	assert_int_equal(take(b, done, other, MINUTE), TURN_DONE);
}

static void
a_state_is_found_again_and_tells_its_browser(void **state)
{
	const char		*session = new_session(HALF_HOUR);
	const struct state_new	 st = new_state(session);
	struct oauth_state	 found;
	int			 i;

	(void)state;
	for (i = 0; i < 2; i++) {
		ok(oauth_state_find(a, mem, st.hash, st.browser_hash,
		    &found));
		assert_true(found.same_browser);
		assert_string_equal(found.session_id, session);
		assert_non_null(found.verifier_sealed.p);
	}
	ok(oauth_state_find(a, mem, st.hash, fresh_hash(), &found));
	assert_false(found.same_browser);
	ok(oauth_state_find(a, mem, st.hash, (struct bytes){ NULL, 0 },
	    &found));
	assert_false(found.same_browser);
	assert_int_equal(oauth_state_find(a, mem, fresh_hash(),
	    st.browser_hash, &found), CAL_NOTFOUND);
}

static void
a_success_leaves_no_verifier(void **state)
{
	const char		*session = new_session(HALF_HOUR);
	const struct state_new	 one = new_state(session);
	const struct state_new	 two = new_state(session);
	struct oauth_state	 found;

	(void)state;
	ok(in_tenant(a, session_mark(tx_of(a), session, SESSION_FAILED,
	    RESULT_DENIED, NULL)));
	ok(oauth_state_find(a, mem, one.hash, one.browser_hash, &found));
	assert_non_null(found.verifier_sealed.p);
	ok(in_tenant(a, session_mark(tx_of(a), session, SESSION_DONE,
	    RESULT_CONNECTED, NULL)));
	ok(oauth_state_find(a, mem, one.hash, one.browser_hash, &found));
	assert_null(found.verifier_sealed.p);
	ok(oauth_state_find(a, mem, two.hash, two.browser_hash, &found));
	assert_null(found.verifier_sealed.p);
}

static enum cal_err
send(struct db *db, struct bytes code, const struct state_new *st)
{
	return in_tenant(db, code_add(tx_of(db), code, st->id, CODES));
}

static void
a_code_is_sent_once(void **state)
{
	const struct state_new	 st = new_state(new_session(HALF_HOUR));
	const struct state_new	 elsewhere = new_state(new_session(HALF_HOUR));
	struct bytes		 code = fresh_hash();
	enum session_result	 result;

	(void)state;
	ok(send(a, code, &st));
	assert_int_equal(send(b, code, &st), CAL_CONFLICT);
	assert_int_equal(send(b, code, &elsewhere), CAL_CONFLICT);
	ok(in_tenant(b, code_result(tx_of(b), code, &result)));
	assert_int_equal(result, RESULT_NONE);
	ok(in_tenant(a, code_end(tx_of(a), code, RESULT_WRONG_ACCOUNT)));
	ok(in_tenant(b, code_result(tx_of(b), code, &result)));
	assert_int_equal(result, RESULT_WRONG_ACCOUNT);
}

static void
a_code_that_was_not_sent_after_all_may_be(void **state)
{
	const struct state_new	 st = new_state(new_session(HALF_HOUR));
	struct bytes		 code = fresh_hash();

	(void)state;
	ok(send(a, code, &st));
	ok(in_tenant(a, code_drop(tx_of(a), code)));
	ok(send(b, code, &st));
}

static void
a_state_takes_a_bounded_number_of_codes(void **state)
{
	const struct state_new	 st = new_state(new_session(HALF_HOUR));
	int			 i;

	(void)state;
	for (i = 0; i < CODES; i++)
		ok(send(a, fresh_hash(), &st));
	assert_int_equal(send(a, fresh_hash(), &st), CAL_CONFLICT);
}

static void
a_link_has_its_time_from_its_first_opening(void **state)
{
	const char		*id = new_session(1);
	struct connect_session	 first, again;

	(void)state;
	ok(in_tenant(a, session_open(tx_of(a), id, HALF_HOUR)));
	ok(in_tenant(a, session_load(tx_of(a), id, &first)));
	ok(in_tenant(a, session_open(tx_of(a), id, 2 * HALF_HOUR)));
	ok(in_tenant(a, session_load(tx_of(a), id, &again)));
	assert_string_equal(first.expires_at, again.expires_at);
	assert_true(strcmp(first.expires_at, first.created_at) > 0);
	id = new_session(-1);
	ok(in_tenant(a, session_open(tx_of(a), id, HALF_HOUR)));
	ok(in_tenant(a, session_load(tx_of(a), id, &again)));
	assert_true(again.expired);
}

static int
setup(void **state)
{
	if (grants_setup(state) != 0)
		return -1;
	me = crypto_uuid(mem);
	other = crypto_uuid(mem);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(the_turn_is_one_request_s_until_it_gives_it_back),
		promise(the_turn_of_who_died_runs_out),
		promise(of_many_at_once_one_gets_the_turn),
		promise(a_session_that_is_over_gives_no_turn),
		promise(a_state_is_found_again_and_tells_its_browser),
		promise(a_success_leaves_no_verifier),
		promise(a_code_is_sent_once),
		promise(a_code_that_was_not_sent_after_all_may_be),
		promise(a_state_takes_a_bounded_number_of_codes),
		promise(a_link_has_its_time_from_its_first_opening),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, grants_teardown);
}
