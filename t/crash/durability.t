# What was answered 200 is never lost and never comes twice, whoever is killed,
# and whenever: workers, runners, the master, PostgreSQL. In the middle
# PostgreSQL's storage stalls, too, and its synchronous standby takes over. And
# in the end the meetings are those of a calm day, also where an event came
# twice with different content.
#
# CAL_TEST_EVENTS, CAL_TEST_KILLS, CAL_TEST_SEED set the number of events, the
# number of kills and the order of it all.

use Cal::Test;

use Cal::Test::Killer;
use Cal::Test::Post;
use Cal::Test::Readiness;
use Cal::Test::Reader;
use Cal::Test::Residents;
use Cal::Test::Standby;
use Cal::Test::Story;
use Digest::MD5 qw(md5_hex);
use List::Util qw(shuffle sum0);

use constant { USERS => 8, WINDOW => 300 };

my $long = $ENV{CAL_TEST_LONG};
my $seed = $ENV{CAL_TEST_SEED} // int rand 1e6;
my $kills = $ENV{CAL_TEST_KILLS} // ($long ? 120 : 15);
my $story = Cal::Test::Story->new;
my $stories = int(($ENV{CAL_TEST_EVENTS} // ($long ? 100_000 : 1_500)) /
    $story->steps + 1);
my $patience = $long ? 1800 : 60;
srand $seed;
note "CAL_TEST_SEED=$seed repeats the choice";

# What is sent, [number, step] each: every step of every story, in windows,
# and one in ten a second time, half of these with other content if a meeting
# comes from it: [number, step, 1].
sub again ($number, $step)
{
	return [$number, $step, rand() < 0.5 && $story->about_meeting($step) ?
		1 : ()];
}

sub body ($number, $step, $other = 0)
{
	return $other ? $story->retold($number, $step) :
	    $story->body($number, $step);
}

sub course
{
	my @all = map { my $n = $_; map { [$n, $_] } 0 .. $story->steps - 1 }
	    0 .. $stories - 1;
	@all = map { rand() < 0.1 ? ($_, again(@$_)) : $_ } @all;
	my @plan;
	push @plan, shuffle splice @all, 0, WINDOW while @all;
	return @plan;
}

# Of those that no meeting comes from, half are not sent again when refused.
sub is_given_up ($number, $step, $other = 0)
{
	return !$story->about_meeting($step) && ($number + $step) % 2;
}

sub world (%arg)
{
	my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2,
		CALENDLYD_INGEST_WORKERS => 3, CALENDLYD_LOG_LEVEL => 'info' },
		%arg);
	$c->stack->ctl_must(qw(tenant add other));
	my $key = $c->stack->ctl_must(qw(key add other));
	my @user = Cal::Test::Residents->settle($c, users => USERS,
		tenants => ['test', 'other']);
	return { c => $c, user => \@user, keys => [$c->key, $key] };
}

sub post ($world, @plan)
{
	return Cal::Test::Post->start($world->{c}, count => scalar @plan,
		item => sub ($n) {
			my ($number) = @{ $plan[$n] };
			return ($world->{user}[$number % USERS]{url},
				body(@{ $plan[$n] }));
		},
		again => sub ($n) { !is_given_up(@{ $plan[$n] }) });
}

# Nothing is left to be done.
sub settle ($world)
{
	my $db = $world->{c}->db;
	$world->{c}->wait_for(sub {
		!$db->selectrow_array('SELECT count(*) FROM (SELECT FROM' .
			' delivery_queue UNION ALL SELECT FROM event_queue) q')
	}, 'the backlog to be worked off', $patience);
	return;
}

# The primary hangs; all is well again when a webhook is taken elsewhere.
sub stall ($world)
{
	my ($c, $probe) = @$world{qw(c probe)};
	$world->{standby}->wait_synchronous;
	my $since = time;
	$probe->truth(0);
	$world->{standby}->take_over;
	my $now = $c->db->selectrow_array('SELECT now()');
	$c->wait_for(sub { $c->db->selectrow_array(
		'SELECT count(*) FROM deliveries_in WHERE received_at > ?',
		undef, $now) }, 'the standby to be worked with', $patience);
	$probe->truth(undef);
	$c->wait_ready;
	$probe->truth(1);
	diag sprintf 'the primary stalled: %.0f s until the standby took a' .
	    ' webhook', time - $since;
	return;
}

sub kill_all_the_way ($world, $post, $expected)
{
	my $killer = Cal::Test::Killer->new(c => $world->{c});
	my (%killed, $moment);
	my $step = $expected / ($kills + 1);
	for my $n (1 .. $kills) {
		stall($world) if $n == int($kills / 2) + 1;
		$moment = $step * ($n - rand);
		$world->{c}->wait_for(sub { $post->tries >= $moment ||
			!$post->busy }, "kill $n", $patience);
		$world->{probe}->truth(undef);
		$killed{ $killer->kill_any }++;
		$world->{probe}->truth(1);
	}
	return \%killed;
}

# What is kept of an event: its id, and its mark if it is one of ours.
sub noted ($json)
{
	return join ' ', substr($json, 7, 36), $story->mark_in($json) // ();
}

# How often each is in a feed, and that a feed's order is that of its numbers.
sub seen (@note)
{
	my %seen;
	$seen{$_}++ for map { substr $_, 37 } grep { length > 36 } @note;
	return \%seen;
}

sub digest (@note) { return md5_hex(join ' ', map { substr $_, 0, 36 } @note) }

