# GET /v1/meetings returns what is asked for and nothing else, each meeting
# once, however the list changes meanwhile. The meetings are put into the
# database as applying deliveries does, so that the test knows them to the
# microsecond.

use Cal::Test;
use Cal::Test::Meetings;
use Mojo::URL;

my $c = Cal::Test->start;
my $stored = Cal::Test::Meetings->new(test => $c);
$c->connect('u1', person => 'olivia');
$c->connect('u2', person => 'sam');
my $UUID = '00000000-0000-8000-8000-000000000000';

sub path (%query)
{
	return Mojo::URL->new('/v1/meetings')->query({ %query })->to_string;
}

sub list (%query)
{
	my $res = $c->api(GET => path(%query));
	is $res->code, 200, 'a list' or diag $res->body;
	return $res->json;
}

sub ids (%query) { return map { $_->{id} } @{ list(%query)->{data} } }

sub empty ($title, %query)
{
	return is_deeply list(%query), { data => [], next => undef }, $title;
}

# $from and $n microseconds.
sub at ($n) { return sprintf '2026-11-24T09:00:%02d.%06dZ', 5, $n }

subtest 'nothing yet' => sub {
	empty 'no meetings';
	empty 'of a user', user_id => 'u1';
	empty 'of one that nobody knows', user_id => 'nobody';
};

subtest 'a meeting is what the documents show' => sub {
	for my $name (qw(MeetingBooked MeetingRescheduled)) {
		my $want = $c->contract->at(
			"#/components/examples/$name/value");
		$want->{host_timezone} = 'Europe/Prague';
		$want->{user_id} = 'u1';
		$stored->add_shown($want);
		is_deeply $c->api(GET => "/v1/meetings/$want->{id}")->json,
		    $want, "$name, alone";
		is_deeply list(user_id => 'u1')->{data}, [$want],
		    "$name, in a list";
		$stored->clear;
	}
};

subtest 'every page, whatever comes and goes meanwhile' => sub {
	my @start = ((map { at($_) } 10, 20, 20, 20, 30, 40, 50, 50, 60),
	    undef, undef, undef);
	my @there = map { $stored->add(u1 => $_) } @start;
	my (@seen, @ahead, $next);
	do {
		my $page = list(limit => 2, $next ? (after => $next) : ());
		push @seen, map { $_->{id} } @{ $page->{data} };
		$next = $page->{next};
		$stored->add(u2 => at(5));
		push @ahead, $stored->add(u2 => at(55)) if @seen < 6;
	} while ($next && @seen < 50);
	is_deeply \@seen, [$stored->sorted(@there, @ahead)],
	    'each once and in order, also what came ahead, not what came behind';
	is_deeply [ids()], [$stored->sorted], 'in one page it is the same';
	is_deeply [ids(user_id => 'u1')], [$stored->sorted(@there)],
	    "a user's own";
	my $page = list(limit => 3, user_id => 'u1');
	is_deeply [(map { $_->{id} } @{ $page->{data} }),
	    ids(user_id => 'u1', after => $page->{next})],
	    [ids(user_id => 'u1')], 'a cursor goes on with a filter';
	$page = list(limit => 1, user_id => 'u1');
	$stored->remove($page->{data}[0]{id});
	is((ids(user_id => 'u1', after => $page->{next}))[0],
	    ($stored->sorted(@there))[0],
	    'a cursor outlives the meeting that it stands at');
	$stored->clear;
};

subtest 'from the start on, and before the end' => sub {
	my ($before, $on, $after) = map { $stored->add(u1 => at($_)) }
	    99, 100, 101;
	my $unknown = $stored->add(u1 => undef);
	is_deeply [ids(from => at(100))], [$on, $after, $unknown],
	    'from: it and later';
	is_deeply [ids(to => at(100))], [$before], 'to: before it';
	is_deeply [ids(from => at(99), to => at(101))], [$before, $on], 'both';
	empty 'an empty span', from => at(100), to => at(100);
	for my $time ('2026-11-24T10:00:05.0001+01:00',
	    '2026-11-24T03:30:05.000100-05:30',
	    '2026-11-24T09:00:05.000100000Z',
	    '2026-11-25T08:59:05.0001+23:59') {
		is_deeply [ids(from => $time)], [$on, $after, $unknown],
		    "from=$time";
	}
	my $plain = $c->api(GET =>
	    '/v1/meetings?from=2026-11-24T10:00:05.0001+01:00');
	is @{ $plain->json('/data') }, 3, 'a plus may stand for itself';
	is_deeply [ids(from => '2100-01-01T00:00:00Z')], [$unknown],
	    'one without a start begins after all others';
	empty 'unless there is an end', to => '9999-12-31T23:59:59.999999Z',
	    from => at(102);
	$stored->clear;
};

