# Meetings that no webhook told of are read back: those from before the user
# connected, and those of a gap.
#
# With sanitizers in every run.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Walks;

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2 });
$c->waits_for_walks(0);
my $books = Cal::Test::Books->new(test => $c);
my $picture = walks_of($c, $books);

# Connects a person who has this calendar.
sub connected (%calendar)
{
	my ($user, $person) = fresh(%calendar);
	backfilled($user, $person);
	return ($user, $person);
}

sub told ($user, $type = 'meeting.changed')
{
	return grep { $_->{user_id} eq $user && $_->{type} eq $type } $c->events;
}

subtest 'what was there before is there after connecting' => sub {
	my ($user, $person) = connected(past => 60, ahead => 150, group => 10,
	    no_shows => 5, days_back => 80);
	my $sync = sync($user);
	is_complete($user, $person, 'everything, as Calendly has it');
	is $sync->{events_done}, $sync->{events}, 'all events are done';
	is $sync->{fed_by}, 'webhook', 'from now on a webhook tells';
	my @synced = told($user, 'connection.synced');
	is scalar @synced, 1, 'its end is told';
	is $synced[0]{data}{events}, $sync->{events}, 'with what was read';
	my @told = told($user);
	is scalar @told, scalar keys %{ $picture->meetings($user) },
	    'each meeting is told once';
	is_deeply { map { $_->{source} => 1 } @told }, { sync => 1 },
	    'as read';
	ask($user);
	is scalar told($user), scalar @told, 'reading it again tells nothing';
};

subtest 'a booking that was told and read is one' => sub {
	my ($user, $person) = connected(past => 0, ahead => 1);
	my $was = told($user);
	$c->sandbox(POST => '/sandbox/book', { person => $person, wait => \1 });
	$c->wait_for(sub { told($user) == $was + 1 }, 'the webhook to be told');
	ask($user);
	is scalar told($user), $was + 1, 'the read adds nothing';
	is_complete($user, $person, 'and nothing differs');
};

subtest 'what no webhook told of is found, once, as a net change' => sub {
	my ($user, $person) = connected(past => 2, ahead => 3);
	my $was = told($user);
	my $book = $c->sandbox(POST => '/sandbox/book',
		{ person => $person, quiet => \1 });
	$c->sandbox(POST => '/sandbox/cancel',
		{ invitee => $book->{invitee}{uri}, quiet => \1 });
	ask($user);
	is_complete($user, $person, 'nothing differs');
	is scalar told($user), $was + 1, 'one change is told';
};

subtest 'a meeting that Calendly no longer has is gone' => sub {
	my ($user, $person) = connected(past => 0, ahead => 5);
	my ($uri) = sort keys %{ $picture->meetings($user) };
	$c->sandbox(POST => '/sandbox/vanish', { event => $uri });
	ask($user);
	my $m = $picture->meetings($user)->{$uri};
	is $m->{status}, 'gone', 'marked, not dropped';
	unlike $c->api(GET => "/v1/meetings/$m->{id}")->body, qr/\@/,
	    'without anybody\'s address';
	is((told($user))[-1]{data}{change}, 'gone', 'and told');
};

done_testing;
