# What is due by the clock is begun at once, and what is planned together does
# not become due together.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Stopwatch;

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2 });
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
	cmp_ok $first, '>=', 4.8, 'not before it is due';
	cmp_ok $first, '<', 5.2, 'some early';
	cmp_ok $last, '>', 6.8, 'some late';
	is $times, 200, 'each at a time of its own';
};

done_testing;
