/*
 * meeting: saved meetings are read back, shown in order and page by page, and
 * not shown to other tenants.
 */
#include "t/repo/grants.h"

#include "app/repo/meeting.h"

static const char	*connection, *user;

#define ID(n)	"00000000-0000-8000-8000-00000000000" #n

/*
 * Makes a meeting with one invitee, both marked as altered, which is to be
 * saved.
 */
static struct meeting
new_meeting(const char *id, const char *start, const char *who)
{
	struct meeting	 m = {
		.id = id,
		.connection_id = connection,
		.user_id = user,
		.start_at = start,
		.content = { "{\"a\": \"\\\"{}\\\\\"}", "1" },
		.ninvitees = 1,
		.altered = true,
	};

	m.invitees = arena_alloc(mem, sizeof(*m.invitees));
	*m.invitees = (struct invitee){
		.id = who,
		.content = { "{}", "1" },
		.no_show = { NULL, "2" },
		.altered = true,
	};
	return m;
}

static void
save(const struct meeting *m, size_t n)
{
	ok(in_tenant(a, meeting_save(tx_of(a), m, n)));
}

static struct meeting
loaded(const char *id, const char *who)
{
	const struct invitee_ref	 ref = { id, who };
	struct meeting			 m = {
		.id = id, .connection_id = connection
	};

	ok(in_tenant(a, meeting_load(tx_of(a), &m, 1, &ref, 1)));
	return m;
}

static void
what_is_saved_is_loaded_with_its_versions(void **state)
{
	struct meeting	 m = new_meeting(ID(1), NULL, ID(7)), got;

	(void)state;
	got = loaded(ID(1), ID(7));
	assert_null(got.content.version);
	save(&m, 1);
	got = loaded(ID(1), ID(7));
	assert_string_equal(got.content.text, m.content.text);
	assert_string_equal(got.content.version, "1");
	assert_string_equal(got.user_id, user);
	assert_null(got.start_at);
	assert_null(got.canceled.version);
	assert_int_equal(got.ninvitees, 1);
	assert_string_equal(got.invitees[0].no_show.version, "2");
	assert_null(got.invitees[0].no_show.text);
	m.canceled = (struct reg){ "{\"b\":1}", "3" };
	m.invitees[0].altered = false;
	save(&m, 1);
	got = loaded(ID(1), ID(7));
	assert_string_equal(got.canceled.text, "{\"b\":1}");
	assert_int_equal(got.ninvitees, 1);
}

static void
a_list_goes_by_start_and_page_by_page(void **state)
{
	struct meeting	 m[] = {
		new_meeting(ID(2), "2026-11-20T10:00:00Z", ID(7)),
		new_meeting(ID(3), "2026-11-19T10:00:00Z", ID(8)),
		new_meeting(ID(4), "2026-11-20T10:00:00Z", ID(9)),
	}, *list;
	struct meeting_filter	 f = { .limit = 1 };
	const char		*want[] = { ID(3), ID(2), ID(4), ID(1) };
	int			 i, n;

	(void)state;
	save(m, 3);
	for (i = 0; i < 4; i++) {
		f.user_id = i % 2 == 0 ? user : NULL;
		ok(in_tenant(a, meeting_list(tx_of(a), &f, &list, &n)));
		assert_int_equal(n, 1);
		assert_string_equal(list[0].id, want[i]);
		assert_int_equal(list[0].ninvitees, 1);
		f.after_id = list[0].id;
		f.after_start = list[0].start_at;
	}
	ok(in_tenant(a, meeting_list(tx_of(a), &f, &list, &n)));
	assert_int_equal(n, 0);
	f = (struct meeting_filter){ .limit = 9,
		.status = MEETING_STATUS_CANCELED };
	ok(in_tenant(a, meeting_list(tx_of(a), &f, &list, &n)));
	assert_int_equal(n, 1);
	f = (struct meeting_filter){ .limit = 9,
		.from = "2026-11-19T10:00:00Z", .to = "2026-11-20T10:00:00Z" };
	ok(in_tenant(a, meeting_list(tx_of(a), &f, &list, &n)));
	assert_int_equal(n, 1);
	assert_string_equal(list[0].id, ID(3));
}

static void
an_invitee_in_two_meetings_is_two(void **state)
{
	struct meeting	 m[] = {
		new_meeting(ID(5), NULL, ID(7)), new_meeting(ID(6), NULL, ID(7))
	};

	(void)state;
	save(m, 2);
	assert_int_equal(loaded(ID(5), ID(7)).ninvitees, 1);
	assert_int_equal(loaded(ID(6), ID(7)).ninvitees, 1);
}

