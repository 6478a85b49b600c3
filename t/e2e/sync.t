# Meetings that no webhook told of are read back: those from before the user
# connected, and those of a gap.

use Cal::Test;
use Cal::Test::Age;
use Cal::Test::Picture;

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2 });
$c->waits_for_walks(0);
my $picture = Cal::Test::Picture->new(c => $c);
my $next = 0;

sub sync ($user) { return $c->api(GET => "/v1/connections/$user")->json('/sync') }

# Connects a person, who is given a calendar first.
sub connected (%calendar)
{
	my ($user, $person) = ('u' . ++$next, "p$next");
	$c->sandbox(POST => '/sandbox/people', { person => $person,
		create => \1 });
	$c->sandbox(POST => '/sandbox/history', { person => $person, %calendar })
	    if %calendar;
	$c->connect($user, person => $person, browser => $c->new_browser);
	return ($user, $person);
}

sub complete ($user, $since = '')
{
	my $sync;
	$c->wait_for(sub { $sync = sync($user);
		($sync->{state} eq 'idle' && ($sync->{last_complete_at} // '')
		    gt $since) }, "the meetings of $user to be read");
	return $sync;
}

sub ask ($user)
{
	my $was = sync($user)->{last_complete_at} // '';
	my $res = $c->api(POST => "/v1/connections/$user/sync");
	is $res->code, 202, 'a walk is asked for';
	return complete($user, $was);
}

sub told ($user, $type = 'meeting.changed')
{
	return grep { $_->{user_id} eq $user && $_->{type} eq $type } $c->events;
}

sub is_complete ($user, $person, $name)
{
	$picture->from(sync($user)->{from});
	return is_deeply [$picture->differences($user, $person)], [], $name;
}

subtest 'what was there before is there after connecting' => sub {
	my ($user, $person) = connected(past => 60, ahead => 150, group => 10,
	    no_shows => 5, days_back => 80);
	my $sync = complete($user);
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
	my ($user, $person) = connected();
	complete($user);
	$c->sandbox(POST => '/sandbox/book', { person => $person, wait => \1 });
	$c->wait_for(sub { told($user) == 1 }, 'the webhook to be told');
	ask($user);
	is scalar told($user), 1, 'the read adds nothing';
	is_complete($user, $person, 'and nothing differs');
};

subtest 'what no webhook told of is found, once, as a net change' => sub {
	my ($user, $person) = connected(past => 2, ahead => 3);
	complete($user);
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
	complete($user);
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
