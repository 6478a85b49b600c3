# A large calendar is read as fast as Calendly's limit allows, to the last
# field, whatever is killed meanwhile; and nobody waits for it.
#
# In the long form it has 5,000 events with 8,000 invitees, and a smaller one is
# read through real minutes.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Killer;
use Cal::Test::Picture;
use Cal::Test::Stopwatch;
use Time::HiRes qw(time);

my $LONG = $ENV{CAL_TEST_LONG};
my %CALENDAR = $LONG ? (past => 4000, ahead => 1000, invitees => 8000)
    : (past => 320, ahead => 80, invitees => 640);
my ($LIMIT, $WINDOW) = $LONG ? (500, 12) : (100, 2);
my ($KILLS, $SMALL) = $LONG ? (10, 20) : (2, 5);
my %REAL = (past => 1000, ahead => 250, invitees => 1800);

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 3,
	CALENDLYD_SYNC_PAST => 400, CALENDLYD_LOG_LEVEL => 'info' });
$c->waits_for_walks(0);
my $books = Cal::Test::Books->new(test => $c);
my $killer = Cal::Test::Killer->new(c => $c);
my $picture = Cal::Test::Picture->new(c => $c);
$c->contract(0);	# of thousands of meetings; other tests check it

sub allow ($limit, $window)
{
	$books->switch(rate_limit_minute => $limit,
		rate_limit_seconds => $window);
	return;
}

sub sync ($user)
{
	return $c->api(GET => "/v1/connections/$user")->json('/sync');
}

sub rates ($person)
{
	return $books->state('rates')->{rates}{$person};
}

# Makes a person with a calendar, who is not connected yet.
sub somebody ($person, %calendar)
{
	$c->sandbox(POST => '/sandbox/people', { person => $person,
		create => \1 });
	$c->sandbox(POST => '/sandbox/history', { person => $person,
		days_back => 300, %calendar });
	return;
}

sub connect_as ($user)
{
	return $c->connect($user, person => $user, browser => $c->new_browser);
}

# Waits for the end of the walk that is under way, however long it takes, as
# long as it goes on. It stands still while a minute's calls are used up.
sub walk_ends ($user, $since = '')
{
	return $c->wait_for_all(sub {
		my $sync = sync($user);
		return 1e9 if $sync->{state} eq 'idle' &&
		    ($sync->{last_complete_at} // '') gt $since;
		return $sync->{events} + $sync->{events_done};
	}, 1e9, "the walk of $user", 90);
}

# Asks for everything to be read once more.
sub read_again ($user)
{
	my $since = sync($user)->{last_complete_at};
	is $c->api(POST => "/v1/connections/$user/sync")->code, 202,
	    'a walk is asked for';
	return $since;
}

sub is_complete ($user)
{
	$picture->from(sync($user)->{from});
	return is_deeply [$picture->differences($user, $user)], [],
	    "$user: all is as in Calendly's books";
}

sub kept_within ($person, $limit)
{
	my $rate = rates($person);
	cmp_ok $rate->{peak}, '<=', $limit,
	    "$person: never more calls than are allowed";
	return is $rate->{limited}, 0, 'none is refused';
}

# The limit alone would make these calls take so long. Time for which there was
# no processor is left out.
sub in_time ($user, $watch, $calls, $least)
{
	my $queued = time - $watch->begun - $watch->seconds;
	my $took = $books->one(q{SELECT extract(epoch FROM s.phase_at -
		s.started_at) FROM syncs s JOIN connections c
		ON c.id = s.connection_id WHERE c.user_id = ?}, $user);
	note sprintf '%s: %d calls in %.1f s, %.2f times what the limit ' .
	    'allows; %.1f s without a processor', $user, $calls, $took,
	    $took / $least, $queued;
	return cmp_ok $took - $queued, '<=', 1.2 * $least,
	    "$user: hardly longer than the limit makes it";
}

sub measure ($user, $limit, $window, %calendar)
{
	allow($limit, $window);
	somebody($user, %calendar);
	my $watch = Cal::Test::Stopwatch->start($c);
	connect_as($user);
	walk_ends($user);
	my $calls = rates($user)->{scheduled_events};
	in_time($user, $watch, $calls, $calls / $limit * $window);
	kept_within($user, $limit);
	return is_complete($user);
}

# Kills a runner. Its claims would be anybody's within a minute; they are at
# once, and so are those of the runners that live: the work is then done twice.
sub kill_runner
{
	my %was = %{ $c->calendlyd->workers('runner') };
	$killer->kill_one('runner');
	# By then the database has ended what the killed one had begun.
	$c->wait_for(sub { grep { !$was{$_} }
		keys %{ $c->calendlyd->workers('runner') } }, 'another runner');
	$c->db->do('UPDATE jobs SET deadline = now() WHERE owner IS NOT NULL');
	return;
}

subtest 'a large calendar takes the time that the limit gives it' => sub {
	measure('large', $LIMIT, $WINDOW, %CALENDAR);
};

subtest 'runners are killed on the way' => sub {
	my $since = read_again('large');
	$c->wait_for(sub { sync('large')->{state} eq 'running' }, 'its begin');
	my $all = $CALENDAR{past} + $CALENDAR{ahead};
	for my $kill (1 .. $KILLS) {
		$c->wait_for_all(sub { my $sync = sync('large');
			$sync->{events} + $sync->{events_done} },
		    2 * $all * $kill / ($KILLS + 1), 'what is read');
		kill_runner();
	}
	walk_ends('large', $since);
	kept_within('large', $LIMIT);
	is_complete('large');
};

subtest 'others connect while it is read slowly' => sub {
	allow(50, $WINDOW);
	# In the present window more calls may have been made.
	$c->sandbox(POST => '/sandbox/clock', { advance => $WINDOW });
	my $since = read_again('large');
	$c->wait_for(sub { sync('large')->{phase} // '' eq 'invitees' },
	    'many events');
	my %slow;
	for my $user (map {"small$_"} 1 .. $SMALL) {
		somebody($user, past => 12, ahead => 3);
		connect_as($user);
		$c->wait_for(sub { sync($user)->{last_complete_at} },
		    "$user to be complete", 60);
	}
	isnt sync('large')->{state}, 'idle', 'the large one is still read';
	is_complete("small$_") for 1 .. $SMALL;
	kept_within('large', $LIMIT);
	allow($LIMIT, $WINDOW);
	walk_ends('large', $since);
	is_complete('large');
};

subtest 'in real minutes' => sub {
	plan skip_all => 'it takes minutes: CAL_TEST_LONG=1 runs it' if !$LONG;
	measure('real', 500, 60, %REAL);
};

done_testing;
