# Calendly's events become meetings, which are right in whatever order the
# events come, and the host gets an event for each change.

use Cal::Test;

use Cal::Test::Body qw(envelope uuid);
use Mojo::JSON qw(encode_json false true);

my $c = Cal::Test->start;
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');
my $API = 'https://api.calendly.com';
my $minute = 0;

sub event_uri ($n) { return "$API/scheduled_events/" . uuid(7, $n) }

sub invitee_uri ($n, $i) { return event_uri($n) . '/invitees/' . uuid(8, $i) }

sub at ($n) { return sprintf '2026-11-20T10:%02d:00.000000Z', $n }

# A body of an invitee's event, a minute after the one before.
sub body ($kind, $n, $i, $event = {}, $invitee = {})
{
	my $at = at(++$minute);
	my $canceled = $kind eq 'invitee.canceled';
	return envelope($kind, { uri => invitee_uri($n, $i),
		event => event_uri($n), name => "I$i",
		email => "i$i\@example.org", created_at => at($i),
		updated_at => $at, rescheduled => false, no_show => undef,
		status => $canceled ? 'canceled' : 'active',
		$canceled ? (cancellation => { canceled_by => "I$i",
			canceler_type => 'invitee', reason => 'ill',
			created_at => $at }) : (),
		scheduled_event => { uri => event_uri($n), name => "E$n",
			status => $canceled ? 'canceled' : 'active',
			start_time => '2026-12-01T09:00:00.000000Z',
			end_time => '2026-12-01T09:30:00.000000Z',
			invitees_counter => { total => 1, active => 1,
				limit => 1 },
			event_memberships => [{ user => "$API/users/OLIVIA",
				user_email => 'o@example.org',
				user_name => 'O' }],
			created_at => at(0), updated_at => $at, %$event },
		%$invitee }, created_at => $at);
}

