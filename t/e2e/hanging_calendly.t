# Connections for which Calendly hangs, however many, delay one for which it
# answers by seconds and not by minutes; when the hang ends, all of them recover
# and nothing is lost.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Crowd;
use Cal::Test::Readiness;
use Cal::Test::Stopwatch;
use Time::HiRes qw(time);

my $many = $ENV{CAL_TEST_LONG} ? 1000 : 120;
my $c = Cal::Test->start(settings => { CALENDLYD_LOG_LEVEL => 'info' });
my $probe = Cal::Test::Readiness->start($c);
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

# Seconds from when all are asked for until a good one is mended: by the clock,
# and by what the product is responsible for.
sub delay_of ($good, @all)
{
	my ($hook) = $books->hooks($good);
	$books->unsubscribe($good, $hook->{uri});
	my ($watch, $begun) = (Cal::Test::Stopwatch->start($c), time);
	ask_for(@all);
	$c->wait_for(sub {
		my ($now) = $books->hooks($good);
		$now && $now->{uri} ne $hook->{uri}
	}, "$good to have a subscription again", 300);
	note sprintf '%.1f s by the clock', time - $begun;
	return $watch->seconds;
}

sub metric ($name)
{
	my ($value) = $c->agent->get($c->url('/metrics'))->res->body =~
	    /^calendlyd_\Q$name\E (\d+)/m;
	return $value;
}

$c->connect("good-$_", person => $_, browser => $c->new_browser)
    for qw(olivia sam marco);
my $count = Cal::Test::Crowd->new(c => $c, n => $many)->connect_all;
is_deeply $count, { 'reconnect connected' => $many }, "$many are connected";
hang();

subtest 'twelve that hang' => sub {
	my $delay = delay_of('olivia',
	    (map { "u$_" } 1 .. 12), 'good-olivia');
	cmp_ok $delay, '<', 10, 'delay a good one by seconds';
	$c->wait_for(sub { metric('slow_accounts') == 12 },
		'it to be known that they hang');
	cmp_ok metric('jobs_in_hand{lane="fast"}'), '<', 12,
	    'they have no places that others need';
};

subtest "$many that hang" => sub {
	# In the middle it is far from both ends of the queue.
	my @bad = map { "u$_" } 13 .. $many;
	my $delay = delay_of('sam', @bad[0 .. $#bad / 2], 'good-sam',
	    @bad[$#bad / 2 + 1 .. $#bad]);
	cmp_ok $delay, '<', 10, 'delay a good one by seconds, too';
	$delay = delay_of('marco', 'good-marco');
	cmp_ok $delay, '<', 10, 'and one that comes after them';
	cmp_ok metric('jobs_in_hand{lane="slow"}'), '<=', 256,
	    'they have half of the places at most';
};

subtest 'a reload does not wait for what hangs' => sub {
	$c->wait_for(sub { metric('jobs_in_hand{lane="slow"}') > 0 },
		'something to hang');
	my ($old) = $c->calendlyd->children(qr/runner/);
	$c->calendlyd->signal('HUP');
	my $watch = Cal::Test::Stopwatch->start($c);
	$c->wait_for(sub { !kill 0, $old }, 'the old runner to leave');
	cmp_ok $watch->seconds, '<', 10, 'the old runner leaves';
};

subtest 'when the hang ends' => sub {
	$books->mend;
	my $watch = Cal::Test::Stopwatch->start($c);
	$books->settle;
	cmp_ok $watch->seconds, '<', 30, 'all recover';
	my $state = $books->state(qw(subscriptions tokens));
	my %active;
	$active{ $_->{person} }++ for grep { $_->{owner_app} eq 'app' &&
		$_->{state} eq 'active' } @{ $state->{subscriptions} };
	is scalar(grep { $_ != 1 } values %active), 0,
	    'nobody has two subscriptions';
	is scalar(keys %active), $many + 3, 'and everybody has one';
	is $state->{tokens}{"used_twice_$_"} // 0, 0,
	    "no token was used twice $_" for qw(after_answer after_lost_reply);
	is $books->one(q{SELECT count(*) FROM connections
		WHERE status <> 'connected'}), 0, 'nobody has to consent anew';
	# On a busy machine an answer may take so long that it counts as a hang;
	# the next one, in time, ends that.
	$c->wait_for(sub {
		return 1 if metric('slow_accounts') == 0;
		ask_for(@{ $c->db->selectcol_arrayref(q{SELECT c.user_id
			FROM connections c JOIN grants g ON g.id = c.grant_id
			JOIN accounts a ON a.id = g.account_id
			WHERE a.slow_until > now()}) });
		$books->settle;
		return 0;
	}, 'none to be taken to hang any more');
};

sub expire (@user)
{
	$c->db->do(q{UPDATE grants SET access_expires_at = now() -
		interval '1 second' WHERE id IN (SELECT grant_id
			FROM connections WHERE user_id = ANY (?))}, undef,
		\@user);
	return $c->db->do(q{UPDATE accounts SET mints = '{}'});
}

# Single-use tokens: a refresh that is cut short may cost the user a consent.
sub each_is_refreshed_once ($minted, @user)
{
	$c->wait_for(sub { !$books->jobs }, 'the others');
	is $books->minted, $minted + @user, 'and are waited for, each';
	is $books->one(q{SELECT max(cardinality(mints)) FROM accounts}), 1,
	    'and none has used up more of its new tokens';
	is $books->state('tokens')->{tokens}{"used_twice_$_"} // 0, 0,
	    "no token was used twice $_" for qw(after_answer after_lost_reply);
	return;
}

subtest 'refreshes that take long' => sub {
	my @user = map { "u$_" } 1 .. 60;
	expire(@user);
	$books->fault(latency => POST => '/oauth/token', value => 6000,
		person => 'p*');
	my $minted = $books->minted;
	my $watch = Cal::Test::Stopwatch->start($c);
	ask_for(@user, 'good-marco');
	$c->wait_for(sub { !$books->one(q{SELECT count(*) FROM jobs
		WHERE subject = (SELECT id::text FROM connections
			WHERE user_id = 'good-marco')}) }, 'the good one');
	cmp_ok $watch->seconds, '<', 5, 'delay nobody';
	each_is_refreshed_once($minted, @user);
};

# They are, if there are this many: not all may be under way at once.
if ($ENV{CAL_TEST_LONG}) {
	my @user = map { "u$_" } 1 .. $many;
	expire(@user);
	my $minted = $books->minted;
	ask_for(@user);
	subtest "$many refreshes that take long" => sub {
		each_is_refreshed_once($minted, @user);
	};
}

is_deeply [$probe->lies], [], '/readyz said the truth all the time';
done_testing;
