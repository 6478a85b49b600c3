/*
 * push_storm: two pushers that are killed, lose their claims and go on, while
 * the destination is changed and dead events are driven again, in an order that
 * chance gives.  However it goes, every event arrives or is given up, and of
 * each lane none arrives first before an earlier one has.
 */
#include "t/repo/pushes.h"

enum { STEPS = 600, LANES = 4, EVENTS = 120 };
enum { STATUS };

static const struct db_stmt	status_of[] = {
	[STATUS] = { .name = "status", .nparam = 2, .sql =
	    "SELECT status FROM pushes WHERE destination_id = $1::uuid"
	    "   AND seq = $2::bigint AND NOT replay" },
};

static struct db	*eyes;
static struct pusher	*pushers[2];
static int		 lanes[EVENTS + 1], nevents;
static bool		 received[EVENTS + 1], given_up[EVENTS + 1];
static uint64_t		 chance_state;

/* The last one has found a fault once. */
static const uint64_t	 storms[] = { 1, 2, 32 };
enum { STORMS = sizeof(storms) / sizeof(storms[0]) };

/* Returns a number below "n" (xorshift64). */
static int
chance(int n)
{
	chance_state ^= chance_state << 13;
	chance_state ^= chance_state >> 7;
	chance_state ^= chance_state << 17;
	return (int)(chance_state % (uint64_t)n);
}

static bool
is_dead(int seq)
{
	struct db_rows	 rows;

	ok(db_run(eyes, mem, DB_QUERY(STATUS, db_text(dest),
	    db_int(mem, seq)), &rows));
	return rows.n == 1 && strcmp(db_cell(&rows, 0, 0), "dead") == 0;
}

static void
receives(int seq)
{
	int	 i;

	for (i = 1; i < seq && !received[seq]; i++)
		if (lanes[i] == lanes[seq] && !received[i] && !given_up[i])
			fail_msg("%d arrives before %d", seq, i);
	received[seq] = true;
}

static void
something_happens(void)
{
	const int	 l = chance(LANES);

	if (nevents == EVENTS)
		return;
	happens(l);
	lanes[++nevents] = l;
}

static void
one_ends(struct pusher *p)
{
	int	 seq, luck = chance(10);

	if (p->n == 0)
		return;
	seq = (int)p->flight[chance(p->n)].event.seq;
	if (luck < 6)
		receives(seq);
	ends(p, seq, luck < 6 ? PUSH_DELIVERED : luck < 9 ? PUSH_WAITING :
	    PUSH_DEAD);
	given_up[seq] = given_up[seq] || is_dead(seq);
}

/* Some of what it had in flight has arrived. */
static void
is_killed(struct pusher *p)
{
	int	 i;

	for (i = 0; i < p->n; i++)
		if (chance(2) == 0)
			receives((int)p->flight[i].event.seq);
	p->n = 0;
	p->owner = crypto_uuid(mem);
	claims_expire();
}

static void
goes_on(struct pusher *p)
{
	if (p->target.id == NULL || strcmp(p->target.id, dest) != 0 ||
	    (p->n == 0 && chance(4) == 0)) {
		(void)claims(p);
		return;
	}
	(void)takes_as(p, 1 + chance(4), chance(5) == 0);
	if (p->news.lost && p->n == 0)
		p->target.id = NULL;
}

static void
somebody_interferes(void)
{
	const struct destination_change	 change = { .description = "other" };
	int64_t				 n;
	bool				 more;

	switch (chance(4)) {
	case 0:
		ok(in_tenant(a, destination_change(tx_of(a), dest, &change)));
		break;
	case 1:
		ok(in_tenant(a, push_redrive(tx_of(a), dest, NULL, 2, &n,
		    &more)));
		break;
	case 2:
		claims_expire();
		break;
	default:
		is_killed(pushers[chance(2)]);
	}
}

static void
step(void)
{
	struct pusher	*p = pushers[chance(2)];
	int		 luck = chance(20);

	if (luck < 4)
		something_happens();
	else if (luck < 11)
		goes_on(p);
	else if (luck < 18)
		one_ends(p);
	else if (luck < 19 && p->n == 0 && p->target.id != NULL)
		releases(p);
	else
		somebody_interferes();
	assert_string_equal(look(PUSH_LEFT, NULL), "0");
}

/* All is calm, and what is left is delivered. */
static void
calm(void)
{
	struct pusher	*p = new_pusher(a);
	int		 i, seq, turns = 0;

	while (claims_expire(), claims(p)) {
		assert_in_range(turns++, 0, 10 * EVENTS);
		while (takes(p, 10) > 0 || p->n > 0)
			while (p->n > 0) {
				seq = (int)p->flight[0].event.seq;
				receives(seq);
				ends(p, seq, PUSH_DELIVERED);
			}
		releases(p);
	}
	for (i = 1; i <= nevents; i++)
		if (!received[i] && !given_up[i])
			fail_msg("%d never arrived", i);
	assert_null(strpbrk(look(PUSH_ROWS, dest), "wh"));
}

static void
every_event_arrives_in_the_order_of_its_lane(void **state)
{
	int	 storm, i;

	(void)state;
	eyes = open_as(owner_url(), status_of, 1);
	for (storm = 0; storm < STORMS; storm++) {
		chance_state = 1234567891u * storms[storm];
		begin_pushing();
		nevents = 0;
		memset(received, 0, sizeof(received));
		memset(given_up, 0, sizeof(given_up));
		pushers[0] = new_pusher(a);
		pushers[1] = new_pusher(b);
		for (i = 0; i < STEPS; i++)
			step();
		calm();
	}
	db_free(eyes);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(every_event_arrives_in_the_order_of_its_lane),
	};

	return run_pushes(tests);
}
