# What is due by the clock is begun at once, and what is planned together does
# not become due together.

use Cal::Test;
use Cal::Test::Age;
use Cal::Test::Books;
use Cal::Test::Stopwatch;

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2 });
$c->waits_for_walks(0);
my $books = Cal::Test::Books->new(test => $c);
$c->connect('u1', person => 'olivia');
$books->settle;

sub lists { return $books->calls('GET /webhook_subscriptions') }

subtest 'a regular check is begun when it is due' => sub {
	for (1 .. 3) {
		my $before = lists();
		$c->db->do(q{UPDATE connections SET next_check_at = now()
			+ interval '0.3 s'});
		my $watch = Cal::Test::Stopwatch->start($c);
		$c->wait_for(sub { lists() > $before }, 'the check', 90);
		cmp_ok $watch->seconds, '<', 2, 'within a moment';
		$books->settle;
	}
};

subtest 'so is a poll' => sub {
	my $before = $books->calls('GET /scheduled_events');
	$c->db->do(q{UPDATE syncs SET next_at = now() + interval '0.3 s'});
	my $watch = Cal::Test::Stopwatch->start($c);
	$c->wait_for(sub { $books->calls('GET /scheduled_events') > $before },
	    'the poll');
	cmp_ok $watch->seconds, '<', 2, 'within a moment';
};

subtest 'many that are added together are checked one after the other' => sub {
	my ($first, $last, $times) = $c->db->selectrow_array(q{
		WITH added AS (
			INSERT INTO connections (tenant_id, user_id, status)
			SELECT t.id, 'many' || n, 'connected'
			  FROM tenants t, generate_series(1, 200) n
			RETURNING extract(epoch FROM next_check_at - now())
				/ 3600 AS hours)
		SELECT min(hours), max(hours), count(DISTINCT hours)
		  FROM added});
	cmp_ok $first, '>=', 19.2, 'not before it is due';
	cmp_ok $first, '<', 20.8, 'some early';
	cmp_ok $last, '>', 27.2, 'some late';
	is $times, 200, 'each at a time of its own';
};

subtest 'a day without a runner is caught up with, within the limit' => sub {
	my ($limit, $users) = (20, 8);
	$books->switch(rate_limit_minute => $limit, rate_limit_seconds => 2);
	$c->sandbox(POST => '/sandbox/people', { count => $users,
		prefix => 'p' });
	for my $n (1 .. $users) {
		$c->sandbox(POST => '/sandbox/history', { person => "p$n",
			past => 10, ahead => 20, days_back => 2 });
		$c->connect("p$n", person => "p$n",
			browser => $c->new_browser);
	}
	my $known = q{SELECT count(*) FROM syncs WHERE phase IS NULL AND
		known_until > now() - interval '10 minutes'};
	$c->wait_for(sub { $books->one($known) >= $users }, 'the first walks');
	$c->calendlyd->stop;
	# Visits are up to 1.2 days apart.
	Cal::Test::Age->new(c => $c)->pass(30 * 3600);
	is $books->one($known), 0, 'nothing is known of this day';
	$c->start_calendlyd;
	$c->wait_for(sub { $books->one($known) >= $users }, 'all to be known');
	my $rates = $books->state('rates')->{rates};
	cmp_ok $rates->{"p$_"}{peak}, '<=', $limit,
	    "p$_: never more calls than are allowed" for 1 .. $users;
	is $rates->{"p$_"}{limited}, 0, 'none is refused' for 1 .. $users;
};

done_testing;
