# Kill -9 of any process at any moment: what was acknowledged stays and is in
# the feed once, and calendlyd goes on.

use Cal::Test;

use Cal::Test::Deliveries;
use Cal::Test::Killer;
use Cal::Test::Load;

my $seed = $ENV{CAL_TEST_SEED} // int rand 1e6;
srand $seed;
note "CAL_TEST_SEED=$seed repeats the choice of moments";

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2,
	CALENDLYD_INGEST_WORKERS => 3 });
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');
my $killer = Cal::Test::Killer->new(c => $c);

sub kill_one ($pool, $load)
{
	my $moment = $load->done + 1 + int rand 25;
	$c->wait_for(sub { $load->done >= $moment }, 'the moment');
	$killer->kill_one($pool);
	return;
}

# Every delivery that was acknowledged, and after one more try every other,
# is one event.
sub nothing_lost ($load)
{
	my $count = $load->stop;
	note explain $count;
	is_deeply [grep { $load->again($c, $_) != 200 }
		$load->unacknowledged], [], 'a second try is enough';
	is_deeply [$load->not_once($c)], [], 'each is in the feed once';
	return;
}

# How many got no good answer.
sub lost ($count)
{
	my $n = 0;
	$n += $count->{$_} for grep { $_ ne '200' } keys %$count;
	return $n;
}

subtest 'ingest workers' => sub {
	my $load = Cal::Test::Deliveries->start($c, $url);
	kill_one('ingest', $load) for 1 .. 6;
	nothing_lost($load);
};

subtest 'runners, whatever they have in hand' => sub {
	my $load = Cal::Test::Deliveries->start($c, $url);
	kill_one('runner', $load) for 1 .. 4;
	is lost($load->count), 0, 'deliveries did not notice';
	nothing_lost($load);
};

subtest 'app workers, while people connect and hosts read' => sub {
	my $load = Cal::Test::Deliveries->start($c, $url, clients => 2);
	my $reader = Cal::Test::Load->start($c, clients => 2, request => [
		GET => '/v1/connections',
		{ Authorization => 'Bearer ' . $c->key }]);
	kill_one('app', $load) for 1 .. 4;
	my $count = $reader->stop;
	cmp_ok lost($count), '<=', 4, 'no more lost than was in hand'
	    or diag explain $count;
	nothing_lost($load);
	$c->connect('u2', person => 'marco', browser => $c->new_browser);
	is $c->api(GET => '/v1/connections/u2')->json('/status'),
	    'connected', 'all goes on';
};

subtest 'the master: the others leave, and a new one takes over' => sub {
	my $load = Cal::Test::Deliveries->start($c, $url);
	for (1 .. 3) {
		my $moment = $load->done + 20 + int rand 40;
		$c->wait_for(sub { $load->done >= $moment }, 'the moment');
		$killer->kill_master;
		$c->start_calendlyd;
	}
	nothing_lost($load);
};

subtest 'all of it at once' => sub {
	my $load = Cal::Test::Deliveries->start($c, $url);
	for (1 .. 3) {
		my $moment = $load->done + 20 + int rand 40;
		$c->wait_for(sub { $load->done >= $moment }, 'the moment');
		$c->calendlyd->kill9;
		$c->start_calendlyd;
	}
	nothing_lost($load);
};

done_testing;
