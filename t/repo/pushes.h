/*
 * pushes: a tenant with a destination, and pushers that claim it, take events
 * and record what became of them, as processes would.
 */
#ifndef T_REPO_PUSHES_H
#define T_REPO_PUSHES_H

#include "t/repo/feed.h"

#include "app/repo/destination.h"
#include "app/repo/push.h"

enum { FLIGHT = 512, CLAIM_S = 15 };
enum {
	PUSH_ROWS, PUSH_EXPIRE, PUSH_LEFT, PUSH_LOOK, PUSH_SPREAD,
	PUSH_DESTINATIONS, PUSH_READS, PUSH_LOOKS
};

static const struct db_stmt	push_looks[PUSH_LOOKS] = {
	/* A destination's pushes: number, first letter of the status. */
	[PUSH_ROWS] = { .name = "rows", .nparam = 1, .sql =
	    "SELECT coalesce(string_agg(seq || left(status, 1)"
	    "	|| CASE WHEN replay THEN 'r' ELSE '' END,"
	    "	' ' ORDER BY replay, seq, id), '')"
	    "  FROM pushes WHERE destination_id = $1::uuid" },
	[PUSH_EXPIRE] = { .name = "expire", .sql =
	    "UPDATE destinations SET owned_until = now() - interval '1 second'"
	    " WHERE owner IS NOT NULL" },
	/* What is wrong with the lanes of any destination. */
	[PUSH_LEFT] = { .name = "left", .sql =
	    "SELECT count(*) FROM ("
	    "	SELECT FROM pushes"
	    "	 WHERE status IN ('waiting', 'held')"
	    "	 GROUP BY destination_id, lane, replay"
	    "	HAVING count(*) FILTER (WHERE status = 'waiting') > 1) bad" },
	[PUSH_LOOK] = { .name = "look", .nparam = 1, .sql =
	    "SELECT attempts || ' ' || coalesce(answer_status, 0) || ' '"
	    "	|| coalesce(answered_ms::text, '-') || ' '"
	    "	|| (SELECT count(*) FROM push_attempts a"
	    "		WHERE a.push_id = p.id)"
	    "  FROM pushes p WHERE destination_id = $1::uuid"
	    " ORDER BY seq LIMIT 1" },
	/* The milliseconds from the first replay to the last. */
	[PUSH_SPREAD] = { .name = "spread", .nparam = 1, .sql =
	    "SELECT (extract(epoch FROM max(next_at) - min(next_at))"
	    "	* 1000)::int"
	    "  FROM pushes WHERE destination_id = $1::uuid AND replay" },
	[PUSH_DESTINATIONS] = { .name = "destinations", .sql =
	    "SELECT count(*) FROM destinations" },
	/* Entries of indexes of pushes that were read, by all sessions. */
	[PUSH_READS] = { .name = "reads", .sql =
	    "SELECT sum(idx_tup_read) FROM pg_stat_user_indexes"
	    " WHERE relname = 'pushes'" },
};

/* A pusher, and what it has in flight. */
struct pusher {
	struct db		*db;
	const char		*owner;
	struct push_target	 target;
	int64_t			 after;
	struct push_taken	 flight[FLIGHT];
	int			 n;
	/* From the last answer. */
	struct push_taken	 news;
	int64_t			 now;
};

static const char	*dest;
static struct db	*looks;
static const char *const	all_types[] = { "*", NULL };

/* Returns what a statement of push_looks says. */
static inline const char *
look(int stmt, const char *arg)
{
	const struct db_arg	 args[] = { db_text(arg) };
	const struct db_query	 q = { stmt, push_looks[stmt].nparam, args };
	struct db_rows		 rows;

	ok(db_run(looks, mem, q, &rows));
	return rows.n == 0 || rows.ncol == 0 ? "" : db_cell(&rows, 0, 0);
}

#define rows_are(text)							\
	assert_string_equal(look(PUSH_ROWS, dest), (text))

/* Makes a uuid of a small number: a lane. */
static inline const char *
lane(int n)
{
	return arena_printf(mem, "00000000-0000-4000-8000-%012d", n);
}

static inline const char *
new_destination(const char *const *types, const char *for_user, bool oldest)
{
	const struct destination_new	 d = {
		.id = crypto_uuid(mem),
		.url = "https://example.com/hook",
		.description = "",
		.types = types,
		.user_id = for_user,
		.secret_sealed = { "\1\0\0\0\1secret", 11 },
		.from_oldest = oldest,
	};

	ok(in_tenant(a, destination_add(tx_of(a), &d)));
	return d.id;
}

/* Every test has a tenant of its own, with one destination. */
static inline void
begin_pushing(void)
{
	script("SET ROLE calendlyd_definer; DELETE FROM destinations");
	tenant = new_tenant();
	connection = new_connection(a, &user);
	dest = new_destination(all_types, NULL, false);
}

/* Adds an event for each lane, numbered from the head on. */
static inline void
happens_as(const char *type, const char *body, int n, const int *lanes)
{
	struct event_new	*all = arena_array(mem, (size_t)n,
				    sizeof(*all));
	int			 i;

	for (i = 0; i < n; i++) {
		all[i] = event_of(NULL);
		all[i].type = type;
		all[i].body = body;
		all[i].meeting_id = lane(lanes[i]);
	}
	ok(in_tenant(a, event_append(tx_of(a), all, n)));
}

#define happens(...)							\
	happens_as("test", "{}",					\
	    (int)(sizeof((int[]){ __VA_ARGS__ }) / sizeof(int)),	\
	    (int[]){ __VA_ARGS__ })

