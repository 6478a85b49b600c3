/*
 * ingest: a batch of deliveries is stored in one call, each delivery once,
 * whatever else is in the batch and whoever stores the same at the same time.
 */
#include "t/repo/deliveries.h"
#include "t/repo/waiting.h"

static const char	world[] =
    "INSERT INTO tenants (name) VALUES ('anna'), ('boris');"
    "INSERT INTO connections (id, tenant_id, user_id, status)"
    " SELECT md5(name)::uuid, id, 'u', 'connected' FROM tenants;"
    "INSERT INTO endpoints (tenant_id, connection_id, hash, state,"
    "    drain_until)"
    " SELECT t.id, md5(t.name)::uuid, sha256((t.name || e.name)::bytea),"
    "    e.state, e.until"
    "   FROM tenants t, (VALUES ('1', 'live', NULL),"
    "    ('2', 'draining', now() + interval '1 hour'),"
    "    ('late', 'draining', now() - interval '1 s'),"
    "    ('gone', 'retired', NULL)) e (name, state, until);"
    "UPDATE endpoints SET state = 'live', connection_id = NULL"
    "  WHERE hash = sha256('borislate')";

static void
each_has_a_fate_of_its_own(void **state)
{
	const struct delivery_new	 d[BATCH] = {
		about("anna1", "a"), about("nobody", "a"), about("anna2", "a"),
		about("annalate", "b"), about("boris1", "a"),
		about("annagone", "a"),
	};
	const struct delivery_new	 erased[] = { about("borislate", "a") };

	(void)state;
	assert_string_equal(stored(d, BATCH), "sukssr");
	assert_string_equal(stored(d, BATCH), "kukkkr");
	assert_string_equal(stored(erased, 1), "r");
	assert_string_equal(stored(d, 0), "");
}

static void
what_is_stored_is_what_came(void **state)
{
	static const char	 all[] = "\0\1\\x\xff";
	static const char	 flaw[] = "it, \"is\" {not} \\ NULL";
	struct delivery_new	 d = about("anna1", "c");
	struct delivery		 is;

	(void)state;
	d.body = (struct bytes){ all, sizeof(all) };
	assert_string_equal(stored(&d, 1), "s");
	ok(db_begin(db));
	is = newest();
	assert_string_equal(is.kind, "invitee.created");
	assert_null(is.flaw);
	assert_int_equal(is.body.n, sizeof(all));
	assert_memory_equal(is.body.p, all, sizeof(all));
	db_rollback(db);

	d.known = (struct bytes){ "d", 2 };
	d.kind = NULL;
	d.flaw = flaw;
	assert_string_equal(stored(&d, 1), "s");
	ok(db_begin(db));
	is = newest();
	assert_null(is.kind);
	assert_string_equal(is.flaw, flaw);
	db_rollback(db);
}

/*
 * Makes an event's id as the first version did, because ids must never change.
 */
static const char *
event_id(const char *connection_id, struct bytes known)
{
	const struct bytes	 parts[] = {
		{ connection_id, strlen(connection_id) + 1 }, known
	};
	uint8_t			 h[CRYPTO_HASHSZ];
	const char		*x;

	crypto_sha256(h, parts, 2);
	h[6] = (uint8_t)((h[6] & 15) | 128);
	h[8] = (uint8_t)((h[8] & 63) | 128);
	x = crypto_hex(mem, (struct bytes){ h, 16 });
	return arena_printf(mem, "%.8s-%.4s-%.4s-%.4s-%.12s", x, x + 8,
	    x + 12, x + 16, x + 20);
}

static void
the_id_of_the_event_is_made_from_what_it_is_known_by(void **state)
{
	static const char	 known[] = "invitee.created\0abc\0";
	struct delivery_new	 d = about("boris1", "");
	struct delivery		 is;

	(void)state;
	d.known = (struct bytes){ known, sizeof(known) };
	assert_string_equal(stored(&d, 1), "s");
	ok(db_begin(db));
	is = newest();
	assert_string_equal(is.event_id, event_id(is.connection_id, d.known));
	db_rollback(db);
}

/*
 * Stores two deliveries in a child process.  The parent has stored them by the
 * time that this call ends, so both must be known.
 */
static void
store_both(const struct delivery_new *d)
{
	db = open_runtime();
	_exit(strcmp(stored(d, 2), "kk") == 0 ? 0 : 1);
}

static const char *
id_of(const struct delivery_new *d)
{
	const char	*id;

	ok(db_begin(db));
	assert_string_equal(stored(d, 1), "s");
	id = newest().event_id;
	db_rollback(db);
	return id;
}

/*
 * One process stores the lower id, then the higher one; another stores both in
 * one batch.  If the batch took the higher id first, each process would wait
 * for a row that the other holds.
 */
static void
collide(const char *a, const char *b, bool lower_first)
{
	struct delivery_new	 d[] = { about("anna1", a), about("anna1", b) };
	const int		 low = strcmp(id_of(&d[0]), id_of(&d[1])) > 0;
	const struct delivery_new both[] = {
		d[lower_first ? low : !low], d[lower_first ? !low : low]
	};
	int			 status;
	pid_t			 pid;

	ok(db_begin(db));
	assert_string_equal(stored(&d[low], 1), "s");
	if ((pid = fork()) == 0)
		store_both(both);
	wait_until_somebody_waits();
	assert_string_equal(stored(&d[!low], 1), "s");
	ok(db_commit(db));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void
two_who_store_the_same_do_not_wait_for_each_other(void **state)
{
	(void)state;
	collide("v", "w", true);
	collide("x", "y", false);
}

static int
setup(void **state)
{
	if (group_setup(state) != 0)
		return -1;
	script(world);
	db = open_runtime();
	return 0;
}

static int
teardown(void **state)
{
	db_free(db);
	return group_teardown(state);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		promise(each_has_a_fate_of_its_own),
		promise(what_is_stored_is_what_came),
		promise(the_id_of_the_event_is_made_from_what_it_is_known_by),
		promise(two_who_store_the_same_do_not_wait_for_each_other),
	};

	(void)cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
