# One event at Calendly is one event in the feed, however often and by whichever
# way it comes; two events are never mistaken for one.

use Cal::Test;

use Cal::Test::Body qw(delivery envelope invitee_uri no_show_uri uuid);

my $c = Cal::Test->start;
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');
my $API = 'https://api.calendly.com';
my $serial = 0;

sub invitee { return invitee_uri(uuid(2, ++$serial)) }

sub send_ok ($body, $to = $url)
{
	my $res = $c->deliver($to, $body);
	$res->code == 200 or fail('stored: ' . $res->body);
	return;
}

# How many deliveries these are, each told from the others.
sub distinct (@body)
{
	my $count = 'SELECT count(*) FROM deliveries_in WHERE telling_of IS NULL';
	my $before = $c->db->selectrow_array($count);
	send_ok($_) for @body;
	return $c->db->selectrow_array($count) - $before;
}

# A feed of exactly these kinds for one subject.
sub feed_is ($uri, $kinds, $title)
{
	my $of = sub { [map { $_->{type} } grep {
		($_->{data}{uri} // '') eq $uri } $c->events] };
	$c->wait_for(sub { @{ $of->() } >= @$kinds &&
		!$c->db->selectrow_array('SELECT count(*) FROM delivery_queue')
	}, $title);
	return is_deeply $of->(), $kinds, $title;
}

subtest 'a delivery that comes again is one event' => sub {
	my $uri = invitee();
	my $body = delivery('invitee.created', uri => $uri);
	is distinct($body, $body), 1, 'the same bytes';
	is distinct(delivery('invitee.created', uri => $uri, name => 'X',
		updated_at => '2026-11-21T11:11:11.000000Z')), 0,
	    'the same event, told in other words';
	send_ok($body);
	feed_is($uri, ['invitee.created'], 'one event');
};

subtest 'a replay, long after, is no event' => sub {
	my $uri = invitee();
	my $body = delivery('invitee.created', uri => $uri);
	my $late = { 'Calendly-Webhook-Signature' =>
		$c->sign($body, t => time - 80_000) };
	send_ok($body);
	is $c->deliver($url, $body, $late)->code, 200, 'known, so fine';
	feed_is($uri, ['invitee.created'], 'one event');
};

subtest 'two subscriptions that overlap tell one event once' => sub {
	my $person = { person => 'olivia' };
	my $hook = $c->sandbox_state->{subscriptions}[0];
	$c->db->do('UPDATE endpoints SET state = $$draining$$,' .
		" drain_until = now() + interval '1 hour'");
	$c->db->do('INSERT INTO endpoints (tenant_id, hash, connection_id,' .
		' grant_id) SELECT tenant_id, sha256($$' . 'B' x 43 .
		'$$), connection_id, grant_id FROM endpoints');
	my $second = $c->url('/webhooks/calendly/' . 'B' x 43);
	my $uri = invitee();
	send_ok(delivery('invitee.created', uri => $uri), $_)
	    for $url, $second;
	feed_is($uri, ['invitee.created'], 'one event');
};

subtest 'at once, over several workers: still one' => sub {
	my $uri = invitee();
	my $body = delivery('invitee.created', uri => $uri);
	my $header = { 'Calendly-Webhook-Signature' => $c->sign($body) };
	require Cal::Test::Load;
	my $load = Cal::Test::Load->start($c, clients => 6, times => 20,
		request => [POST => $url =~ s{^\Q${\ $c->url}\E}{}r, $header,
		    $body]);
	is_deeply $load->wait_end, { 200 => 120 }, 'each is answered 200';
	feed_is($uri, ['invitee.created'], 'one event');
};

subtest 'a cancellation is not swallowed by its booking' => sub {
	my $uri = invitee();
	send_ok(delivery("invitee.$_", uri => $uri)) for qw(created canceled);
	feed_is($uri, ['invitee.created', 'invitee.canceled'], 'both');
};

subtest 'a second invitee is not swallowed by the first' => sub {
	my @uri = (invitee(), invitee());
	is distinct(map { delivery('invitee.created', uri => $_) } @uri), 2,
	    'same event, two people';
	feed_is($_, ['invitee.created'], 'each') for @uri;
};

subtest 'an id that two scheduled events give to an invitee is two' => sub {
	my @uri = map { 'https://api.calendly.com/scheduled_events/' .
		uuid(5, $_) . '/invitees/' . uuid(6) } 1, 2;
	my @body = map { delivery('invitee.created', uri => $_) } @uri;
	is distinct(@body, @body, reverse @body), 2, 'each stays one';
	feed_is($_, ['invitee.created'], 'each') for @uri;
	is distinct(delivery('invitee.created', uri => "$API/invitees/" .
		uuid(6), event => "$API/scheduled_events/" . uuid(5, 3))), 1,
	    'told by the event when the path says nothing';
};

subtest 'the name of the host is no difference, the user is' => sub {
	my $uri = invitee();
	my $web = $uri =~ s/api\.//r;
	is distinct(map { delivery('invitee.created', uri => $_) } $uri, $web,
		$uri =~ s/([0-9a-f-]+)$/\U$1/r), 1, 'one invitee';
	$c->connect('u2', person => 'marco', browser => $c->new_browser);
	my $body = delivery('invitee.created', uri => $uri);
	send_ok($body, $c->endpoint('u2'));
	$c->wait_for(sub { grep { $_->{user_id} eq 'u2' &&
		$_->{type} eq 'invitee.created' } $c->events },
		'the other user\'s event');
	pass 'each user has an event of their own';
};

subtest 'a no-show may be set, cleared and set again' => sub {
	my $uri = invitee();
	my ($first, $second) = map { { uri => no_show_uri(uuid(3, $_)) } } 1, 2;
	my @story = ([created => $first], [deleted => $first],
		[created => $second]);
	my @body = map { delivery("invitee_no_show.$_->[0]", uri => $uri,
		no_show => $_->[1]) } @story;
	is distinct(@body, @body), 3, 'three events, told twice';
	feed_is($uri, [map { "invitee_no_show.$_->[0]" } @story], 'in order');
};

subtest 'a no-show cleared without a name is told by its time' => sub {
	my %payload = (uri => invitee(), no_show => undef);
	my @body = map { envelope('invitee_no_show.deleted', \%payload,
		created_at => "2026-11-20T10:00:0$_.000000Z") } 1, 2;
	is distinct(@body, @body), 2, 'two events';
};

subtest 'what is updated twice is two events' => sub {
	my $uri = 'https://api.calendly.com/event_types/' . uuid(4, 1);
	my @body = map { envelope('event_type.updated', { uri => $uri,
		updated_at => "2026-11-20T10:00:0$_.000000Z" }) } 1, 2;
	is distinct(@body, @body), 2, 'told by updated_at';
	my $contact = 'https://api.calendly.com/contacts/' . uuid(4, 2);
	is distinct(map { envelope('contact.updated', { user_uuid => 'x',
		contact => { uri => $contact, updated_at => $_ } }) }
		'2026-11-20T10:00:00Z', '2026-11-20T10:00:01Z'), 2,
	    'contacts too';
};

subtest 'kinds that are not known are told by their bodies, and pass' => sub {
	my $uri = invitee();
	my @body = map { envelope('invitee.levitated', { uri => $uri,
		height => $_ }) } 1, 2, 2;
	is distinct(@body), 2, 'two bodies';
	feed_is($uri, [('invitee.levitated') x 2], 'both pass on');
};

done_testing;
