/*
 * feed: its numbers have no gap, and a reader never skips an event that
 * commits late.
 */
#include "t/repo/grants.h"

#include <time.h>

#include "app/repo/event.h"
#include "lib/clock.h"

enum {
	WRITERS = 4,
	EXTENDERS = 2,
	READERS = 2,
	EACH = 50,			/* events by one writer */
	ALL = WRITERS * EACH,
	PAGE = 7,
	DEADLINE_MS = 60 * 1000,
};

static const char	*connection, *user;

static enum cal_err
add(struct db *db, const char *id)
{
	const struct event_new	 ev = {
		.id = id,
		.connection_id = connection,
		.user_id = user,
		.type = "test",
		.source = "system",
		.body = "{}",
	};

	return event_add(db, mem, &ev);
}

static int64_t
extend(struct db *db)
{
	int64_t	 moved;

	ok(feed_extend(db, mem, 1000, &moved));
	return moved;
}

/* What is after "seq", at most a page. */
static int
read_after(struct db *db, int64_t seq, struct event **list)
{
	int	 n;

	ok(in_tenant(db, feed_list(db, mem, seq, PAGE, list, &n)));
	return n;
}

static void
an_event_that_commits_late_comes_after(void **state)
{
	const char	*early = crypto_uuid(mem), *late = crypto_uuid(mem);
	struct event	*list;
	int64_t		 seq;

	(void)state;
	ok(tenant_begin(a, mem, tenant));
	ok(add(a, late));			/* first, but not committed */
	ok(in_tenant(b, add(b, early)));
	assert_int_equal(extend(b), 1);
	assert_int_equal(read_after(b, 0, &list), 1);
	assert_string_equal(list[0].id, early);
	seq = list[0].seq;
	assert_int_equal(seq, 1);
	ok(db_commit(a));
	assert_int_equal(extend(b), 1);
	assert_int_equal(read_after(b, seq, &list), 1);
	assert_string_equal(list[0].id, late);
	assert_int_equal(list[0].seq, seq + 1);
}

static void
numbers_are_given_by_one_at_a_time(void **state)
{
	const char	*id = crypto_uuid(mem);
	struct event	*list;
	int64_t		 moved;

	(void)state;
	ok(in_tenant(a, add(a, id)));
	ok(db_begin(a));
	ok(feed_extend(a, mem, 1000, &moved));
	assert_int_equal(moved, 1);
	assert_int_equal(extend(b), 0);		/* not waiting, either */
	assert_int_equal(read_after(b, 2, &list), 0);
	db_rollback(a);
	assert_int_equal(extend(b), 1);
	assert_int_equal(read_after(b, 2, &list), 1);
	assert_string_equal(list[0].id, id);
}

static void
an_event_added_twice_is_in_the_feed_once(void **state)
{
	const char	*id = crypto_uuid(mem);
	struct event	*list;

	(void)state;
	ok(in_tenant(a, add(a, id)));
	assert_int_equal(extend(a), 1);
	ok(in_tenant(a, add(a, id)));
	assert_int_equal(extend(a), 0);
	assert_int_equal(read_after(a, 3, &list), 1);
}

/* Up to 5 ms, so that no two runs are alike. */
static void
nap(void)
{
	unsigned char	 some;
	struct timespec	 ts = { 0, 0 };

	crypto_random(&some, sizeof(some));
	ts.tv_nsec = (long)some * 20000;
	(void)nanosleep(&ts, NULL);
}

/* Two events a transaction, which stays open for a while. */
static int
write_events(struct db *db)
{
	int	 i;

	for (i = 0; i < EACH; i += 2) {
		ok(tenant_begin(db, mem, tenant));
		ok(add(db, crypto_uuid(mem)));
		nap();
		ok(add(db, crypto_uuid(mem)));
		ok(db_commit(db));
	}
	return 0;
}

static int64_t	start;		/* the feed's head before the rush */

/* In small batches, until the feed is as long as it will be. */
static int
extend_events(struct db *db)
{
	const int64_t	 deadline = clock_ms() + DEADLINE_MS;
	struct event	*list;
	int64_t		 moved;

	while (read_after(db, start + ALL - 1, &list) == 0) {
		if (clock_ms() > deadline)
			return 1;
		ok(feed_extend(db, mem, 3, &moved));
		if (moved == 0)
			nap();
	}
	return 0;
}

static int
by_text(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static bool
all_distinct(const char **id, size_t n)
{
	size_t	 i;

	qsort(id, n, sizeof(*id), by_text);
	for (i = 1; i < n; i++)
		if (strcmp(id[i - 1], id[i]) == 0)
			return false;
	return true;
}

/* Page by page, as a host app does. */
static int
read_events(struct db *db)
{
	const int64_t	 deadline = clock_ms() + DEADLINE_MS;
	const char	*id[ALL];
	struct event	*list;
	int		 i, n, seen = 0;

	while (seen < ALL) {
		if (clock_ms() > deadline)
			return 1;
		n = read_after(db, start + seen, &list);
		for (i = 0; i < n; i++) {
			id[seen++] = list[i].id;
			if (list[i].seq != start + seen)
				return 2;	/* a gap, or out of order */
		}
		if (n == 0)
			nap();
	}
	return all_distinct(id, ALL) ? 0 : 3;
}

static int
take_part(int number)
{
	struct db	*db = open_runtime();

	if (number < WRITERS)
		return write_events(db);
	if (number < WRITERS + EXTENDERS)
		return extend_events(db);
	return read_events(db);
}

static void
writers_at_once_never_make_a_reader_skip(void **state)
{
	struct event	*list;

	(void)state;
	while (read_after(a, start, &list) > 0)
		start++;
	assert_int_equal(at_once(WRITERS + EXTENDERS + READERS, take_part), 0);
	assert_int_equal(extend(a), 0);
	assert_int_equal(read_after(a, start + ALL, &list), 0);
}

static int
setup(void **state)
{
	if (grants_setup(state) != 0)
		return -1;
	connection = new_connection(a, &user);
	while (extend(a) > 0)
		continue;		/* what others left */
	return 0;
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(an_event_that_commits_late_comes_after),
		promise(numbers_are_given_by_one_at_a_time),
		promise(an_event_added_twice_is_in_the_feed_once),
		promise(writers_at_once_never_make_a_reader_skip),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, grants_teardown);
}
