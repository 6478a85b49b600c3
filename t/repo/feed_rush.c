/*
 * feed_rush: a reader never skips an event, however others write meanwhile:
 * some commit late, some add events one by one and some many at once, and some
 * transactions are rolled back.
 */
#include "t/repo/feed.h"

#include <time.h>

#include "lib/clock.h"

enum {
	WRITERS = 16,
	EXTENDERS = 2,
	READERS = 2,
	EACH = 24,			/* events by one writer */
	ALL = WRITERS * EACH,
	DEADLINE_MS = 60 * 1000,
};

static int64_t	start;		/* the feed's head before the rush */

/*
 * Sleeps for a random time of up to 5 ms, so that no two runs are alike;
 * returns the random byte.
 */
static unsigned char
nap(void)
{
	unsigned char	 some;
	struct timespec	 ts = { 0, 0 };

	crypto_random(&some, sizeof(some));
	ts.tv_nsec = (long)some * 20000;
	(void)nanosleep(&ts, NULL);
	return some;
}

/* Adds two events that wait for their numbers, with a pause between them. */
static enum cal_err
add_two(struct db *db)
{
	enum cal_err	 rc = add(db, crypto_uuid(mem));

	(void)nap();
	return rc == CAL_OK ? add(db, crypto_uuid(mem)) : rc;
}

/*
 * Adds two events in each transaction, and keeps it open for a while.  Every
 * other writer appends its events to the feed; the others leave the numbering
 * to the extenders.  Each writer rolls some transactions back.
 */
static int
write_events(struct db *db, bool appends)
{
	int	 i;

	for (i = 0; i < EACH;) {
		tenant_begins(db);
		ok(appends ? append(db, crypto_uuid(mem), crypto_uuid(mem)) :
		    add_two(db));
		if (nap() % 4 == 0) {
			db_rollback(db);
			continue;
		}
		ok(db_commit(db));
		i += 2;
	}
	return 0;
}

/*
 * Numbers events in small batches until all are in the feed.  The last ones may
 * get their numbers from a writer that appends.
 */
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
			(void)nap();
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

/*
 * Reads page by page, as a host app does.  Every id in this test is new, so the
 * numbers must have no gap.  Returns 0, or what is wrong: 1 if the time is
 * over, 2 if a number is not the next one, 3 if an event came twice.
 */
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
			(void)nap();
	}
	return all_distinct(id, ALL) ? 0 : 3;
}

static int
take_part(int number)
{
	struct db	*db = open_runtime();

	if (number < WRITERS)
		return write_events(db, number % 2 == 0);
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

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(writers_at_once_never_make_a_reader_skip),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, feed_setup, grants_teardown);
}