subtest 'by user and status, together' => sub {
	my %id = map { my $user = $_; map { ("$user $_" =>
		$stored->add($user => at(1), canceled => $_)) } 0, 1 }
	    qw(u1 u2);
	my @all = (user_id => 'u2', from => at(1), to => at(2));
	is_deeply [ids(@all, status => 'active')], [$id{'u2 0'}], 'active';
	is_deeply [ids(@all, status => 'canceled')], [$id{'u2 1'}],
	    'canceled';
	is_deeply [sort(ids(status => 'canceled'))],
	    [sort @id{'u1 1', 'u2 1'}], 'of all users';
	is scalar(ids(@all)), 2, 'either';
	$stored->lose($id{'u2 1'});
	is_deeply [ids(@all, status => 'gone')], [$id{'u2 1'}], 'gone';
	is_deeply [ids(@all, status => 'canceled')], [],
	    'then no longer canceled';
	$stored->clear;
};

subtest 'what can not be meant is refused' => sub {
	my $time = 'must be a time';
	my @wrong = (
		[user_id => 'user_id=', qr/1 to 128/],
		[user_id => 'user_id=a%20b', qr/1 to 128/],
		[status => 'status=', qr/must be active, canceled or gone/],
		[status => 'status=ACTIVE', qr/active, canceled or gone/],
		[limit => 'limit=0', qr/1 to 1000/],
		[limit => 'limit=1001', qr/1 to 1000/],
		[form => 'form=2026-11-24T09:00:00Z',
			qr/known is user_id, from, to, status, limit or after/],
		[Status => 'user_id=u1&Status=active', qr/not known/],
		[to => 'from=2026-11-24T09:00:00Z&to=2026-11-24T08:59:59Z',
			qr/not be before "from"/],
		(map { [from => "from=$_", qr/$time/] } '', '2026-11-24',
			'1795510800', '2026-11-24T09:00:00',
			'2026-11-24T09:00Z', '2026-02-29T09:00:00Z',
			'2026-11-24T24:00:00Z', '2026-11-24%2009:00:00Z',
			'2026-11-24T09:00:00.Z', '0001-01-01T00:00:00Z',
			'2026-11-24T09:00:00%2B24:00', 'now', 'infinity',
			'2026-11-24T09:00:00Z%27', 'x' x 3000),
		[to => 'to=tomorrow', qr/$time/]);
	for my $wrong (@wrong) {
		my ($field, $query, $like) = @$wrong;
		my $res = $c->api(GET => "/v1/meetings?$query");
		is $res->code . $res->json('/code'), '400invalid_request',
		    substr $query, 0, 60;
		is $res->json('/errors/0/field'), $field, 'says where';
		like $res->json('/errors/0/message'), $like, 'and what';
	}
	my $res = $c->api(GET => '/v1/meetings?user_id=%zz');
	is $res->code . $res->json('/code'), '400invalid_request',
	    'a bad escape';
	my $foreign = $c->api(GET => '/v1/events?limit=1')->json('/next');
	$stored->add(u1 => at($_)) for 1, 2;
	my $own = list(limit => 1)->{next};
	for my $after ('', 'm', 'x', '!', $foreign, "m$own", "${own}A",
	    'mMSAy', 'm' . 'OTk5' x 12,
	    Cal::Test::Meetings::cursor("$UUID"),
	    Cal::Test::Meetings::cursor("$UUID x"),
	    Cal::Test::Meetings::cursor("x 2026-11-24T09:00:00Z"),
	    Cal::Test::Meetings::cursor("$UUID  ")) {
		$res = $c->api(GET => path(after => $after));
		is $res->code . $res->json('/code'), '400cursor_invalid',
		    "after=$after";
	}
	$stored->clear;
};

