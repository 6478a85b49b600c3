/*
 * push_list: what a tenant is shown of its pushes.
 */
#include "t/repo/pushes.h"

static struct push_page	 page;

/* Returns how many fit; without a limit, at most nine. */
static int
listed(struct push_query q)
{
	q.limit = q.limit == 0 ? 9 : q.limit;
	ok(in_tenant(b, push_list(tx_of(b), &q, &page)));
	return page.n;
}

#define lists(...)	listed((struct push_query){ __VA_ARGS__ })

/* Event 1 waits, 2 was delivered, and so 3 waits. */
static void
begin_listing(void)
{
	struct pusher	*p = new_pusher(a);

	begin_pushing();
	happens(1, 2, 2);
	assert_true(claims(p));
	assert_int_equal(takes(p, 9), 2);
	ends(p, 1, PUSH_WAITING);
	ends(p, 2, PUSH_DELIVERED);
}

static void
pushes_are_listed_page_by_page(void **state)
{
	const char	*last;

	(void)state;
	begin_listing();
	assert_int_equal(lists(.after = NULL), 3);
	assert_null(page.next);
	last = page.pushes[2].id;
	assert_int_equal(lists(.limit = 2), 2);
	assert_non_null(page.next);
	assert_int_equal(lists(.after = page.next), 1);
	assert_string_equal(page.pushes[0].id, last);
	assert_int_equal(lists(.after = last), 0);
}

static void
pushes_are_listed_by_what_they_are_of(void **state)
{
	const char	*event;

	(void)state;
	begin_listing();
	assert_int_equal(lists(.status = PUSH_DELIVERED), 1);
	assert_int_equal(page.pushes[0].seq, 2);
	assert_string_equal(page.pushes[0].event_type, "test");
	assert_string_equal(page.pushes[0].user_id, user);
	event = page.pushes[0].event_id;
	assert_int_equal(lists(.event_id = event, .destination_id = dest,
	    .status = PUSH_DELIVERED, .user_id = user), 1);
	assert_int_equal(lists(.event_id = event, .user_id = "other"), 0);
	assert_int_equal(lists(.event_id = event, .status = PUSH_DEAD), 0);
	assert_int_equal(lists(.user_id = user), 3);
	assert_int_equal(lists(.user_id = "other"), 0);
	assert_int_equal(lists(.destination_id = dest), 3);
	assert_int_equal(lists(.destination_id = crypto_uuid(mem)), 0);
	assert_int_equal(lists(.status = PUSH_WAITING), 2);
	tenant = new_tenant();
	assert_int_equal(lists(.event_id = event), 0);
	assert_int_equal(lists(.destination_id = dest), 0);
	assert_int_equal(lists(.user_id = user), 0);
}

static void
a_push_is_shown_with_its_attempts(void **state)
{
	struct push_attempt	*tries;
	struct push		 push;
	int			 i, n;

	(void)state;
	begin_listing();
	assert_int_equal(lists(.status = PUSH_WAITING), 2);
	for (i = 0; page.pushes[i].seq != 1; i++)
		continue;
	ok(in_tenant(b, push_find(tx_of(b), page.pushes[i].id, &push)));
	assert_int_equal(push.attempts, 1);
	assert_int_equal(push.answer_status, 500);
	assert_int_equal(push.ms, 12);
	assert_string_equal(push.answer, "so");
	assert_string_equal(push.error, "answered 500");
	assert_non_null(push.next_at);
	ok(in_tenant(b, push_attempts(tx_of(b), push.id, &tries, &n)));
	assert_int_equal(n, 1);
	assert_string_equal(tries[0].error, "answered 500");
	tenant = new_tenant();
	assert_int_equal(in_tenant(b, push_find(tx_of(b), push.id, &push)),
	    CAL_NOTFOUND);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(pushes_are_listed_page_by_page),
		promise(pushes_are_listed_by_what_they_are_of),
		promise(a_push_is_shown_with_its_attempts),
	};

	return run_pushes(tests);
}
