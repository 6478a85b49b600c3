# A query string that is not as documented is refused, and the answer names all
# wrong parameters at once, and what is wrong with each.
#
# With sanitizers in every run.

use Cal::Test;

my $c = Cal::Test->start;
$c->connect('u1', person => 'olivia');
my $long = 'x' x 200;
my %cursor = map { $_ => $c->api(GET => "/v1/$_?limit=1")->json('/next') }
    qw(events connections);
my $log = '/v1/connections/u1/log';

# The fields that the refusal names, in their order; what it says goes to
# %said.
my %said;
sub named ($method, $path, $code = 'invalid_request')
{
	my $res = $c->api($method, $path);
	is $res->code . ' ' . ($res->json('/code') // ''), "400 $code", $path;
	like $res->headers->content_type, qr{^application/problem\+json},
	    'a problem document';
	my @error = @{ $res->json('/errors') // [] };
	%said = map { $_->{field} => $_->{message} } @error;
	index($res->json('/detail') // '', $_) >= 0 or fail "detail: $_"
	    for %said;
	return join ' ', map { $_->{field} } @error;
}

subtest 'percent signs that encode nothing' => sub {
	is named(GET => $_), 'limit', 'the parameter' for map { (
		"$_?limit=%", "$_?limit=%zz", "$_?limit=1%1",
		"$_?limit=%00" ) } '/v1/events', '/v1/meetings',
	    '/v1/connections', $log, '/v1/connections/u1';
	like $said{limit}, qr/%25/, 'how to write one';
	is named(GET => '/v1/events?%zz=1'), '%zz', 'a name';
	is named(GET => '/v1/events?=%zz'), 'query', 'no name';
	is named(GET => "/v1/events?%zz$long=1"), '%zz' . 'x' x 61,
	    'a long name, cut';
	is named(POST => '/v1/connections/u1/reconcile?a=%'), 'a', 'a POST';
	is named(DELETE => '/v1/connections/u1?erase=%zz'), 'erase',
	    'a DELETE';
};

subtest 'twice' => sub {
	is named(GET => '/v1/events?limit=1&limit=1'), 'limit', 'the same';
	like $said{limit}, qr/once/, 'what about it';
	is named(GET => '/v1/events?type=a&wait=0&type=b&t%79pe=c'), 'type',
	    'however often, however written';
	is named(GET => '/v1/connections/u1?x=1&x=2'), 'x', 'anywhere';
	is named(GET => '/v1/connections/u1?' .
	    join('&', map {"p$_"} 1 .. 100)),
	    'query', 'too many of them';
};

subtest 'unknown' => sub {
	for my $list ('/v1/events', '/v1/meetings', '/v1/connections', $log) {
		is named(GET => "$list?user=1&Limit=2"), 'user Limit', 'both';
		like $said{user}, qr/known is .*limit/, 'and what is known';
	}
	is named(GET => '/v1/events?%ff%0a=1'), "\x{fffd}\n", 'an odd name';
	is named(DELETE => '/v1/connections/u1?erased=true'), 'erased',
	    'nothing is erased by half';
	is $c->api(GET => '/v1/connections/u1')->json('/status'), 'connected',
	    'nor disconnected';
};

subtest 'values' => sub {
	is named(GET => "/v1/events?$_"), (split /=/)[0], 'out of range' for
	    'limit=0', 'limit=1001', 'limit=', 'wait=26', 'wait=-1', 'type=',
	    'type=a b', 'type=' . join(',', ('a') x 21), "user_id=$long",
	    'user_id=%2e%2e', 'user_id=', 'limit=' . '9' x 5000;
	is named(GET => "/v1/meetings?$_"), (split /=/)[0], 'out of range' for
	    'from=x', 'to=2026-13-01T00:00:00Z', 'status=well',
	    'from=1969-12-31T00:00:00Z';
	is named(GET => '/v1/meetings?from=2026-01-02T00:00:00Z' .
	    '&to=2026-01-01T00:00:00Z'), 'to', 'before it began';
};

subtest 'cursors of another list, and longer than any' => sub {
	is named(GET => "$_->[0]?after=$_->[1]", 'cursor_invalid'), 'after',
	    $_->[0] for ['/v1/events', $cursor{connections} // 'cdQ'],
	    ['/v1/connections', $cursor{events}],
	    ['/v1/meetings', $cursor{events}], [$log, $cursor{events}],
	    map { ["/v1/$_", ('e' x 4000)] } qw(events connections meetings);
};

subtest 'all at once' => sub {
	is named(GET => '/v1/events?limit=0&wait=%zz&user_id=..&type=&more=1' .
	    '&after=x&more=2&%'), 'wait more % limit user_id after type',
	    'the feed';
	is named(GET => '/v1/meetings?from=1&to=2&status=3&limit=4000&user_id=' .
	    '&after=e'), 'user_id from to status limit after', 'meetings';
	is named(GET => '/v1/connections?status=x&limit=x&after=x&x=x'),
	    'x status limit after', 'connections';
	is named(GET => "$log?limit=x&after=x"), 'limit after', 'the log';
	is named(GET => "$log?after=x&after=y"), 'after', 'one once';
};

subtest 'bodies: all at once, too' => sub {
	my $res = $c->api(POST => '/v1/connect-sessions', { user_id => 7,
		return_url => [], expected_email => {}, force => 'yes',
		user => 'u1', forse => 1 });
	is $res->code . $res->json('/code'), '400invalid_request', 'refused';
	is join(' ', sort map { $_->{field} } @{ $res->json('/errors') }),
	    'expected_email force forse return_url user user_id', 'each';
};

done_testing;