static inline struct pusher *
new_pusher(struct db *db)
{
	struct pusher	*p = arena_alloc(mem, sizeof(*p));

	p->db = db;
	p->owner = crypto_uuid(mem);
	return p;
}

/* Claims this tenant's destination; false: it was not to be had. */
static inline bool
claims(struct pusher *p)
{
	struct push_target	*t;
	int			 n;

	ok(push_claim(p->db, mem, p->owner, CLAIM_S, 10, &t, &n));
	assert_in_range(n, 0, 1);
	if (n == 0)
		return false;
	p->target = t[0];
	p->after = t[0].cursor;
	return true;
}

static inline struct push_room
room_of(const struct pusher *p, int room, bool probe)
{
	return (struct push_room){ p->target.id, p->target.version, p->after,
		room, probe };
}

/* Takes with this room; returns how many events. */
static inline int
takes_as(struct pusher *p, int room, bool probe)
{
	const struct push_room	 r = room_of(p, room, probe);
	struct push_busy	*busy = arena_array(mem, FLIGHT, sizeof(*busy));
	struct push_taken	*t;
	int			 i, n, taken = 0;

	for (i = 0; i < p->n; i++)
		busy[i] = (struct push_busy){ p->target.id,
			p->flight[i].push_id, p->flight[i].lane,
			p->flight[i].replay };
	ok(push_take(p->db, mem, p->owner, CLAIM_S, &r, 1, busy, p->n, &t, &n,
	    &p->now));
	assert_in_range(n, 1, FLIGHT - p->n);
	for (i = 0; i < n; i++) {
		assert_string_equal(t[i].destination_id, p->target.id);
		if (t[i].event.id == NULL)
			continue;
		p->flight[p->n++] = t[i];
		taken++;
	}
	p->news = t[0];
	p->after = t[0].after;
	return taken;
}

#define takes(p, room)	takes_as((p), (room), false)

/* The numbers of what is in flight, in their order. */
static inline const char *
in_flight(const struct pusher *p)
{
	const char	*s = "";
	int64_t		 done = 0, next;
	int		 i, k;

	for (k = 0; k < p->n; k++) {
		next = INT64_MAX;
		for (i = 0; i < p->n; i++)
			if (p->flight[i].event.seq > done &&
			    p->flight[i].event.seq < next)
				next = p->flight[i].event.seq;
		if (next == INT64_MAX)
			break;
		s = arena_printf(mem, "%s%s%lld", s, *s == '\0' ? "" : " ",
		    (long long)next);
		done = next;
	}
	return s;
}

/* The cursor: all up to it is delivered, or has a row. */
static inline int64_t
cursor_of(const struct pusher *p)
{
	int64_t	 cursor = p->after;
	int	 i;

	for (i = 0; i < p->n; i++)
		if (p->flight[i].push_id == NULL &&
		    p->flight[i].event.seq <= cursor)
			cursor = p->flight[i].event.seq - 1;
	return cursor;
}

static inline struct push_result
result_of(const struct pusher *p, const struct push_taken *t,
    enum push_status status, int64_t at)
{
	const bool	 delivered = status == PUSH_DELIVERED;

	return (struct push_result){
		.destination_id = t->destination_id,
		.tenant_id = p->target.tenant_id,
		.push_id = t->push_id,
		.event_id = t->event.id,
		.seq = t->event.seq,
		.lane = t->lane,
		.replay = t->replay,
		.status = status,
		.at = at,
		.answer_status = delivered ? 200 : 500,
		.ms = 12,
		.answer = "so",
		.error = delivered ? NULL : "answered 500",
		.next_at = status == PUSH_WAITING ? p->now - 1 : 0,
		.answered_ms = 77,
	};
}

static inline struct push_progress
progress_of(const struct pusher *p, bool release)
{
	return (struct push_progress){
		.destination_id = p->target.id,
		.version = p->target.version,
		.cursor = cursor_of(p),
		.release = release,
		.health = p->target.health,
	};
}

static inline void
records(struct pusher *p, const struct push_result *r, int n, bool release)
{
	const struct push_progress	 now = progress_of(p, release);
	const char *const		*left;

	ok(push_record(p->db, mem, p->owner, r, n, &now, 1, &left));
	assert_null(left[0]);
}

/* Returns the place in "flight" of this number. */
static inline int
place_of(const struct pusher *p, int64_t seq)
{
	int	 i;

	for (i = 0; i < p->n && p->flight[i].event.seq != seq; i++)
		continue;
	assert_in_range(i, 0, p->n - 1);
	return i;
}

/* What has this number in the feed has ended so, and that is recorded. */
static inline void
ends(struct pusher *p, int64_t seq, enum push_status status)
{
	static int64_t			 clock = 1000000;
	const int			 i = place_of(p, seq);
	const struct push_result	 r = result_of(p, &p->flight[i],
					    status, clock++);

	p->flight[i] = p->flight[--p->n];
	records(p, &r, 1, false);
}

static inline void
releases(struct pusher *p)
{
	assert_int_equal(p->n, 0);
	records(p, NULL, 0, true);
}

/* Claims expire, as if their pushers had been killed a while ago. */
static inline void
claims_expire(void)
{
	(void)look(PUSH_EXPIRE, NULL);
}

static inline int
pushes_setup(void **state)
{
	if (grants_setup(state) != 0)
		return -1;
	looks = open_as(owner_url(), push_looks, PUSH_LOOKS);
	return 0;
}

static inline int
pushes_teardown(void **state)
{
	db_free(looks);
	return grants_teardown(state);
}

#define run_pushes(tests)						\
	(cmocka_set_message_output(CM_OUTPUT_TAP),			\
	    cmocka_run_group_tests(tests, pushes_setup, pushes_teardown))

#endif
