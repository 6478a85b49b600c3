# Bodies that are spoiled, in unusual forms, or too long: the booking is there
# all the same, and names what is cut or could not be read.
#
# With sanitizers in every run.

use Cal::Test;

use Cal::Test::Body qw(envelope uuid);
use Encode qw(encode);
use Mojo::JSON qw(decode_json encode_json false true);

my $c = Cal::Test->start;
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');
my $API = 'https://api.calendly.com';
my $serial = 0;

# A booking's body, with other members of the event and the invitee.
sub body ($event = {}, $invitee = {})
{
	my $uri = "$API/scheduled_events/" . uuid(6, ++$serial);
	return envelope('invitee.created', { uri => "$uri/invitees/" .
		uuid(7, $serial), event => $uri, name => 'NAME',
		email => 'i@example.org', status => 'active',
		created_at => '2026-11-20T10:00:00.000000Z',
		updated_at => '2026-11-20T10:00:00.000000Z',
		scheduled_event => { uri => $uri, name => 'E',
			status => 'active',
			start_time => '2026-12-01T09:00:00.000000Z',
			end_time => '2026-12-01T09:30:00.000000Z', %$event },
		%$invitee });
}

# Or it would come between those that are looked at.
$c->wait_for(sub { grep { $_->{type} eq 'connection.connected' } $c->events },
    'what connecting tells');

# What becomes of a body: its meeting (if any), its event, its delivery.
sub taken ($body)
{
	my $before = $c->events;
	is $c->deliver($url, $body)->code, 200, 'taken';
	$c->wait_for(sub { !$c->db->selectrow_array(
		'SELECT count(*) FROM delivery_queue') }, 'it to be applied');
	my @event = ($c->events)[$before .. $c->events - 1];
	my ($own) = grep { $_->{type} ne 'meeting.changed' } @event;
	return ($event[1] && $event[1]{data}{meeting}, $own,
	    $c->db->selectrow_hashref('SELECT e.outcome, d.body FROM events e
		JOIN deliveries_in d ON d.event_id = e.id WHERE e.id = ?',
		undef, $own->{id}));
}

subtest 'spoiled bytes do not cost the booking' => sub {
	my %name = ("caf\xe9" => "caf\x{fffd}", "a\xc0\xafb" =>
	    "a\x{fffd}\x{fffd}b", "a\0b" => "a\x{fffd}b",
	    'half \ud83d' => "half \x{fffd}", "two\nlines" => "two\nlines",
	    "\xc5\xbdofie \xff" => "\x{17d}ofie \x{fffd}",
	    'it\\\'s' => "it\x{fffd}'s");
	for my $raw (sort keys %name) {
		my $body = body() =~ s/NAME/$raw/r;
		my ($meeting, $event, $delivery) = taken($body);
		is $event->{type}, 'invitee.created', 'its own event';
		is $meeting->{invitees}[0]{name}, $name{$raw}, 'the name';
		is $event->{data}{name}, $name{$raw}, 'also there';
		is $delivery->{outcome}, 'applied', 'applied';
		is $delivery->{body}, $body, 'its bytes are kept as they came';
	}
};

subtest 'a byte order mark does not cost it either' => sub {
	my ($meeting, $event, $delivery) = taken("\xef\xbb\xbf" . body());
	is $meeting->{invitees}[0]{name}, 'NAME', 'read';
	is $delivery->{outcome}, 'applied', 'applied';
};

