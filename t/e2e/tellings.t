# Two bodies with different content about one event: the feed has the event
# once, and its meeting takes both bodies, by their versions, whichever came
# first.

use Cal::Test;

use Cal::Test::Body qw(envelope uuid);
use Cal::Test::Books;
use Cal::Test::Ledger;
use Cal::Test::Metrics;

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 1 });
my $ledger = Cal::Test::Ledger->new(test => $c);
my $API = 'https://api.calendly.com';
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');

sub one ($sql, @arg) { return scalar $c->db->selectrow_array($sql, {}, @arg) }

sub event_uri ($n) { return "$API/scheduled_events/" . uuid(7, $n) }

sub invitee_uri ($n) { return event_uri($n) . '/invitees/' . uuid(8, $n) }

# Of the booking $n, as it was at a second.
sub booking ($n, $second, $name, %more)
{
	my $at = sprintf '2026-11-20T10:00:%02d.000000Z', $second;
	return envelope('invitee.created', { uri => invitee_uri($n),
		event => event_uri($n), name => $name, status => 'active',
		email => "$name\@example.org", updated_at => $at,
		created_at => '2026-11-20T10:00:00.000000Z',
		scheduled_event => { uri => event_uri($n), status => 'active',
			name => "with $name", updated_at => $at,
			invitees_counter => { total => 1, active => 1,
				limit => 1 } }, %more }, created_at => $at);
}

sub post (@body)
{
	is $c->deliver($url, $_)->code, 200, 'taken' for @body;
	return $c->wait_for(sub { !one('SELECT count(*) FROM delivery_queue
		WHERE parked_at IS NULL') }, 'all to be applied');
}

# What the feed has of the booking $n.
sub fed ($n)
{
	my $meeting;
	return grep { $meeting //= $_->{meeting_id}
		if ($_->{data}{uri} // '') eq invitee_uri($n);
		$meeting && ($_->{meeting_id} // '') eq $meeting } $c->events;
}

sub tellings { return one('SELECT count(*) FROM deliveries_in
	WHERE telling_of IS NOT NULL') }

sub counted ($outcome)
{
	return Cal::Test::Metrics->scrape($c)->value(
	    'calendlyd_webhook_requests_total', outcome => $outcome) // 0;
}

my $n = 0;

subtest "the newer body is the picture: it came $_" => sub {
	$n++;
	my @body = (booking($n, 1, 'Ann'), booking($n, 2, 'Anna'));
	@body = reverse @body if /first/;
	post(@body, @body);
	my @fed = fed($n);
	is scalar(grep { $_->{type} eq 'invitee.created' } @fed), 1,
	    'one event';
	my ($last) = reverse grep { $_->{type} eq 'meeting.changed' } @fed;
	is $last->{data}{meeting}{name}, 'with Anna', 'the meeting is newer';
	my $m = $c->api(GET => "/v1/meetings/$last->{meeting_id}")->json;
	is $m->{invitees}[0]{name}, 'Anna', 'so is the invitee';
	is_deeply $m, $last->{data}{meeting}, 'which the feed has told';
	is tellings(), $n, 'the other body is kept as it came';
} for 'last', 'first';

subtest 'one after the other, or all at once' => sub {
	my @n = map { ++$n } 1 .. 5;
	my @body = map { my $n = $_; map { booking($n, $_, "V$_") } 1 .. 4 }
	    @n;
	post(map { $body[$_ * 7 % @body] } 0 .. $#body);
	for my $n (@n) {
		my @fed = fed($n);
		is scalar(grep { $_->{type} eq 'invitee.created' } @fed), 1,
		    'one event';
		is $c->api(GET => "/v1/meetings/$fed[0]{meeting_id}")
		    ->json('/invitees/0/name'), 'V4', 'the newest';
	}
};

subtest 'the books count them' => sub {
	my $books = $ledger->age->close;
	is $books->{retold}, 2 + 5 * 3, 'as told anew';
	is $books->{accepted}, one('SELECT count(*) FROM deliveries_in'),
	    'among what was accepted';
	is $books->{accepted}, $books->{applied} + ($books->{superseded} // 0),
	    'and what became of each is known';
	is $books->{missing}, undef, 'none is missing';
	cmp_ok counted('retold'), '>=', 17, 'the metric, too';
};

subtest 'one that is taken away is missed, and can be put back' => sub {
	post(booking(++$n, 1, 'Bea'));
	my @runner = grep { `cat /proc/$_/comm` =~ m{^runner/} }
	    $c->calendlyd->children;
	kill STOP => @runner;
	is $c->deliver($url, booking($n, 2, 'Beatrix'))->code, 200, 'taken';
	my $id = one('SELECT event_id FROM deliveries_in ORDER BY id DESC
		LIMIT 1');
	$c->db->do('DELETE FROM delivery_queue');
	kill CONT => @runner;
	is $ledger->age->close->{missing}, 1, 'missing';
	like $c->run_ctl(qw(events show), $id)->{out}, qr/tells again of/,
	    'an operator sees what it is';
	is $ledger->told(qw(events retry), $id)->{asked_for}, 1, 'asked for';
	$c->wait_for(sub { one('SELECT outcome FROM deliveries_in
		WHERE event_id = ?', $id) }, 'it to be applied');
	is $ledger->age->close->{missing}, undef, 'no more';
	my ($event) = fed($n);
	is $c->api(GET => "/v1/meetings/$event->{meeting_id}")
	    ->json('/invitees/0/name'), 'Beatrix', 'the meeting has it';
	is scalar(grep { $_->{type} eq 'invitee.created' } fed($n)), 1,
	    'its event is there once';
};

subtest 'there is a bound, and it is told' => sub {
	$n++;
	my $before = tellings();
	post(map { booking($n, $_, "W$_") } 1 .. 12);
	is tellings() - $before, 8, 'eight are kept beside the first';
	is counted('unkept'), 3, 'the others are counted';
	like $c->log_text(qr/^calendlyd\.log/),
	    qr/ingest: one more body for an event/, 'and said';
};

subtest 'of what is no meeting the first body is the event' => sub {
	my @body = map { envelope('event_type.created', { uri =>
		"$API/event_types/" . uuid(9), name => $_ }) } 'a', 'b';
	post(@body);
	my @fed = grep { $_->{type} eq 'event_type.created' } $c->events;
	is_deeply [map { $_->{data}{name} } @fed], ['a'], 'once';
	is one(q{SELECT outcome FROM deliveries_in WHERE telling_of IS NOT NULL
		AND kind = 'event_type.created'}), 'superseded',
	    'the other is on the books';
};

subtest 'retention takes them, too' => sub {
	$c->db->do(q{UPDATE deliveries_in
		SET received_at = received_at - interval '400 days'});
	cmp_ok one('SELECT sweep_deliveries(10000, 30)'), '>', 20, 'swept';
	is tellings(), 0, 'none is left';
};

subtest 'erasing the user takes them, too' => sub {
	post(booking(++$n, 1, 'Cyd'), booking($n, 2, 'Cydney'));
	is tellings(), 1, 'there is one';
	$c->api(DELETE => '/v1/connections/u1?erase=true');
	$c->wait_for(sub { !one('SELECT count(*) FROM connections') },
	    'the user to be forgotten');
	is_deeply [Cal::Test::Books->new(test => $c)->mentions('Cydney',
		'Cyd')], [], 'no table knows of it';
};

done_testing;
