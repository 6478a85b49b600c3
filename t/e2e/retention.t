# Old rows are removed, in small steps and by any runner, but nothing that is
# still to be applied, or has been unreadable for too short a time; and a reader
# that has missed something is told.

use Cal::Test;

use Cal::Test::Body qw(delivery invitee_uri uuid);
use Cal::Test::Twin;
use Cal::Test::Waiters;

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2,
	CALENDLYD_RETENTION_EVENTS => 30,
	CALENDLYD_RETENTION_DELIVERIES => 10 });
$c->connect('u1', person => 'olivia');
$c->connect('u2', person => 'marco', browser => $c->new_browser);
my ($db, $serial) = ($c->db, 0);

sub value ($sql) { return ($db->selectrow_array($sql))[0] }
sub page ($query) { return $c->api(GET => "/v1/events?$query")->json }

sub head
{
	my $after = '';
	for (;;) {
		my $page = page("limit=1000$after");
		return $page->{next} if !$page->{more};
		$after = "&after=$page->{next}";
	}
}

# $n bookings of $user, in the feed; the cursor behind them.
sub booked ($n, $user = 'u1')
{
	my $seq = value('SELECT seq FROM feed_heads');
	$c->deliver($c->endpoint($user), delivery('invitee.created',
		uri => invitee_uri(uuid(9, ++$serial)))) for 1 .. $n;
	$c->wait_for(sub { value("SELECT count(*) FROM events WHERE feed_seq" .
		" > $seq AND type = 'invitee.created'") == $n }, 'the bookings');
	return head();
}

# Each runner sweeps when it starts.
sub sweep_until ($done, $what)
{
	$c->calendlyd->restart;
	$c->wait_for($done, $what);
	return $c->wait_ready;
}

sub age ($table, $column, $days, $where = 'true')
{
	return $db->do("UPDATE $table SET $column = $column" .
	    " - interval '$days days' WHERE $where");
}

my $first = booked(1);
my $second = booked(2);
sweep_until(sub { value('SELECT count(*) FROM feed_marks') },
    'a note of how far the feed has come');
my $mark = value('SELECT seq FROM feed_marks');
my $third = booked(2);

subtest 'events go when they have been in the feed for so long' => sub {
	age('feed_marks', 'at', 29);
	sweep_until(sub { value('SELECT count(*) FROM feed_marks') == 2 },
	    'another note');
	is page("after=$first")->{more}, Mojo::JSON->false, 'not before';
	my ($old, @rest) = $c->events;
	age('feed_marks', 'at', 2, "seq = $mark");
	sweep_until(sub { value('SELECT floor FROM feed_heads') == $mark },
	    'the floor to move');
	is value('SELECT min(feed_seq) FROM events'), $mark + 1,
	    'what came after is there';
	is $c->api(GET => "/v1/events/$old->{id}")->code, 404,
	    'what went is gone';
	is value('SELECT count(*) FROM feed_marks'), 1, 'so is the note';
	cmp_ok value('SELECT count(*) FROM meetings'), '>', 0,
	    'meetings stay';
};

subtest 'who has missed something is told; who has not reads on' => sub {
	my $res = $c->api(GET => "/v1/events?after=$first");
	is $res->code, 410, 'a place that has passed';
	is $res->json('/code'), 'cursor_expired', 'the code says it';
	is $c->api(GET => "/v1/events?after=$first&user_id=u2&wait=25")->code,
	    410, 'whatever the filter';
	is_deeply [map { $_->{id} } $c->events],
	    [map { $_->{id} } $c->events($second)],
	    'the place right before what is left is good, and none begins there';
};

subtest 'what comes late into the feed can be read as long as others' => sub {
	age('events', 'received_at', 400);
	my $n = value('SELECT count(*) FROM events');
	is value('SELECT sweep_events(1000, 30)'), 0, 'none goes';
	is value('SELECT count(*) FROM events'), $n, 'it stays';
};