subtest 'large meetings make short pages, and none is lost' => sub {
	my @id = map { $stored->add(u1 => at($_)) } 1 .. 30;
	$stored->crowd($_, 20, 12_000) for @id;
	my ($next, $pages, @seen) = (undef, 0);
	do {
		my $page = list(limit => 1000, $next ? (after => $next) : ());
		push @seen, @{ $page->{data} };
		$next = $page->{next};
		$pages++;
	} while ($next);
	cmp_ok $pages, '>', 2, 'not all on one page';
	cmp_ok $pages, '<', 10, 'but as many as fit';
	is_deeply [map { $_->{id} } @seen], \@id, 'each is on one of them';
	is_deeply [grep { @{ $_->{invitees} } != 20 || $_->{invitees_more} }
	    @seen], [], 'and is whole';
	$stored->clear;
};

subtest 'a crowd is shown in part' => sub {
	my ($many, $large, $huge) = map { $stored->add(u1 => at($_)) } 1 .. 3;
	$stored->crowd($many, 101, 1);
	$stored->crowd($large, 50, 12_000);
	$stored->crowd($huge, 2, 300_000);
	my %shown = map { $_->{id} => $_ } @{ list()->{data} };
	for my $id ($many, $large, $huge) {
		my $one = $c->api(GET => "/v1/meetings/$id")->json;
		is_deeply $one, $shown{$id}, 'alone as in the list';
		ok $one->{invitees_more}, 'it says that there are more';
	}
	is @{ $shown{$many}{invitees} }, 100, 'at most 100';
	is @{ $shown{$large}{invitees} }, 20, 'at most 256 KiB';
	is @{ $shown{$huge}{invitees} }, 1, 'but always one';
	$stored->clear;
};

subtest "no meeting, and another tenant's" => sub {
	my $id = $stored->add(u1 => at(1));
	$stored->add(u1 => at(2));
	my $cursor = list(limit => 1)->{next};
	$c->stack->ctl_must(qw(tenant add other));
	my %other = (Authorization => 'Bearer ' .
	    $c->stack->ctl_must(qw(key add other)));
	for my $call ([$UUID], ['x'], ["$id-x"], [$id, \%other]) {
		my $res = $c->api(GET => "/v1/meetings/$call->[0]", undef,
			$call->[1] // {});
		is $res->code . $res->json('/code'), '404not_found',
		    "$call->[0], " . ($call->[1] ? 'another' : 'this') .
		    ' tenant';
	}
	is $c->api(GET => '/v1/meetings/' . uc $id)->json('/id'), $id,
	    'in capitals it is the same';
	is_deeply $c->api(GET => $_, undef, \%other)->json('/data'), [],
	    "the other tenant's $_ is empty"
	    for '/v1/meetings', path(user_id => 'u1'), path(after => $cursor);
	for my $path ('/v1/meetings', "/v1/meetings/$id") {
		is $c->api(GET => $path, undef, { Authorization => undef })
		    ->code, 401, "$path needs a key";
		is $c->api(POST => $path)->headers->header('Allow'),
		    'GET, HEAD', 'and is only read';
	}
	$stored->clear;
};

subtest 'what is unchanged is not sent again' => sub {
	my $id = $stored->add(u1 => at(1));
	my $one = "/v1/meetings/$id";
	my %tag = map { $_ => $c->api(GET => $_)->headers->etag } $one,
	    '/v1/meetings';
	for my $path (sort keys %tag) {
		my %have = ('If-None-Match' => $tag{$path});
		is $c->api($_ => $path, undef, \%have)->code, 304,
		    "$_ $path: nothing new" for qw(GET HEAD);
		is $c->api(HEAD => $path)->headers->etag, $tag{$path},
		    'HEAD is like GET';
	}
	$stored->cancel($id);
	for my $path (sort keys %tag) {
		my $res = $c->api(GET => $path, undef,
			{ 'If-None-Match' => $tag{$path} });
		is $res->code, 200, "GET $path: it was canceled";
		isnt $res->headers->etag, $tag{$path}, 'under another tag';
	}
};

done_testing;