# Deliver all, and wait until none waits: the events that follow.
sub told (@body)
{
	my $before = $c->events;
	for my $body (@body) {
		is $c->deliver($url, $body)->code, 200, 'taken';
	}
	$c->wait_for(sub { !$c->db->selectrow_array(
		'SELECT count(*) FROM delivery_queue') }, 'all to be applied');
	my @all = $c->events;
	return @all[$before .. $#all];
}

sub changes (@event)
{
	return map { $_->{data} } grep { $_->{type} eq 'meeting.changed' }
	    @event;
}

sub outcome ($event)
{
	return $c->db->selectrow_array(
	    'SELECT outcome FROM events WHERE id = ?', undef, $event->{id});
}

sub change_is ($change, %want)
{
	my $m = $change->{meeting};
	is $change->{change}, $want{change}, $want{change};
	is $m->{status}, $want{status}, "it is $want{status}";
	is $m->{user_id}, 'u1', 'of the user';
	return $m;
}

subtest 'a booking at Calendly becomes a meeting' => sub {
	$c->sandbox(POST => '/sandbox/book', { person => 'olivia',
		wait => \1, location => 'zoom', payment => { amount => 12.5 },
		invitee => { name => 'Žofie', email => 'z@example.net' } });
	my $change = $c->wait_for(sub { (changes($c->events))[0] }, 'it');
	my $m = change_is($change, change => 'created', status => 'active');
	is $m->{location}{type}, 'zoom', 'where';
	is_deeply [sort keys %{ $m->{location} }], [qw(additional_info join_url
	    location status type)], 'no more than where';
	is $m->{hosts}[0]{email}, $c->api(GET => '/v1/connections/u1')
	    ->json('/calendly/email'), 'with whom';
	is $m->{invitees}[0]{name}, 'Žofie', 'who comes';
	is $m->{invitees}[0]{payment}{amount}, '12.5', 'what they paid';
	ok $m->{host_timezone}, "the host's time zone";
	ok !$m->{invitees_more}, 'all are shown';
	my @about = grep { ($_->{meeting_id} // '') eq $m->{id} } $c->events;
	is_deeply [map { $_->{type} } @about],
	    ['invitee.created', 'meeting.changed'], 'both name the meeting';
	is $c->db->selectrow_array('SELECT count(*) FROM meetings'), 1,
	    'it is one row';
};

subtest 'canceled' => sub {
	my ($booked) = changes(told(body('invitee.created', 1, 1)));
	change_is($booked, change => 'created', status => 'active');
	my ($gone) = changes(told(body('invitee.canceled', 1, 1)));
	my $m = change_is($gone, change => 'canceled', status => 'canceled');
	is $m->{id}, $booked->{meeting}{id}, 'the same meeting';
	is $m->{cancellation}{reason}, 'ill', 'why';
	is $m->{invitees}[0]{status}, 'canceled', 'the invitee, too';
	my @late = told(body('invitee_no_show.deleted', 1, 1, {}));
	change_is((changes(@late))[0], change => 'updated',
	    status => 'canceled');
};

subtest 'canceled before it was booked' => sub {
	my $booked = body('invitee.created', 2, 2);
	my ($gone) = changes(told(body('invitee.canceled', 2, 2)));
	change_is($gone, change => 'canceled', status => 'canceled');
	my @late = told($booked);
	is_deeply [changes(@late)], [], 'the booking changes nothing';
	is outcome($late[0]), 'superseded', 'and is superseded';
	is $late[0]{meeting_id}, $gone->{meeting}{id}, 'but names the meeting';
};

subtest "rescheduled, $_" => sub {
	my ($old, $new) = /first/ ? (3, 4) : (5, 6);
	my $booked = body('invitee.created', $old, $old);
	my @told = (
		body('invitee.canceled', $old, $old, {}, { rescheduled => true,
			new_invitee => invitee_uri($new, $new) }),
		body('invitee.created', $new, $new, {}, {
			old_invitee => invitee_uri($old, $old) }));
	@told = reverse @told if /last/;
	my %of = map { $_->{meeting}{name} => $_ }
	    changes(told($booked, @told));
	my $from = change_is($of{"E$old"}, change => 'rescheduled',
	    status => 'canceled');
	my $to = change_is($of{"E$new"}, change => 'created',
	    status => 'active');
	ok $from->{rescheduled}, 'the old one was rescheduled';
	my ($left) = @{ $from->{invitees} };
	my ($came) = @{ $to->{invitees} };
	is_deeply $left->{rescheduled_to}, { meeting_id => $to->{id},
		invitee_id => $came->{id}, calendly_uri => invitee_uri($new,
		$new) }, 'it points to the new one';
	is_deeply $came->{rescheduled_from}, { meeting_id => $from->{id},
		invitee_id => $left->{id}, calendly_uri => invitee_uri($old,
		$old) }, 'which points back';
} for 'the end first', 'the end last';

subtest 'a no-show, undone' => sub {
	my $no_show = { uri => "$API/invitee_no_shows/" . uuid(9, 1),
		created_at => at(30) };
	told(body('invitee.created', 7, 7));
	my ($set) = changes(told(body('invitee_no_show.created', 7, 7, {},
		{ no_show => $no_show })));
	my $m = change_is($set, change => 'no_show', status => 'active');
	is_deeply $m->{invitees}[0]{no_show}, $no_show, 'since when';
	($set) = changes(told(body('invitee_no_show.deleted', 7, 7, {},
		{ no_show => $no_show })));
	$m = change_is($set, change => 'no_show', status => 'active');
	is $m->{invitees}[0]{no_show}, undef, 'no more';
};

subtest 'a second invitee, and another host' => sub {
	my %group = (invitees_counter => { total => 2, active => 2,
		limit => 9 });
	told(body('invitee.created', 8, 8, \%group));
	my ($m) = map { change_is($_, change => 'updated',
		status => 'active') } changes(told(body('invitee.created', 8, 9,
		{ %group, event_memberships => [{ user_name => 'P' }] })));
	is_deeply [map { $_->{name} } @{ $m->{invitees} }], ['I8', 'I9'],
	    'both are in it' or diag explain $m;
	is $m->{hosts}[0]{name}, 'P', 'the host is the new one';
	($m) = map { $_->{meeting} } changes(told(body('invitee.canceled', 8,
		8, { %group, status => 'active' })));
	is $m->{status}, 'active', 'one leaves, the meeting stays';
	is_deeply [map { $_->{status} } @{ $m->{invitees} }],
	    ['canceled', 'active'], 'and the other in it';
};

subtest 'of a large group some are told, and whom it is about' => sub {
	my @late = (changes(told(map { body('invitee.created', 30, $_) }
		30 .. 41)))[-1];
	my $m = change_is($late[0], change => 'updated', status => 'active');
	is_deeply [map { $_->{name} } @{ $m->{invitees} }],
	    [map {"I$_"} 30 .. 39, 41], 'the first, and the last who joined';
	is $late[0]{invitee_id}, $m->{invitees}[-1]{id}, 'who is named';
	ok $m->{invitees_more}, 'there are more';
	my $whole = $c->api(GET => "/v1/meetings/$m->{id}")->json;
	is scalar @{ $whole->{invitees} }, 12, 'all of whom can be read';
};

subtest 'what is of no meeting' => sub {
	my ($event, @more) = told(envelope('invitee.created',
		{ uri => "$API/invitees/" . uuid(8, 99) }));
	is outcome($event), 'flagged', 'whose meeting is not known: flagged';
	is $event->{type}, 'invitee.created', 'but told';
	is @more, 0, 'alone';
	($event) = told(envelope('event_type.created',
		{ uri => "$API/event_types/" . uuid(8, 98) }));
	is outcome($event), 'applied', 'of another kind: applied';
	($event) = told('hello');
	is outcome($event), 'flagged', 'unreadable: flagged';
};

subtest 'passwords stay out' => sub {
	my @event = told(body('invitee.created', 10, 10, { location => {
		type => 'zoom', password => 'canary-a', data => {
			password => 'canary-b', x => 'canary-c' } } }));
	unlike encode_json([changes(@event)]), qr/canary/,
	    'of what is told of the meeting';
	is $c->db->selectrow_array(q{SELECT count(*) FROM meetings
		WHERE content::text ~ 'canary'}), 0, 'and of its row';
	unlike $c->calendlyd->tail(1_000_000), qr/canary/, 'and of the log';
};

subtest 'one that fails does not hold up others' => sub {
	$c->db->do(q{ALTER TABLE meetings ADD CONSTRAINT picky
		CHECK (content ->> 'name' <> 'E12')});
	my $before = $c->events;
	is $c->deliver($url, body('invitee.created', $_, $_))->code, 200,
	    "taken: $_" for 11 .. 13;
	my $queued = sub { $c->db->selectall_arrayref(q{SELECT tries,
		last_error FROM delivery_queue}, { Slice => {} }) };
	$c->wait_for(sub { my $q = $queued->();
		@$q == 1 && $q->[0]{tries} > 0 }, 'the others to be applied');
	my @all = $c->events;
	my @event = @all[$before .. $#all];
	is_deeply [sort map { $_->{meeting}{name} } changes(@event)],
	    ['E11', 'E13'], 'they are meetings';
	my ($poor) = grep { ($_->{data}{name} // '') eq 'I12' } @event;
	is outcome($poor), 'flagged', 'its event is told, and flagged';
	is $queued->()->[0]{last_error}, '23514 meeting_save',
	    'the queue says why';
	$c->db->do('ALTER TABLE meetings DROP CONSTRAINT picky');
	$c->db->do('UPDATE delivery_queue SET next_run_at = now()');
	$c->wait_for(sub { !@{ $queued->() } }, 'it to be applied after all');
	is outcome($poor), 'applied', 'which its event says then';
	is scalar(grep { $_->{meeting}{name} eq 'E12' } changes($c->events)),
	    1, 'it became a meeting';
	is scalar(grep { $_->{id} eq $poor->{id} } $c->events), 1,
	    'and its event is there once';
};

done_testing;