subtest 'raw deliveries go by their age, never those still to be applied' => sub {
	my $n = value('SELECT count(*) FROM deliveries_in');
	$db->do(q{INSERT INTO delivery_queue (delivery_id, tenant_id,
		event_id, parked_at, next_run_at)
		SELECT id, tenant_id, event_id, now(), 'infinity'
		  FROM deliveries_in ORDER BY id LIMIT 1});
	$db->do(q{INSERT INTO delivery_queue (delivery_id, tenant_id,
		event_id, next_run_at)
		SELECT id, tenant_id, event_id, 'infinity'
		  FROM deliveries_in ORDER BY id OFFSET 1 LIMIT 1});
	my $young = value('SELECT max(id) FROM deliveries_in');
	age('deliveries_in', 'received_at', 9, "id < $young");
	is value('SELECT sweep_deliveries(1000, 10)'), 0, 'not before';
	age('deliveries_in', 'received_at', 1, "id < $young");
	sweep_until(sub { value('SELECT count(*) FROM deliveries_in') <= 3 },
	    'the others to go');
	is_deeply $db->selectcol_arrayref('SELECT id FROM deliveries_in d' .
	    ' WHERE NOT EXISTS (SELECT FROM delivery_queue q' .
	    ' WHERE q.delivery_id = d.id)'), [$young], 'a young one is kept';
	is value('SELECT count(*) FROM delivery_queue q JOIN deliveries_in d' .
	    ' ON d.id = q.delivery_id'), 2, 'so is what waits';
	$db->do('DELETE FROM delivery_queue');
};

subtest 'a delivery does not outlive its event' => sub {
	age('deliveries_in', 'received_at', 6);
	$c->configure(CALENDLYD_RETENTION_EVENTS => 5);
	sweep_until(sub { value('SELECT count(*) FROM deliveries_in') == 0 },
	    'all to go');
	$c->configure(CALENDLYD_RETENTION_EVENTS => 30);
	pass 'gone after the shorter time';
};

# Six batches a tenant; four runners of two hosts go at it at once.
subtest 'much goes in small steps, whoever else is at it' => sub {
	$db->do(q{WITH h AS (
		UPDATE feed_heads SET seq = seq + 3000
		RETURNING tenant_id, seq)
		INSERT INTO events (id, tenant_id, connection_id, user_id,
		       type, source, occurred_at, received_at, data, feed_seq)
		SELECT gen_random_uuid(), h.tenant_id, c.id, c.user_id, 'x',
		       'system', now(), now(), '{}', h.seq - 3000 + n
		  FROM h, connections c, generate_series(1, 3000) n
		 WHERE c.user_id = 'u1'});
	my $seq = value('SELECT seq FROM feed_heads');
	$db->do(q{INSERT INTO feed_marks (tenant_id, at, seq)
		SELECT tenant_id, now() - interval '31 days', seq
		  FROM feed_heads});
	is value('SELECT sweep_events(10, 30)'), 10, 'no more than asked';
	is value('SELECT floor FROM feed_heads') + 1,
	    value('SELECT min(feed_seq) FROM events'), 'the oldest first';
	$c->calendlyd->restart;
	my $twin = Cal::Test::Twin->start($c);
	$c->wait_ready;
	my $behind = booked(3);
	$c->wait_for(sub { value('SELECT floor FROM feed_heads') >= $seq },
	    'all to go');
	is value("SELECT count(*) FROM events WHERE feed_seq <= $seq"), 0,
	    'none is left';
	is scalar(grep { $_->{type} eq 'invitee.created' } $c->events), 3,
	    'what came meanwhile is there';
	is page("after=$behind")->{more}, Mojo::JSON->false, 'to the end';
	unlike $c->log_text(qr/calendlyd/), qr/deadlock|sweep_/,
	    'nobody stood in the way of anybody';
	$twin->stop;
};

subtest 'erasing a user is no reason to be told' => sub {
	my $before = head();
	my $behind = booked(1, 'u2');
	is $c->api(DELETE => '/v1/connections/u2?erase=true')->code, 200,
	    'erased';
	is $c->api(GET => "/v1/events?after=$_")->code, 200, 'a good place'
	    for $before, $behind;
};

subtest 'a place that a restored database has not come to is refused' => sub {
	my $head = head();
	my $w = Cal::Test::Waiters->new(c => $c);
	my $reader = $w->ask("after=$head&wait=25");
	$w->wait_waiting(1);
	$db->do('UPDATE feed_heads SET seq = seq - 1');
	is $w->wait_answer($reader)->{code}, 'cursor_expired',
	    'to who waits there';
	is $c->api(GET => "/v1/events?after=$head")->json('/code'),
	    'cursor_expired', 'to who asks';
};

done_testing;
