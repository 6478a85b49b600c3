# The room of a conference may be made some time after the booking, and no webhook
# tells when it is there: it is looked for, ever more rarely.

use Cal::Test;
use Cal::Test::Books;

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2 });
$c->waits_for_walks(0);
my $books = Cal::Test::Books->new(test => $c)->unlimited(10);
# Calendly's clock is behind, so that what was booked was booked a while ago; and
# its rooms are made when it goes on.
$c->sandbox(POST => '/sandbox/clock', { offset => -3600 });
$books->switch(conference_processing_seconds => 90);

sub sync ($user) { return $c->api(GET => "/v1/connections/$user")->json('/sync') }

sub connected ($user, $person)
{
	$c->connect($user, person => $person, browser => $c->new_browser);
	return $c->wait_for(sub { my $s = sync($user);
		$s->{state} eq 'idle' && $s->{last_complete_at} },
	    "the meetings of $user to be read");
}

sub told ($user)
{
	return grep { $_->{user_id} eq $user && $_->{type} eq 'meeting.changed' }
	    $c->events;
}

sub book ($user, $person, %field)
{
	my $was = told($user);
	my $event = $c->sandbox(POST => '/sandbox/book', { person => $person,
		location => 'google_conference', %field })->{event};
	$c->wait_for(sub { told($user) > $was }, 'the booking to be told')
	    if !$field{quiet};
	return $event->{uri};
}

# The meeting as the feed told of it last.
sub last_told ($user) { return (told($user))[-1] }

sub in_books ($user, $what)
{
	return $books->one("SELECT $what FROM syncs s JOIN connections c
		ON c.id = s.connection_id WHERE c.user_id = '$user'");
}

# In how many seconds the next look is due.
sub pause ($user)
{
	return in_books($user, 'round(extract(epoch FROM look_at - now()))');
}

# Has a walk made, and waits for its end.
sub walked ($user, $ask)
{
	my $was = in_books($user, 'walk');
	$ask->();
	return $c->wait_for(sub { in_books($user,
		"walk > $was AND phase IS NULL AND asked IS NULL") },
	    "the walk of $user");
}

# Has what is due at the time in this column done now.
sub go_on ($user, $column)
{
	return walked($user, sub { $c->db->do("UPDATE syncs
		SET $column = now() FROM connections c
		WHERE c.id = connection_id AND c.user_id = ?", undef, $user) });
}

sub is_due ($user, $from, $to, $title)
{
	my $pause = pause($user) // 'none';
	ok($pause ne 'none' && $pause > $from && $pause <= $to, $title) or
	    diag $pause;
	return;
}

sub rooms_are_made
{
	return $c->sandbox(POST => '/sandbox/clock', { advance => 100 });
}

sub calls
{
	return map { $books->calls("GET /scheduled_events$_") } '',
	    '/{uuid}/invitees';
}

subtest 'a room that is made after the booking comes in' => sub {
	connected('u1', 'p1');
	is pause('u1'), undef, 'nothing is looked for';
	my $uri = book('u1', 'p1');
	my $room = last_told('u1')->{data}{meeting}{location};
	is $room->{status}, 'processing', 'its room is being made';
	is $room->{join_url}, undef, 'and not there';
	is_due('u1', 90, 120, 'it is looked for in two minutes');
	rooms_are_made();
	my ($was, @calls) = (scalar(told('u1')), calls());
	go_on('u1', 'look_at');
	my $told = last_told('u1');
	is scalar told('u1'), $was + 1, 'it is told once';
	is $told->{data}{change}, 'updated', 'as a change';
	is $told->{source}, 'sync', 'that was read';
	is $told->{data}{meeting}{calendly_uri}, $uri, 'of the meeting';
	like $told->{data}{meeting}{location}{join_url}, qr{^https://},
	    'which has a room now';
	is_deeply [calls()], [map { $_ + 1 } @calls],
	    'for a list and one meeting\'s invitees';
	is pause('u1'), undef, 'nothing more is looked for';
	is sync('u1')->{missed}{by_webhook}, 0, 'no webhook has missed it';
};

subtest 'a room that is not there is looked for ever more rarely' => sub {
	connected('u2', 'p2');
	book('u2', 'p2');
	my $was = told('u2');
	go_on('u2', 'look_at');
	is_due('u2', 540, 600, 'after ten minutes');
	go_on('u2', 'look_at');
	is_due('u2', 3500, 3600, 'after an hour');
	go_on('u2', 'look_at');
	is pause('u2'), undef, 'then with the daily comparison';
	is scalar told('u2'), $was, 'nothing was told';
	book('u2', 'p2');
	is_due('u2', 90, 120, 'the next booking is looked at soon');
	rooms_are_made();
	go_on('u2', 'look_at');
	is scalar told('u2'), $was + 3, 'and both rooms come in';
};

subtest 'a booking that was read is looked at, too' => sub {
	book('u3', 'p3', quiet => \1);
	connected('u3', 'p3');
	is last_told('u3')->{data}{meeting}{location}{join_url}, undef,
	    'it has no room';
	is_due('u3', 90, 120, 'it is looked for in two minutes');
	walked('u3', sub { $c->api(POST => '/v1/connections/u3/sync') });
	is_due('u3', 60, 120, 'also after another walk');
	rooms_are_made();
	go_on('u3', 'look_at');
	like last_told('u3')->{data}{meeting}{location}{join_url},
	    qr{^https://}, 'then it is there';
};

subtest 'nobody waits for what does not matter' => sub {
	connected('u4', 'p4');
	book('u4', 'p4', location => 'physical');
	is pause('u4'), undef, 'not for a place';
	book('u4', 'p4', start_time => '2020-01-01T10:00:00.000000Z');
	is pause('u4'), undef, 'nor for what is over';
	my $made = $c->sandbox(POST => '/sandbox/book', { person => 'p4',
		location => 'google_conference', wait => \1 });
	$c->sandbox(POST => '/sandbox/cancel',
		{ invitee => $made->{invitee}{uri} });
	$c->wait_for(sub { last_told('u4')->{data}{change} eq 'canceled' },
	    'the cancellation');
	go_on('u4', 'look_at');
	is pause('u4'), undef, 'nor any more for what was called off';
};

subtest 'where there is no webhook the poll finds it' => sub {
	$books->switch(free_plan_webhooks => \0);
	connected('frida', 'frida');
	book('frida', 'frida', quiet => \1);
	go_on('frida', 'next_at');
	is last_told('frida')->{data}{meeting}{location}{join_url}, undef,
	    'it has no room';
	is pause('frida'), undef, 'nothing but the next poll is due';
	rooms_are_made();
	go_on('frida', 'next_at');
	my $told = last_told('frida');
	like $told->{data}{meeting}{location}{join_url}, qr{^https://},
	    'then it is there';
	is $told->{source}, 'poll', 'by a poll';
};

done_testing;
