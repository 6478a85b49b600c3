# Calendly's rate limit over some of its minutes, in real time: no call is
# refused, and nearly all that are allowed are made. Only in the long form.

use Cal::Test;
use Cal::Test::Books;
use Test::More;
use Time::HiRes qw(sleep time);

plan skip_all => 'it takes minutes: CAL_TEST_LONG=1 runs it'
    if !$ENV{CAL_TEST_LONG};

my $MINUTES = 2;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c);
$c->connect('u1', person => 'olivia');
$books->switch(rate_limit_minute => 50);

sub count_calls ($status)
{
	return $books->one("SELECT count(*) FROM api_calls
		WHERE status = $status AND path LIKE '/webhook%'");
}

# Makes calls whenever they may be made, for so many seconds. Returns how many
# Calendly answered.
sub calls_in ($seconds)
{
	my ($before, $end) = (count_calls(200), time + $seconds);
	while (time < $end) {
		$c->reconcile('u1');
		sleep 0.2;
	}
	return count_calls(200) - $before;
}

# How many minutes' calls are made at least. If the header says 60 seconds also
# after the last call, that long is waited from there.
my %least = (counts => $MINUTES + 0.1, constant => $MINUTES - 0.5);
for my $reset (sort keys %least) {
	subtest "the header for the reset: $reset" => sub {
		$c->sandbox(POST => '/sandbox/clock', { advance => 61 });
		$books->switch(rate_limit_reset => $reset);
		$books->hurry;
		my $n = calls_in($MINUTES * 60 + 15);
		is count_calls(429), 0, 'no call is refused';
		cmp_ok $n, '>=', $least{$reset} * 50, "$n calls were made";
		cmp_ok $n, '<=', ($MINUTES + 1) * 50, 'not more than may be';
	};
}

done_testing;
