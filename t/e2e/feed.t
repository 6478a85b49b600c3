# The feed has every event in one order, as Calendly sent it; a reader that
# keeps its cursor misses nothing, whatever is written meanwhile.
#
# With sanitizers in every run.

use Cal::Test;

use Cal::Test::Body qw(delivery envelope invitee_uri uuid);
use Cal::Test::Deliveries;
use Cal::Test::Stopwatch;
use Mojo::JSON qw(decode_json encode_json);

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2 });
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');
my $serial = 0;

sub page ($query) { return $c->api(GET => "/v1/events?$query")->json }

# The feed's cursor now, and what comes after it.
sub head
{
	my $next = 0;
	for (my $page = page('limit=1000'); ; $page = page("after=$next")) {
		$next = $page->{next};
		return $next if !$page->{more};
	}
}

sub event_of ($body)
{
	my $head = head();
	my $res = $c->deliver($url, $body);
	is $res->code, 200, 'answered 200' or diag $res->body;
	return $c->wait_for(sub { ($c->events($head))[0] }, 'its event');
}

subtest 'a booking is in the feed within a second, as Calendly sent it' => sub {
	my $head = head();
	$c->sandbox(POST => '/sandbox/book', { person => 'olivia',
		wait => \1, location => 'physical', questions_and_answers => [{
			question => 'Žofie – 会議 😀?', answer => "\x{1}\\/\"" }] });
	my $watch = Cal::Test::Stopwatch->start($c);
	my $event = $c->wait_for(sub { (grep { $_->{type} eq 'invitee.created' }
		$c->events($head))[0] }, 'it');
	cmp_ok $watch->seconds, '<', 1, 'in time';
	my ($raw) = $c->db->selectrow_array('SELECT encode(body, $$hex$$)' .
	    ' FROM deliveries_in ORDER BY id DESC LIMIT 1');
	my $sent = decode_json(pack 'H*', $raw);
	is_deeply $event->{data}, $sent->{payload}, 'the data is the payload';
	is $event->{occurred_at}, $sent->{created_at}, 'so is its time';
	is_deeply $c->api(GET => "/v1/events/$event->{id}")->json, $event,
	    'alone it is the same';
};

subtest 'passwords of meeting rooms stay out, all else stays in' => sub {
	my %room = (id => 12345678901234567890, settings => { a => [1, {}] });
	my %location = (type => 'zoom', join_url => 'https://zoom.us/j/1');
	my $event = event_of(delivery('invitee.created',
		uri => invitee_uri(uuid(5, 1)), scheduled_event => {
			location => { %location, data => { %room,
				password => 'canary-a', Passcode => 'canary-b',
				extra => { pstn_password => 'canary-c' } } } }));
	unlike encode_json($event), qr/canary/, 'no password';
	is_deeply $event->{data}{scheduled_event}{location},
	    { %location, data => { %room, extra => {} } }, 'the rest';
};

subtest 'what can be read, however odd, passes on' => sub {
	my $of = sub ($inner) { my $uri = invitee_uri(uuid(5, ++$serial + 9));
		qq({"event":"invitee.created","payload":{"uri":"$uri",$inner}}) };
	my $text = sub ($inner) { my $event = event_of($of->($inner));
		is $event->{type}, 'invitee.created', substr $inner, 0, 40;
		my $res = $c->agent->get($c->url("/v1/events/$event->{id}"),
			{ Authorization => 'Bearer ' . $c->key })->res;
		return $res->body };
	like $text->('"name":"a\u0000b"'), qr/"a\\u0000b"/, 'an escaped NUL';
	like $text->('"n":123456789012345678901234567890.5e-400'),
	    qr/"n":123456789012345678901234567890\.5e-400/, 'a huge number';
	like $text->('"half":"\ud83d"'), qr/"half":"(\xef\xbf\xbd|\\ufffd)"/,
	    'half a character';
	ok $text->('"deep":' . '[' x 28 . ']' x 28), 'deep';
	ok $text->('"created_at":"yesterday","event":7'), 'wrong types';
	ok $text->('"uri":"https://x.example/","uri":null'), 'a key twice';
};

subtest 'what cannot be read is kept and told of, not lost' => sub {
	my %body = (
		'no JSON'	=> 'hello',
		'nothing'	=> '',
		'NULs'		=> "{\"event\":\0\0}",
		'no UTF-8'	=> qq({"event":"invitee.created","x":"\xff"}),
		'too deep'	=> '[' x 2000 . ']' x 2000,
		'cut'		=> substr(delivery('invitee.created'), 0, 90),
		'an array'	=> '[1,2]',
		'null'		=> 'null',
		'no payload'	=> '{"event":"invitee.created"}',
		'no subject'	=> envelope('invitee.created', { uri => 'x' }),
		'no kind'	=> envelope('DROP TABLE', {}),
		'two texts'	=> '{}{}',
		'too many'	=> '[' . join(',', (0) x 60_000) . ']',
	);
	for my $what (sort keys %body) {
		my $event = event_of($body{$what});
		is $event->{type}, 'webhook.unreadable', $what;
		is $event->{data}{size}, length $body{$what}, 'its size';
		ok length $event->{data}{reason}, "why: $event->{data}{reason}";
	}
	is $c->db->selectrow_array('SELECT count(*) FROM deliveries_in' .
	    ' WHERE flaw IS NOT NULL'), keys %body, 'each is flagged';
};