subtest 'mended or not, the same invitee is one event' => sub {
	my $body = body();
	my (undef, $event) = taken($body);
	is $c->deliver($url, "\xef\xbb\xbf$body")->code, 200, 'taken';
	$c->wait_for(sub { !$c->db->selectrow_array(
		'SELECT count(*) FROM delivery_queue') }, 'it to be applied');
	my $uri = $event->{data}{uri};
	is scalar(grep { ($_->{data}{uri} // '') eq $uri } $c->events), 1,
	    'and known';
};

# A body whose event has this JSON text for a member, as it stands.
sub with_text ($member, $json)
{
	return body({ $member => 'TEXT' }) =~ s/"TEXT"/$json/r;
}

subtest 'times in other forms are times' => sub {
	my %time = ('2026-11-28T10:00Z' => '10:00:00',
	    '2026-11-28T10:00:00+0200' => '08:00:00',
	    '2026-11-28T10:00:00+02' => '08:00:00',
	    '2026-11-28 10:00:00Z' => '10:00:00',
	    '2026-11-28t10:00:00z' => '10:00:00',
	    '2026-11-28 10:00:00 UTC' => '10:00:00',
	    '2026-11-28T10:59:60Z' => '11:00:00');
	for my $text (sort keys %time) {
		my ($meeting, undef, $delivery) =
		    taken(body({ start_time => $text }));
		is $meeting->{start_time}, "2026-11-28T$time{$text}.000000Z",
		    $text;
		is $delivery->{outcome}, 'applied', 'applied';
	}
};

subtest 'whole numbers in other forms are numbers' => sub {
	my ($meeting, undef, $delivery) = taken(with_text(invitees_counter =>
		'{"total":1.0,"active":1e0,"limit":10.00}'));
	is_deeply $meeting->{invitees_counter},
	    { total => 1, active => 1, limit => 10 }, 'counters';
	is $delivery->{outcome}, 'applied', 'applied';
	($meeting) = taken(body({}, { questions_and_answers => [
		{ question => 'Q', answer => 'A', position => 'TEXT' }] })
	    =~ s/"TEXT"/10.0/r);
	is $meeting->{invitees}[0]{questions_and_answers}[0]{position}, 10,
	    'a position';
};

subtest 'answers are shown, whatever they are' => sub {
	my @answer = (true, false, 12.5, ['a', 'b'], { a => 1 }, undef);
	my ($meeting, undef, $delivery) = taken(body({}, {
		questions_and_answers => [map { { question => 'Q',
		answer => $_, position => 0 } } @answer] }));
	is_deeply [map { $_->{answer} } @{ $meeting->{invitees}[0]
		{questions_and_answers} }], ['true', 'false', '12.5', 'a, b',
		'{"a":1}', undef], 'as text';
	is $delivery->{outcome}, 'applied', 'applied';
};

subtest 'what is cut is named' => sub {
	my ($meeting, undef, $delivery) = taken(body({
		meeting_notes_plain => 'n' x 20_000,
		event_guests => [map { { email => "g$_\@x.example" } } 1 .. 101]
	}, { questions_and_answers => [{ question => 'Q',
		answer => 'a' x 17_000, position => 0 }] }));
	is_deeply $meeting->{truncated}, ['guests', 'notes'],
	    'of the meeting';
	is @{ $meeting->{guests} }, 100, 'a hundred guests';
	is_deeply $meeting->{invitees}[0]{truncated},
	    ['questions_and_answers.answer'], 'of the invitee';
	is $meeting->{unreadable}, undef, 'all was read';
	is $delivery->{outcome}, 'applied', 'applied';
	my ($short) = taken(body());
	is $short->{truncated}, undef, 'nothing is named if nothing was cut';
};

subtest 'what cannot be read is null, named and flagged' => sub {
	my $body = body({ start_time => { at => 'canary' }, name => 'Odd' },
	    { created_at => 1795946400, questions_and_answers =>
		[{ question => 'Q', answer => 'A', position => {} }] });
	my ($meeting, $event, $delivery) = taken($body);
	is $meeting->{name}, 'Odd', 'the meeting is made of the rest';
	is $meeting->{start_time}, undef, 'the time is not known';
	is_deeply $meeting->{unreadable}, ['start_time'], 'and named';
	is_deeply $meeting->{invitees}[0]{unreadable},
	    ['questions_and_answers.position', 'created_at'],
	    'so with the invitee';
	is $delivery->{outcome}, 'flagged', 'the delivery is flagged';
	is $delivery->{body}, $body, 'and kept';
	my $words = 'invitee.questions_and_answers.position, ' .
	    'invitee.created_at, scheduled_event.start_time';
	$c->wait_for(sub { $c->log_text =~ /\Q$words\E/ },
	    'the log to name the members');
	my $shown = $c->run_ctl(qw(events show), $event->{id})->{out};
	like $shown, qr/^unreadable\s+\Q$words\E$/m, 'calendlyctl names them';
	unlike $shown . $c->log_text, qr/canary/, 'but not what they hold';
	my $before = $c->events;
	is_retried($event, 'flagged');
	return is scalar(() = $c->events), $before, 'nothing is told twice';
};

# An operator has it applied again, with this outcome.
sub is_retried ($event, $outcome)
{
	is $c->run_ctl(qw(events retry), $event->{id})->{status}, 0,
	    'an operator can have it applied again';
	$c->wait_for(sub { !$c->db->selectrow_array(
		'SELECT count(*) FROM delivery_queue') }, 'it to be applied');
	return is $c->db->selectrow_array('SELECT outcome FROM events
		WHERE id = ?', undef, $event->{id}), $outcome, $outcome;
}

subtest 'one that was flagged is applied once it can be read' => sub {
	my $body = body({ start_time => 'TEXT' });
	my ($meeting, $event) = taken($body);
	is $meeting->{start_time}, undef, 'the time is not known';
	# As if a newer calendlyd could read it.
	$c->db->do('UPDATE deliveries_in SET body = convert_to(?, $$UTF8$$)
		WHERE event_id = ?', undef,
	    $body =~ s/TEXT/2026-12-24T18:00:00Z/r, $event->{id});
	my $before = $c->events;
	is_retried($event, 'applied');
	my @more = ($c->events)[$before .. $c->events - 1];
	is @more, 1, 'hosts are told of it';
	is $more[0]{data}{meeting}{start_time}, '2026-12-24T18:00:00.000000Z',
	    'the time is known';
	is $more[0]{data}{meeting}{unreadable}, undef, 'nothing is unreadable';
	isnt $c->run_ctl(qw(events retry), $event->{id})->{status}, 0,
	    'and then it is done';
};

# As an older calendlyd left what it could make nothing of: hosts were told so.
sub forgotten ($event)
{
	$c->db->do($_, undef, $event->{id}) for 'UPDATE deliveries_in
		SET kind = NULL, flaw = $$it names no subject$$
		WHERE event_id = ?', 'UPDATE events
		SET type = $$webhook.unreadable$$, outcome = $$flagged$$,
		    data = $${"reason":"it names no subject","size":1}$$
		WHERE id = ?', 'DELETE FROM invitees
		WHERE meeting_id = (SELECT meeting_id FROM events
			WHERE id = ?)', 'DELETE FROM meetings
		WHERE id = (SELECT meeting_id FROM events WHERE id = ?)';
	return;
}

subtest 'a body that nothing could be made of, too' => sub {
	my ($meeting, $event) = taken(body());
	forgotten($event);
	my $before = $c->events;
	is_retried($event, 'applied');
	my @more = ($c->events)[$before .. $c->events - 1];
	is @more, 1, 'hosts are told of it';
	is $more[0]{data}{meeting}{calendly_uri}, $meeting->{calendly_uri},
	    'the booking is there';
	is scalar(grep { $_->{id} eq $event->{id} } $c->events), 1,
	    'the event is there once';
};

subtest 'one that still makes no sense stays flagged' => sub {
	my (undef, $event) = taken('[]');
	is $event->{type}, 'webhook.unreadable', 'unreadable';
	my $before = $c->events;
	is_retried($event, 'flagged');
	return is scalar(() = $c->events), $before, 'nothing is told twice';
};

subtest 'unknown members, and nothing at all, flag nothing' => sub {
	my ($meeting, undef, $delivery) = taken(body({ brand_new => {},
		end_time => undef, location => undef }, { wat => [1] }));
	is $delivery->{outcome}, 'applied', 'applied';
	is $meeting->{unreadable}, undef, 'nothing is named';
};

done_testing;
