# Connections for which Calendly hangs delay one for which it answers by
# seconds, not minutes, however many they are; and when the hang ends, all of
# them recover, and nothing is lost.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Crowd;
use Cal::Test::Stopwatch;

my $many = $ENV{CAL_TEST_LONG} ? 1000 : 150;
my $c = Cal::Test->start(settings => { CALENDLYD_LOG_LEVEL => 'info' });
my $books = Cal::Test::Books->new(test => $c)->unlimited($many);
my $list = '/webhook_subscriptions';

# As the checks that come round do, the first to hang first.
sub ask_for (@user)
{
	return $c->db->do(q{INSERT INTO jobs (tenant_id, kind, subject,
		next_run_at) SELECT tenant_id, 'reconcile', id::text, now() -
		interval '1 minute' + array_position(?, user_id) *
		interval '1 ms' FROM connections WHERE user_id = ANY (?)
		ON CONFLICT (kind, subject) DO UPDATE SET next_run_at = now()},
		undef, \@user, \@user);
}

# No answer; one that drips; a head and a few bytes, and then no more.
sub hang
{
	$books->fault(slow_body => GET => $list, value => 50_000,
		person => 'p2*');
	$books->fault(slow_body => GET => $list, value => 5_000_000,
		person => 'p3*');
	$books->fault(hang => GET => $list, person => 'p*');
	return;
}

# Seconds from when all are asked for until the good one is mended.
sub delay_of ($good, @bad)
{
	my ($hook) = $books->hooks($good);
	$books->unsubscribe($good, $hook->{uri});
	my $watch = Cal::Test::Stopwatch->start($c);
	ask_for(@bad, "good-$good");
	$c->wait_for(sub {
		my ($now) = $books->hooks($good);
		$now && $now->{uri} ne $hook->{uri}
	}, "$good to have a subscription again", 300);
	return $watch->seconds;
}

$c->connect("good-$_", person => $_, browser => $c->new_browser)
    for qw(olivia sam);
my $count = Cal::Test::Crowd->new(c => $c, n => $many)->connect_all;
is_deeply $count, { 'reconnect connected' => $many }, "$many are connected";
hang();

subtest 'twelve that hang' => sub {
	my $delay = delay_of('olivia', map { "u$_" } 1 .. 12);
	cmp_ok $delay, '<', 10, 'delay a good one by seconds';
	note "$delay s";
};

subtest "$many that hang" => sub {
	my $delay = delay_of('sam', map { "u$_" } 1 .. $many);
	cmp_ok $delay, '<', 10, 'delay a good one by seconds, too';
	note "$delay s";
};

done_testing;