sub in_order ($world, $tenant)
{
	my $ids = $world->{c}->db->selectcol_arrayref('SELECT e.id FROM' .
		' events e JOIN tenants t ON t.id = e.tenant_id' .
		' WHERE t.name = ? ORDER BY e.feed_seq', undef, $tenant);
	return md5_hex(join ' ', @$ids);
}

# Rows that do not tell when we wrote them, by their ids.
sub rows ($world, $table)
{
	return $world->{c}->db->selectall_hashref("SELECT id,
		md5((to_jsonb(t) - 'created_at' - 'updated_at')::text) AS digest
		FROM $table t", 'id');
}

my @plan = course();
my (%distinct, %must);
$distinct{ $story->mark(@$_[0, 1]) } = $_->[0] for @plan;
my $stormy = world(own_cluster => 1);
my $standby = $stormy->{standby} = Cal::Test::Standby->follow($stormy->{c});
$stormy->{c}->configure(DATABASE_URL => $standby->both('calendlyd'));
$stormy->{c}->calendlyd->restart;
$stormy->{c}->wait_ready;

subtest 'a stormy day' => sub {
	my @reader = map { Cal::Test::Reader->start($stormy->{c}, $_,
		\&noted) } @{ $stormy->{keys} };
	my $probe = $stormy->{probe} = Cal::Test::Readiness
	    ->start($stormy->{c});
	my $post = post($stormy, @plan);
	my $killed = kill_all_the_way($stormy, $post, scalar @plan);
	my $count = $post->wait_end;
	diag sprintf '%d events, sent %d times; killed: %s; answered: %s',
	    scalar keys %distinct, sum0(values %$count),
	    join(', ', map {"$killed->{$_} $_"} sort keys %$killed),
	    join ', ', map {"$count->{$_} times $_"} sort keys %$count;
	is sum0(values %$killed), $kills, "$kills kills";
	$must{ $story->mark(@{ $plan[$_] }[0, 1]) } = 1 for $post->taken;
	is_deeply [grep { !$must{ $story->mark(@$_[0, 1]) } &&
		!is_given_up(@$_) } @plan], [],
	    'what is sent again is taken in the end';
	settle($stormy);
	$stormy->{live} = [map { [$_->stop] } @reader];
	$stormy->{c}->wait_ready;
	is_deeply [$probe->lies], [], '/readyz said the truth all the time';
};

subtest 'each event that was taken is in the feed, once' => sub {
	my %all;
	for my $i (0, 1) {
		my $tenant = $stormy->{user}[$i]{tenant};
		my @note = Cal::Test::Reader->read_all($stormy->{c},
			$stormy->{keys}[$i], \&noted);
		is digest(@note), in_order($stormy, $tenant),
		    "$tenant: it can be read in the order of its numbers";
		is digest(@{ $stormy->{live}[$i] }), digest(@note),
		    "$tenant: who read on meanwhile has read the same";
		my $seen = seen(@note);
		is_deeply [grep { ($distinct{$_} // $i + 1) % 2 != $i }
			keys %$seen], [], "$tenant: nothing else is in it";
		$all{$_} += $seen->{$_} for keys %$seen;
	}
	is_deeply [grep { !$all{$_} } keys %must], [], 'none is lost';
	is_deeply [grep { $all{$_} != 1 } keys %all], [], 'none comes twice';
};

subtest 'the books are balanced' => sub {
	my $one = sub ($sql) { $stormy->{c}->db->selectrow_array($sql) };
	is $one->('SELECT count(*) FROM deliveries_in d' .
		' WHERE telling_of IS NULL AND NOT EXISTS' .
		' (SELECT FROM events e WHERE e.id = d.event_id)'), 0,
	    'each delivery has its event';
	is $one->('SELECT count(*) FROM deliveries_in d' .
		' WHERE telling_of IS NOT NULL AND (outcome IS NULL OR EXISTS' .
		' (SELECT FROM events e WHERE e.id = d.event_id))'), 0,
	    'each telling is applied, and is no event';
	my %bodies = map { (body(@$_) => 1) }
	    grep { $story->about_meeting($_->[1]) } @plan;
	my $stored = $one->(q{SELECT count(*) FROM deliveries_in
		WHERE kind LIKE 'invitee%'});
	is $stored, scalar keys %bodies, 'every body is kept, once';
	diag sprintf '%d events came with other content, too',
	    $one->('SELECT count(*) FROM deliveries_in' .
		' WHERE telling_of IS NOT NULL');
	is $one->(q{SELECT count(*) FROM events e WHERE source = 'webhook'
		AND type <> 'meeting.changed' AND NOT EXISTS (
		SELECT FROM deliveries_in d WHERE d.event_id = e.id)}), 0,
	    'each event has its delivery';
	is $one->('SELECT coalesce(sum(missing), 0) FROM ledger'), 0,
	    'the ledger misses none';
};

subtest 'the meetings are those of a calm day' => sub {
	my $calm = world();
	my %left = map { $story->mark(@$_[0, 1]) . ($_->[2] // '') => $_ }
	    @plan;
	my $count = post($calm, shuffle values %left)->wait_end;
	is_deeply [keys %$count], [200], 'a calm day';
	settle($calm);
	for my $table (qw(meetings invitees)) {
		my ($is, $want) = map { rows($_, $table) } $stormy, $calm;
		cmp_ok scalar keys %$want, '>', 0, "there are $table";
		is_deeply $is, $want, scalar(keys %$want) . " $table";
	}
	cmp_ok $stormy->{c}->db->selectrow_array(q{SELECT count(*)
		FROM invitees WHERE content ->> 'name' LIKE '% again'}), '>',
	    0, 'some are as the later of two bodies told';
};

$standby->release;
done_testing;