subtest 'pages: "more" and "next" lead through, and rest at the head' => sub {
	my ($after, @seen) = ('');
	for (;;) {
		my $page = page('limit=3' . ($after && "&after=$after"));
		push @seen, map { $_->{id} } @{ $page->{data} };
		$after = $page->{next};
		is scalar @{ $page->{data} }, 3, 'a full page' if $page->{more};
		last if !$page->{more};
	}
	my @event = $c->events;
	is_deeply \@seen, [map { $_->{id} } @event], 'the same, in order';
	is_deeply [grep { $event[$_]{sequence} <= $event[$_ - 1]{sequence} }
		1 .. $#event], [], 'their sequence grows';
	my $rest = { data => [], next => $after, more => Mojo::JSON->false };
	is_deeply page("after=$after"), $rest, 'nothing new'
	    for qw(first again);
	my $event = event_of(delivery('invitee.created',
		uri => invitee_uri(uuid(6, 1))));
	my ($first, $second, @more) = @{ page("after=$after")->{data} };
	is_deeply $first, $event, 'then what is new';
	is_deeply [$second->{type}, scalar @more], ['meeting.changed', 0],
	    'and what it did';
};

subtest 'a page ends where it would grow too large' => sub {
	my $after = head();
	$c->db->do(q{WITH added AS (
		INSERT INTO events (id, tenant_id, connection_id, user_id,
		       type, source, occurred_at, received_at, data)
		SELECT gen_random_uuid(), tenant_id, id, user_id, 'x.large',
		       'webhook', now(), now(),
		       json_build_object('x', repeat('x', 1000000))
		  FROM connections, generate_series(1, 100)
		RETURNING id, tenant_id)
		INSERT INTO event_queue (tenant_id, event_id)
		SELECT tenant_id, id FROM added});
	# Megabytes of JSON: read by eye.
	my ($seen, $most, $body) = (0, 0);
	my $read = sub {
		$body = $c->agent->get($c->url("/v1/events?after=$after"),
			{ Authorization => 'Bearer ' . $c->key })->res->body;
		my $n = () = $body =~ /"x[.]large"/g;
		$most = $n if $n > $most;
		($after) = $body =~ /"next":"(\w+)","more":\w+}\z/ or die;
		return $seen += $n;
	};
	$c->wait_for_all($read, 100, 'all to be read');
	is $seen, 100, 'none twice, none left out';
	cmp_ok $most, '<', 20, 'a few at a time';
	$c->db->do(q{DELETE FROM events WHERE type = 'x.large'});
};

subtest 'no cursor but our own is taken' => sub {
	for my $after (qw(x e 0 1 eLTE e====), 'eMA\'', 'cMQ', 'e' . 'A' x 500,
	    'eOTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk') {
		is $c->api(GET => "/v1/events?after=$after")->json('/code'),
		    'cursor_invalid', "after=$after";
	}
	is $c->api(GET => "/v1/events?limit=$_")->code, 400, "limit=$_"
	    for '0', '-1', '1001', 'x', '', '1e3';
};

subtest 'a reader skips nothing while many write' => sub {
	# Megabytes: whether each page is as documented is checked elsewhere.
	my $read = sub ($after, $limit) { $c->agent->get(
		$c->url("/v1/events?limit=$limit&after=$after"),
		{ Authorization => 'Bearer ' . $c->key })->res->json };
	my $head = my $after = head();
	my $load = Cal::Test::Deliveries->start($c, $url, clients => 4,
		times => 60);
	my (%seen, @order);
	my $read_on = sub {
		my $page = $read->($after, 7);
		$after = $page->{next};
		push @order, map { $_->{id} } @{ $page->{data} };
		$seen{ $_->{data}{uri} // $_->{id} }++ for @{ $page->{data} };
		return scalar keys %seen;	# each with its meeting.changed
	};
	$c->wait_for_all($read_on, 480, 'all to be read');
	is_deeply $load->wait_end, { 200 => 240 }, 'all were taken';
	is_deeply [grep { $seen{$_} != 1 } keys %seen], [], 'each came once';
	my ($page, @again) = { next => $head, more => 1 };
	while ($page->{more}) {
		$page = $read->($page->{next}, 1000);
		push @again, map { $_->{id} } @{ $page->{data} };
	}
	is_deeply \@order, \@again, 'read again, it is in the same order';
};

done_testing;
