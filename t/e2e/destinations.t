# Destinations are made, shown, changed, paused and deleted by their tenant
# alone; what cannot be one is refused with words that say what to write; and
# their secrets are shown once.
#
# With sanitizers in every run.

use Cal::Test;

use Mojo::JSON qw(encode_json);

my $c = Cal::Test->start;
my $URL = 'https://app.example.com/hooks/calendly';
my $NONE = '00000000-0000-4000-8000-000000000000';

sub make (%wish)
{
	return $c->api(POST => '/v1/destinations', { url => $URL, %wish });
}

sub destination ($id) { return $c->api(GET => "/v1/destinations/$id") }

sub change ($id, %wish)
{
	return $c->api(PATCH => "/v1/destinations/$id", \%wish);
}

# The fields that an answer finds fault with, and what it says of the only one.
sub fields ($res)
{
	return join ' ', sort map { $_->{field} } @{ $res->json('/errors') // [] };
}

sub message ($res) { return $res->json('/errors/0/message') // $res->body }

subtest 'made, with the least that is needed' => sub {
	my $res = make();
	is $res->code, 201, 'made';
	my %d = %{ $res->json };
	like delete $d{secret}, qr/^whsec_/, 'it has a secret';
	is_deeply [@d{qw(url description types user_id headers state reason)}],
	    [$URL, '', ['meeting.changed'], undef, [], 'active', undef],
	    'and what it has without being asked';
	is_deeply $d{pushes}, { waiting => 0, held => 0, dead => 0 },
	    'nothing waits for it';
	is $d{lag}, 0, 'it begins at the head of the feed';
	like $d{health}{summary}, qr/^Nothing was sent yet/, 'in words, too';
	is_deeply destination($d{id})->json, \%d, 'it is shown as it was made';
	is $res->headers->cache_control, 'no-store', 'no proxy keeps a secret';
};

subtest 'made, with all there is' => sub {
	my $res = make(description => 'The bookings', types => [
		'invitee.created', 'connection.needs_reauth'],
		user_id => 'u|1', from => 'oldest', headers => {
		'X-Route' => 'a b', Authorization => 'Bearer sesame' });
	is $res->code, 201, 'made' or diag $res->body;
	my $d = destination($res->json('/id'));
	is_deeply [@{ $d->json }{qw(description types user_id)}], ['The bookings',
	    ['invitee.created', 'connection.needs_reauth'], 'u|1'], 'kept';
	is_deeply [sort @{ $d->json('/headers') }],
	    ['Authorization', 'X-Route'], 'headers by their names alone';
	unlike $d->body, qr/sesame|whsec_/, 'and no secret';
	is make(types => ['*'])->code, 201, 'all types';
	is make(types => ['meeting_recap.created'])->code, 201,
	    "and Calendly's own";
};

subtest 'what cannot be called' => sub {
	my @wrong = (
		['', qr/https URL/], ['app.example.com', qr/https URL/],
		['ftp://app.example.com/', qr/https URL/],
		['https://', qr/https URL/], ['https:///x', qr/https URL/],
		['http://app.example.com/', qr/CALENDLYD_DELIVER_ALLOW/],
		['https://u:p@app.example.com/', qr/user or a password/],
		['https://u@app.example.com/', qr/user or a password/],
		['https://app.example.com/#x', qr/fragment/],
		['https://app.example.com/a b', qr/percent-encoded/],
		["https://app.example.com/\x{e9}", qr/percent-encoded/],
		['https://app.example.com/%zz', qr/percent-encoded/],
		['https://127.1/', qr/usual form/],
		['https://2130706433/', qr/usual form/],
		['https://0x7f.0.0.1/', qr/usual form/],
		['https://app.example.com:80/', qr/443 or one from 1024/],
		['https://app.example.com:22/', qr/443 or one from 1024/],
		['https://app.example.com:0/', qr/https URL/],
		['https://app.example.com:65536/', qr/https URL/],
		["https://app.example.com/\r\nX: y", qr/percent-encoded/],
		['https://app.example.com/' . 'x' x 2048, qr/2048/],
		(map { ["https://$_/", qr/public address/] } qw(127.0.0.1
			10.1.2.3 192.168.0.1 172.16.0.1 169.254.169.254
			0.0.0.0 100.64.0.1 224.0.0.1 255.255.255.255 [::1]
			[::] [fe80::1] [fd00::1] [::ffff:10.0.0.1]
			[64:ff9b::a00:1] [2002:a00:1::] [ff02::1])),
	);
	for my $try (@wrong) {
		my ($url, $why) = @$try;
		my $res = make(url => $url);
		is $res->code, 400, substr(encode_json([$url]), 0, 60);
		is fields($res), 'url', 'the url is at fault';
		like message($res), $why, 'and it says why';
	}
	for my $url ('https://app.example.com', 'https://app.example.com:443/',
	    'https://app.example.com:1024/a?b=c', 'https://8.8.8.8:65535/',
	    'HTTPS://App.Example.com/x') {
		is make(url => $url)->code, 201, "but $url can be";
	}
};

subtest 'other faults, told together' => sub {
	my $res = $c->api(POST => '/v1/destinations', { types => [],
		headers => [], user_id => '..', from => 'then', secret => 'x' });
	is $res->code, 400, 'refused';
	is fields($res), 'from headers secret types url user_id',
	    'all that is wrong is named';
	my %wrong = (
		types => [
			[['meeting.change'] => qr/nearest is meeting\.changed/],
			[['invitee.cancelled'] => qr/invitee\.canceled/],
			[['*', 'meeting.changed'] => qr/alone/],
			[[('meeting.changed') x 2] => qr/once/],
			['meeting.changed' => qr/list of strings/],
			[[1] => qr/list of strings/], [undef, qr/list/],
		],
		headers => [
			[{ 'Webhook-Id' => 'x' } => qr/must not have Webhook-Id/],
			(map { [{ $_ => 'x' } => qr/must not have \Q$_/] } qw(
				host content-type Content-Length connection te
				Transfer-Encoding user-agent upgrade expect
				calendlyd-replay proxy-authorization)),
			[{ 'X Y' => 'x' } => qr/names as HTTP/],
			[{ "X\n" => 'x' } => qr/names as HTTP/],
			[{ '' => 'x' } => qr/names as HTTP/],
			[{ X => '' } => qr/printable/], [{ X => "a\r\nb" },
				qr/printable/],
			[{ X => "\x{e9}" } => qr/printable/],
			[{ X => 'x', x => 'y' } => qr/once/],
			[{ X => 1 } => qr/object of strings/],
			[{ map { ("X-$_" => 'x') } 1 .. 21 } => qr/at most 20/],
			[{ X => 'x' x 4096 } => qr/4096/],
		],
		description => [['x' x 256, qr/255/], [[], qr/string/]],
		user_id => [['', qr/1 to 128/], [5, qr/string/]],
	);
	for my $field (sort keys %wrong) {
		for my $try (@{ $wrong{$field} }) {
			my $res = make($field => $try->[0]);
			is fields($res), $field, substr("$field: " .
				encode_json([$try->[0]]), 0, 60);
			like message($res), $try->[1], 'and why';
		}
	}
};

subtest 'changed' => sub {
	my $id = make(user_id => 'u1', headers => { X => 'y' })->json('/id');
	my $was = destination($id)->json;
	my $res = change($id, types => ['*'], description => 'all',
		url => 'https://b.example/');
	is $res->code, 200, 'changed';
	is_deeply [@{ $res->json }{qw(url types description user_id headers)}],
	    ['https://b.example/', ['*'], 'all', 'u1', ['X']],
	    'what was not named is as it was';
	is_deeply destination($id)->json, $res->json, 'and shown so';
	is_deeply [@{ change($id, user_id => undef, headers => undef,
		description => undef)->json }{qw(user_id headers description)}],
	    [undef, [], ''], 'null takes away';
	is change($id, headers => {})->json('/headers/0'), undef, 'as {} does';
	is change($id)->code, 400, 'a change of nothing';
	is fields(change($id, from => 'oldest', state => 'disabled')),
	    'from state', 'what cannot be changed';
	is fields(change($id, url => undef)), 'url', 'it must have a url';
	is fields(change($id, types => undef)), 'types', 'and types';
	is change($NONE, state => 'paused')->code, 404, 'and be there';
	is $c->api(PATCH => '/v1/destinations/x', { state => 'paused' })->code,
	    404, 'an id is a UUID';
};

subtest 'paused and resumed' => sub {
	my $id = make()->json('/id');
	for (1, 2) {
		my $d = change($id, state => 'paused')->json;
		is_deeply [@$d{qw(state reason)}], ['paused', 'request'],
		    'paused';
		like $d->{health}{summary}, qr/paused, and keeps its place/,
		    'in words, too';
	}
	for (1, 2) {
		my $d = change($id, state => 'active')->json;
		is_deeply [@$d{qw(state reason)}], ['active', undef], 'resumed';
	}
};

subtest 'deleted' => sub {
	my $id = make()->json('/id');
	my $path = "/v1/destinations/$id";
	my $res = $c->api(DELETE => $path);
	is_deeply [$res->code, $res->body], [204, ''], 'deleted';
	is destination($id)->code, 404, 'not shown';
	is change($id, state => 'active')->code, 404, 'not changed';
	is $c->api(POST => "$path/rotate-secret")->code, 404, 'not rotated';
	is $c->api(DELETE => $path)->code, 204,
	    'who lost the answer gets it again';
	is $c->api(DELETE => "/v1/destinations/$NONE")->code, 404,
	    'but not for what never was';
	is $c->api(DELETE => "$path?force=1")->code, 400,
	    'and no parameter is passed over';
};

subtest 'listed, page by page' => sub {
	my $all = $c->api(GET => '/v1/destinations')->json;
	is $all->{next}, undef, 'all on one page';
	my ($next, @seen) = '';
	for (1 .. 50) {
		my $page = $c->api(GET => "/v1/destinations?limit=3$next")->json;
		push @seen, @{ $page->{data} };
		last if !defined $page->{next};
		$next = "&after=$page->{next}";
	}
	is_deeply [map { $_->{id} } @seen], [map { $_->{id} } @{ $all->{data} }],
	    'and the same in pages of three';
	is $c->api(GET => '/v1/destinations?after=dABC')->json('/code'),
	    'cursor_invalid', 'a cursor must be one';
	is $c->api(GET => '/v1/destinations?state=paused')->code, 400,
	    'and a parameter known';
};

subtest 'rotated' => sub {
	my $made = make()->json;
	my $path = "/v1/destinations/$made->{id}";
	my $res = $c->api(POST => "$path/rotate-secret");
	is $res->code, 200, 'rotated';
	my $fresh = $res->json('/secret');
	isnt $fresh, $made->{secret}, 'to another secret';
	like $res->json('/rotating_until'), qr/^\d{4}-/, 'both sign for a time';
	is destination($made->{id})->json('/rotating_until'),
	    $res->json('/rotating_until'), 'which is shown';
	my ($seconds) = $c->db->selectrow_array('SELECT extract(epoch FROM
		former_until - now()) FROM destinations WHERE id = ?', undef,
		$made->{id});
	cmp_ok abs($seconds - 86400), '<', 600, 'a day';
	$res = $c->api(POST => "$path/rotate-secret", { keep_old_for => 0 });
	is $res->json('/rotating_until'), undef, 'or not at all';
	isnt $res->json('/secret'), $fresh, 'a third';
	for my $wrong (-1, 604801, 1.5, '60', undef) {
		is fields($c->api(POST => "$path/rotate-secret",
			{ keep_old_for => $wrong })), 'keep_old_for',
		    'not ' . ($wrong // 'null');
	}
	is fields($c->api(POST => "$path/rotate-secret", { keep => 1 })), 'keep',
	    'and nothing else';
	is $c->api(POST => "$path/rotate-secret", {})->code, 200, 'nor needs it';
};

subtest 'at most 100' => sub {
	my $n = @{ $c->api(GET => '/v1/destinations')->json('/data') };
	make() for $n .. 98;
	is make()->code, 201, 'the hundredth';
	my $res = make();
	is_deeply [$res->code, $res->json('/code')], [409, 'conflict'],
	    'no more';
	like $res->json('/detail'), qr/at most 100/, 'and why';
};

subtest 'of another tenant' => sub {
	my $first = $c->api(GET => '/v1/destinations?limit=1')->json('/data/0');
	$c->stack->ctl_must(qw(tenant add other));
	my %other = (Authorization => 'Bearer ' .
		$c->stack->ctl_must(qw(key add other)));
	is_deeply $c->api(GET => '/v1/destinations', undef, \%other)
	    ->json('/data'), [], 'it has none of its own';
	my $path = "/v1/destinations/$first->{id}";
	for my $try ([GET => $path], [PATCH => $path, { state => 'paused' }],
	    [DELETE => $path], [POST => "$path/rotate-secret"],
	    [POST => "$path/redrive"],
	    [POST => "$path/replay", { after => $first->{cursor} }]) {
		is $c->api(@$try, (undef) x (3 - @$try), \%other)->code, 404,
		    "$try->[0] finds nothing";
	}
	is_deeply $c->api(GET => $path)->json, $first, 'and changes nothing';
	is $c->api(POST => '/v1/destinations', { url => $URL }, \%other)->code,
	    201, 'its hundred are its own';
};

done_testing;
