/*
 * meeting_merge: tests of app/service/meeting/merge.h.  Events that are applied
 * in any order, and any number of times, end in the same meetings.
 */
#include "t/unit/pictures.h"
#include "t/unit/stories.h"

enum {
	MOST = 64,		/* events of one story, or of all together */
	ROUNDS = 2000,
};

/* Where what is read of the stories stays until the end. */
static struct arena	*library;

/* What was said, read once: it is seen in thousands of orders. */
static const struct sighting *
read_once(const struct said *said)
{
	static struct {
		const struct said	*said;
		struct sighting		 s;
	}			 known[MOST];
	struct arena		*whole = mem;
	int			 i;

	for (i = 0; i < MOST - 1 && known[i].said != NULL; i++)
		if (known[i].said == said)
			break;
	if (known[i].said == said)
		return &known[i].s;
	assert_null(known[i].said);
	if (library == NULL)
		library = arena_new(HELPER_CAP);
	mem = library;
	assert_true(sighting_of(said, &known[i].s));
	mem = whole;
	known[i].said = said;
	return &known[i].s;
}

/* Applies one event to the picture and returns what it changed. */
static enum meeting_change
see(struct picture *p, const struct said *said)
{
	return seen_in(p, read_once(said)).change;
}

static const char *
seen_in_order(const struct said *const *said, const int *order, int n)
{
	struct picture	 p = { .n = 0 };
	int		 i;

	for (i = 0; i < n; i++)
		(void)see(&p, said[order[i]]);
	return text_of(&p);
}

static void
swap(int *a, int *b)
{
	int	 t = *a;

	*a = *b;
	*b = t;
}

/*
 * Tries every order of the first "n" of "all" events, by Heap's algorithm; each
 * must end in the text "want".
 */
static void
check_permutations(const struct said *const *said, int *order, int n, int all,
    const char *want)
{
	int	 i;

	if (n <= 1) {
		assert_string_equal(seen_in_order(said, order, all), want);
		return;
	}
	for (i = 0; i < n; i++) {
		check_permutations(said, order, n - 1, all, want);
		swap(&order[n % 2 == 0 ? i : 0], &order[n - 1]);
	}
}

static void
every_order_of_a_story_ends_alike(void **state)
{
	struct arena	*whole = mem;
	const struct said *said[MOST];
	const char	*want;
	int		 i, k, n, order[MOST];

	(void)state;
	for (i = 0; stories[i].said != NULL; i++) {
		n = stories[i].n;
		assert_true(n <= 6);
		for (k = 0; k < n; k++) {
			order[k] = k;
			said[k] = &stories[i].said[k];
		}
		want = seen_in_order(said, order, n);
		mem = arena_new(HELPER_CAP * 2);
		check_permutations(said, order, n, n, want);
		arena_free(mem);
		mem = whole;
	}
}

/*
 * The test has its own random numbers, from a fixed seed, so that a failure can
 * be repeated.
 */
static uint32_t	seed = 1;

static int
below(int n)
{
	seed = seed * 1664525u + 1013904223u;
	return (int)((seed >> 8) % (uint32_t)n);
}

static void
shuffle(int *order, int n)
{
	int	 i;

	for (i = n - 1; i > 0; i--)
		swap(&order[i], &order[below(i + 1)]);
}

/*
 * In each round a random part of all events is applied in two random orders,
 * the second time with repetitions; the meetings must be the same.
 */
static void
any_events_in_any_order_however_often_end_alike(void **state)
{
	struct arena	*whole = mem;
	const struct said *all[MOST];
	int		 one[MOST] = { 0 }, two[3 * MOST], i, k, n, nall, ntwo;

	(void)state;
	for (i = nall = 0; stories[i].said != NULL; i++)
		for (k = 0; k < stories[i].n; k++)
			all[nall++] = &stories[i].said[k];
	for (i = 0; i < ROUNDS; i++) {
		mem = arena_new(HELPER_CAP);
		for (k = n = 0; k < nall; k++)
			if (below(3) != 0)
				one[n++] = k;
		memcpy(two, one, (size_t)n * sizeof(one[0]));
		for (ntwo = n; n > 0 && ntwo < n + below(2 * n); ntwo++)
			two[ntwo] = one[below(n)];
		shuffle(one, n);
		shuffle(two, ntwo);
		assert_string_equal(seen_in_order(all, one, n),
		    seen_in_order(all, two, ntwo));
		arena_free(mem);
	}
	mem = whole;
}

/*
 * Applies the events of each story last to first, and compares what is shown of
 * the meetings with what the story says is true.
 */
static void
a_story_ends_in_the_picture_that_is_true(void **state)
{
	const struct story	*s;
	const char		*got;
	struct picture		 p;
	int			 i, k;

	(void)state;
	for (s = stories; s->said != NULL; s++) {
		p = (struct picture){ .n = 0 };
		for (i = s->n - 1; i >= 0; i--)
			(void)see(&p, &s->said[i]);
		for (k = 0; k < s->ntruth; k++) {
			got = shown_at(meeting_shown(p.meetings, p.n,
			    s->truth[k].event), s->truth[k].path);
			if (strcmp(got, s->truth[k].value) != 0)
				fail_msg("%s: %s is %s, not %s", s->title,
				    s->truth[k].path, got,
				    s->truth[k].value);
		}
	}
}

static void
a_change_is_named_for_what_happened(void **state)
{
	const struct story	*s;
	struct picture		 p;
	const char		*got;
	int			 i;

	(void)state;
	for (s = stories; s->said != NULL; s++) {
		p = (struct picture){ .n = 0 };
		for (i = 0; i < s->n; i++) {
			got = meeting_change_name(see(&p, &s->said[i]));
			if (strcmp(got == NULL ? "-" : got,
			    s->said[i].change) != 0)
				fail_msg("%s, %d: %s, not %s", s->title, i,
				    got, s->said[i].change);
		}
		for (i = 0; i < s->n; i++)
			assert_int_equal(see(&p, &s->said[i]), MEETING_SAME);
	}
}

static void
since_when_is_not_known_of_what_moves_no_updated_at(void **state)
{
	static const struct said	 said[] = {
		{ "invitee.created", "05:00", 1, "05:00", ",\"name\":\"a\"",
		    1, "05:00", "", "created" },
		{ "invitee.created", "07:00", 1, "05:00", ",\"name\":\"b\"",
		    1, "05:00", "", "updated" },
		{ "invitee.created", "09:00", 1, "08:00", ",\"name\":\"c\"",
		    1, "05:00", "", "updated" },
	};
	struct picture			 p = { .n = 0 };
	struct news			 news;

	(void)state;
	(void)see(&p, &said[0]);
	news = seen_in(&p, read_once(&said[1]));
	assert_int_equal(news.change, MEETING_UPDATED);
	assert_null(news.since);
	news = seen_in(&p, read_once(&said[2]));
	assert_string_equal(news.since, DAY "10:08:00.000000Z");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		promise(a_change_is_named_for_what_happened),
		promise(a_story_ends_in_the_picture_that_is_true),
		promise(every_order_of_a_story_ends_alike),
		promise(any_events_in_any_order_however_often_end_alike),
		promise(since_when_is_not_known_of_what_moves_no_updated_at),
	};

	int	 failed;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = crypto_init() != CAL_OK ||
	    cmocka_run_group_tests(tests, NULL, NULL) != 0;
	arena_free(library);
	return failed;
}
