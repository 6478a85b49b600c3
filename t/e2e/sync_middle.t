# A user's meetings are read back, and in the middle of it something happens to
# the connection or to the meetings.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Walks;

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 4 });
$c->waits_for_walks(0);
my $books = Cal::Test::Books->new(test => $c)->unlimited;
my $picture = walks_of($c, $books);

# What a walk asks for is held up, so that it is in the middle.
sub slowly ($person)
{
	return $books->fault('latency', GET => '/scheduled_events/*',
		person => $person, value => 400);
}

sub in_the_middle ($user)
{
	return $c->wait_for(sub { my $s = sync($user);
		($s->{phase} // '') eq 'invitees' && $s->{events_done} > 0 },
	    "the walk of $user to be in the middle");
}

# Begins a backfill and stops when it is in the middle, and slow.
sub begun
{
	my ($user, $person) = fresh(past => 5, ahead => 35);
	slowly($person);
	connect_as($user, $person);
	in_the_middle($user);
	return ($user, $person);
}

subtest 'an event vanishes between the list and its invitees' => sub {
	my ($user, $person) = begun();
	my $there = $picture->books($person);
	my ($first) = sort { $there->{$a}{start_time} cmp
		$there->{$b}{start_time} } keys %$there;
	$c->sandbox(POST => '/sandbox/vanish', { event => $first });
	$books->mend;
	complete($user);
	is scalar(grep { $_->{calendly_uri} ne $first } gone($user)), 0,
	    'no other is gone';
	is_deeply [differs($user, $person)], [], 'complete';
};

subtest 'disconnected and erased in the middle' => sub {
	my ($leaver) = begun();
	$c->api(DELETE => "/v1/connections/$leaver");
	my ($erased) = begun();
	$c->api(DELETE => "/v1/connections/$erased?erase=true");
	$books->mend;
	$c->wait_for(sub { $c->api(GET => "/v1/connections/$erased")
		->code == 404 }, 'the erasure');
	$c->wait_for(sub { !$books->one(q{SELECT count(*) FROM sync_events e
	    JOIN connections c ON c.id = e.connection_id
	    WHERE c.user_id = ?}, $leaver) },
	    'the walk to be given up');
	is sync($leaver)->{phase}, undef, 'the walk ended';
	is $books->one("SELECT count(*) FROM $_ WHERE connection_id NOT IN
	    (SELECT id FROM connections)"), 0, "nothing is left in $_"
	    for qw(syncs sync_events sync_invitees meeting_reads);
};

subtest 'the tokens die in the middle, and a reconnect' => sub {
	my ($user, $person) = begun();
	$c->sandbox(POST => '/sandbox/revoke-app', { person => $person });
	$c->wait_for(sub { $books->hurry;
		$c->api(GET => "/v1/connections/$user")->json('/status') eq 'needs_reauth' }, 'it to be noticed');
	is scalar gone($user), 0, 'none is gone';
	$books->mend;
	backfilled($user, $person);
	is_complete($user, $person, 'it goes on');
	is scalar(grep { $_->{user_id} eq $user &&
		$_->{type} eq 'connection.synced' } $c->events), 1,
	    'as one walk';
};

subtest 'another account in the middle' => sub {
	my (undef, $other) = fresh(past => 3, ahead => 5);
	my ($user, $person) = begun();
	my %old = map { s{.*/}{}r => 1 } keys %{ $picture->books($person) };
	my $was = $picture->meetings($user);
	$c->connect($user, person => $other, force => \1,
		browser => $c->new_browser);
	$books->mend;
	complete($user);
	$books->settle;
	is scalar gone($user), 0, 'none is gone';
	my $now = $picture->meetings($user);
	is scalar(grep { !$now->{$_} } keys %$was), 0, 'what was read stays';
	is scalar(grep { !$now->{$_} } keys %{ $picture->books($other) }), 0,
	    'the other account is read';
	my @across = grep { $_->{person} && $_->{person} eq $other &&
		$_->{path} =~ m{^/scheduled_events/([^/]+)} && $old{$1} }
	    @{ $books->state('api_calls')->{api_calls} };
	is scalar @across, 0, 'and nobody asked it for the former one\'s';
};

subtest 'to another organization in the middle' => sub {
	my ($user, $person) = begun();
	$c->sandbox(POST => '/sandbox/move', { person => $person,
		organization => 'elsewhere' });
	$books->mend;
	complete($user);
	is_complete($user, $person, 'all that was before');
};

my $limited = 0;
$limited += $_->{limited} for values %{ $books->state('rates')->{rates} };
is $limited, 0, 'no budget was passed';

done_testing;