static void
a_crowd_is_shown_in_part_and_touched_in_full(void **state)
{
	enum { MANY = 130 };
	struct meeting	 m = new_meeting(ID(8), NULL, ID(7)), got;
	int		 i;

	(void)state;
	m.invitees = arena_array(mem, MANY, sizeof(*m.invitees));
	m.ninvitees = MANY;
	for (i = 0; i < MANY; i++)
		m.invitees[i] = (struct invitee){
			.id = crypto_uuid(mem),
			.booked_at = arena_printf(mem,
			    "2026-11-20T10:%02d:%02d.000000Z", i / 60, i % 60),
			.content = { "{}", "1" },
			.altered = true,
		};
	save(&m, 1);
	got = loaded(ID(8), m.invitees[MANY - 1].id);
	assert_int_equal(got.ninvitees, MEETING_INVITEES_TOLD + 2);
	assert_string_equal(got.invitees[0].id, m.invitees[0].id);
	assert_string_equal(got.invitees[got.ninvitees - 1].id,
	    m.invitees[MANY - 1].id);
}

/*
 * Only some invitees are loaded, because with all of them a batch of such
 * meetings would not fit a runner's memory.
 */
static void
a_crowd_with_much_to_say_is_loaded_in_part(void **state)
{
	enum { MANY = 20, EACH = 64 * 1024, FIT = 3 };
	struct meeting	 m = new_meeting(ID(9), NULL, ID(7)), got;
	char		*words = arena_alloc(mem, EACH);
	int		 i;

	(void)state;
	memset(words, ' ', EACH - 1);
	words[0] = '{';
	words[EACH - 2] = '}';
	m.invitees = arena_array(mem, MANY, sizeof(*m.invitees));
	m.ninvitees = MANY;
	for (i = 0; i < MANY; i++)
		m.invitees[i] = (struct invitee){
			.id = crypto_uuid(mem),
			.booked_at = arena_printf(mem,
			    "2026-11-20T10:00:%02d.000000Z", i),
			.content = { words, "1" },
			.altered = true,
		};
	save(&m, 1);
	got = loaded(ID(9), m.invitees[MANY - 1].id);
	assert_in_range(got.ninvitees, FIT, FIT + 2);
	assert_true(got.invitees_more);
	assert_string_equal(got.invitees[0].id, m.invitees[0].id);
	assert_string_equal(got.invitees[got.ninvitees - 1].id,
	    m.invitees[MANY - 1].id);
	assert_string_equal(got.invitees[got.ninvitees - 1].content.text,
	    words);
}

static void
they_go_with_their_connection_whoever_erases_it(void **state)
{
	struct meeting	 m = new_meeting(crypto_uuid(mem), NULL, ID(7)), got;
	const char	*whose = connection, *who = user;

	(void)state;
	connection = m.connection_id = new_connection(a, &user);
	m.user_id = user;
	save(&m, 1);
	ok(in_tenant(a, db_run(a, mem, STMT(STMT_CONNECTION_FORGET,
	    db_text(connection)), NULL)));
	got = loaded(m.id, ID(7));
	assert_null(got.content.version);
	connection = whose;
	user = who;
}

static void
another_tenant_sees_none(void **state)
{
	struct meeting_filter	 f = { .limit = 9 };
	struct meeting		*list, m;
	struct tx		 tx;
	int			 n;

	(void)state;
	ok(tx_begin(&tx, a, mem, new_tenant()));
	ok(meeting_list(&tx, &f, &list, &n));
	assert_int_equal(n, 0);
	assert_int_equal(meeting_find(&tx, ID(1), &m), CAL_NOTFOUND);
	ok(db_commit(a));
	ok(in_tenant(a, meeting_find(tx_of(a), ID(1), &m)));
}

static int
setup(void **state)
{
	if (grants_setup(state) != 0)
		return -1;
	connection = new_connection(a, &user);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(what_is_saved_is_loaded_with_its_versions),
		promise(a_list_goes_by_start_and_page_by_page),
		promise(an_invitee_in_two_meetings_is_two),
		promise(a_crowd_is_shown_in_part_and_touched_in_full),
		promise(a_crowd_with_much_to_say_is_loaded_in_part),
		promise(they_go_with_their_connection_whoever_erases_it),
		promise(another_tenant_sees_none),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, grants_teardown);
}
