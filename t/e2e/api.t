# The host application's API: who may call it, what it accepts, and that a
# tenant never sees another's rows. Every answer is also checked against
# docs/openapi.yaml.
#
# With sanitizers in every run.

use Cal::Test;
use Cal::Test::Books;
use Mojo::JSON qw(encode_json);

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited(10);
my $UUID = '00000000-0000-4000-8000-000000000000';
$c->connect('u1', person => 'p1');

# A problem document, and what it says.
sub problem ($res, $status, $code, $title)
{
	is $res->code . ' ' . ($res->json('/code') // '-'), "$status $code",
	    $title;
	is $res->headers->header('X-Request-Id'), $res->json('/request_id'),
	    "$title: named by its request id";
	return $res;
}

# A field that is refused.
sub wrong ($res, $field, $title)
{
	problem($res, 400, 'invalid_request', $title);
	return is $res->json('/errors/0/field'), $field, "$title: $field";
}

sub raw ($method, $path, $header = {}, $body = '')
{
	return $c->_ask($method, $c->url($path),
		{ Authorization => 'Bearer ' . $c->key, %$header }, $body);
}

subtest 'a key, and a good one, is needed for all of /v1' => sub {
	my @call = ([POST => '/v1/connect-sessions'],
	    [GET => "/v1/connect-sessions/$UUID"], [GET => '/v1/connections'],
	    [GET => '/v1/connections/u1'], [DELETE => '/v1/connections/u1'],
	    [POST => '/v1/connections/u1/reconcile'],
	    [GET => '/v1/connections/u1/webhooks'],
	    [GET => '/v1/connections/u1/log'], [GET => '/v1/events'],
	    [GET => "/v1/events/$UUID"]);
	for my $call (@call) {
		my $res = problem($c->api(@$call, undef,
			{ Authorization => undef }), 401, 'unauthorized',
			"@$call without one");
		is $res->headers->www_authenticate, 'Bearer', 'says how';
		problem($c->api(@$call, undef, { Origin => $c->url }), 403,
			'browser_call', "@$call from a browser");
	}
	is $c->api(GET => '/v1/connections/u1')->json('/status'), 'connected',
	    'nothing of that did anything';
};

subtest 'keys that are not good' => sub {
	my $key = $c->key;
	my %auth = (unknown => 'Bearer cal_' . 'x' x 43, empty => 'Bearer ',
		'no scheme' => $key, basic => "Basic $key",
		longer => "Bearer ${key}x", shorter => 'Bearer ' .
		    substr($key, 0, -1), 'a hash' => 'Bearer ' . 'a' x 64,
		'a %' => 'Bearer cal_%' . 'x' x 42);
	problem($c->api(GET => '/v1/connections', undef,
		{ Authorization => $auth{$_} }), 401, 'unauthorized', $_)
	    for sort keys %auth;
	my $made = Mojo::JSON::decode_json($c->stack->ctl_must('--json',
		qw(key add test)));
	my $with = { Authorization => "bearer  $made->{key}" };
	is $c->api(GET => '/v1/connections', undef, $with)->code, 200,
	    'a new key works, however the scheme is written';
	$c->stack->ctl_must(qw(key revoke), $made->{id});
	problem($c->api(GET => '/v1/connections', undef, $with), 401,
		'unauthorized', 'a revoked one does not');
	is $c->api(GET => '/v1/connections')->code, 200, 'the others still do';
};

subtest 'a body must be a JSON object of known fields' => sub {
	my ($path, $json) = ('/v1/connect-sessions', 'application/json');
	my $good = encode_json({ user_id => 'u1' });
	for my $type ('text/plain', 'application/x-www-form-urlencoded',
	    'application/jsonp', '') {
		problem(raw(POST => $path, { 'Content-Type' => $type }, $good),
			415, 'unsupported_media_type', "not as '$type'");
	}
	is raw(POST => $path, { 'Content-Type' => $_ }, $good)->code, 201, $_
	    for $json, "$json; charset=utf-8", 'Application/JSON';
	problem(raw(POST => $path, { 'Content-Type' => $json }, $_), 400,
		'invalid_json', substr $_, 0, 20)
	    for '', '{', '[]', '"u1"', 'null', "{\"user_id\":\"\xff\"}",
	    $good . $good, '{"a":' x 100;
	wrong(raw(POST => $path, { 'Content-Type' => $json }, $_->[1]),
		$_->[0], substr $_->[1], 0, 50)
	    for [user_id => '{}'], [user_id => '{"user_id":null}'],
	    [user_id => '{"user_id":7}'], [user_id => '{"user_id":""}'],
	    [user_id => '{"user_id":"a b"}'], [user_id => '{"user_id":".."}'],
	    [user_id => '{"user_id":"a/b"}'],
	    [user_id => '{"user_id":"a\u0000b"}'],
	    [user_id => encode_json({ user_id => 'x' x 129 })],
	    [usr_id => '{"user_id":"u1","usr_id":"u1"}'],
	    [force => '{"user_id":"u1","force":"yes"}'],
	    [return_url => '{"user_id":"u1","return_url":[]}'],
	    [expected_email => '{"user_id":"u1","expected_email":"olivia"}'];
	problem(raw(POST => $path, { 'Content-Type' => $json }, ' ' x 70_000 .
		$good), 413, 'too_large', 'more than 64 KiB');
	is raw(POST => $path, { 'Content-Type' => $json }, encode_json(
		{ user_id => 'x' x 128, return_url => undef,
		    expected_email => undef, force => \0 }))->code, 201,
	    'the longest user_id, and nulls, are taken';
	is raw(POST => $path, { 'Content-Type' => $json },
		encode_json({ user_id => 'aZ09._~:@+|=-' }))->code, 201,
	    'as is every character of the alphabet';
};

subtest 'a user_id in a path' => sub {
	$c->connect('a|b@c.d:e+f=g', person => 'p2');
	for my $path ('a%7Cb@c.d:e+f=g', 'a%7cb%40c%2Ed%3Ae%2Bf%3Dg') {
		is $c->api(GET => "/v1/connections/$path")->json('/user_id'),
		    'a|b@c.d:e+f=g', $path;
	}
	problem($c->api(GET => '/v1/connections/nobody'), 404, 'not_found',
		'a user never seen');
	wrong($c->api(GET => "/v1/connections/$_"), 'user_id', $_)
	    for 'a%20b', 'a%3Fb', '%C3%A9', 'x' x 129;
};

subtest 'addresses and methods' => sub {
	problem($c->api(GET => $_), 404, 'not_found', $_)
	    for '/v1/', '/v1/nothing', '/v1/connections/u1/nothing',
	    '/v1/connections/', '/v1/events/x', "/v1/connect-sessions/$UUID",
	    '/v1/connect-sessions/x', "/v1/events/$UUID", '/nothing', '/';
	my %allow = ('/v1/connections/u1' => 'GET, HEAD, DELETE',
		'/v1/events' => 'GET, HEAD', '/v1/connect-sessions' => 'POST',
		'/v1/connections/u1/reconcile' => 'POST');
	for my $path (sort keys %allow) {
		my $res = problem($c->api(PUT => $path), 405,
			'method_not_allowed', "PUT $path");
		is $res->headers->header('Allow'), $allow{$path}, 'says which';
	}
	for my $path ('/v1/connections/u1', '/v1/events', '/v1/connections') {
		my ($get, $head) = map { $c->api($_ => $path) } qw(GET HEAD);
		is $head->code . $head->body, 200, "HEAD $path";
		is $head->headers->content_type, $get->headers->content_type,
		    'like GET';
	}
	is $c->api(HEAD => '/v1/connections/nobody')->code, 404, 'also a 404';
};

subtest "another tenant's things do not exist" => sub {
	$c->stack->ctl_must(qw(tenant add other));
	my $key = $c->stack->ctl_must(qw(key add other));
	my $other = { Authorization => "Bearer $key" };
	my $session = $c->session('u1')->{id};
	my ($event) = $c->events;
	problem($c->api(@$_, undef, $other), 404, 'not_found', "@$_")
	    for [GET => "/v1/connect-sessions/$session"],
	    [GET => "/v1/events/$event->{id}"], [GET => '/v1/connections/u1'],
	    [DELETE => '/v1/connections/u1'],
	    [DELETE => '/v1/connections/u1?erase=true'],
	    [POST => '/v1/connections/u1/reconcile'],
	    [GET => '/v1/connections/u1/webhooks'],
	    [GET => '/v1/connections/u1/log'];
	is_deeply $c->api(GET => "$_?limit=5", undef, $other)->json('/data'),
	    [], "$_ is empty" for '/v1/connections', '/v1/events';
	my $cursor = $c->api(GET => '/v1/events?limit=2')->json('/next');
	problem($c->api(GET => "/v1/events?after=$cursor", undef, $other), 410,
	    'cursor_expired', 'a cursor of ours, where their feed is not yet,');
	wrong($c->api(POST => '/v1/connect-sessions', { user_id => 'u1',
		return_url => 'https://app.example/' }, $other), 'return_url',
		'our origins are not theirs');
	is $c->api(GET => '/v1/connections/u1')->json('/status'), 'connected',
	    'and nothing of that did anything';
};

done_testing;
