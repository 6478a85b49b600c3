# Cal::Contract tells answers that keep docs/openapi.yaml from those that do not.
use Mojo::Base -strict, -signatures;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Cal::Contract;
use Mojo::JSON qw(decode_json encode_json false true);
use Test::More;

my $contract = Cal::Contract->new("$FindBin::Bin/../../docs/openapi.yaml");
my $example  = $contract->at('#/components/examples/Connected/value');

# A fresh copy, as it would come off the wire, with changes.
sub connection (%changes) { return {%{decode_json encode_json $example}, %changes} }

sub problem ($code, $status, %more) {
	return {
		type => "urn:calendlyd:problem:$code", title => 'T', status => $status, code => $code, detail => 'D',
		request_id => 'r', %more
	};
}

sub event (%changes) {
	return {
		id => '7b0c5a4e-7c0e-4f0e-8c77-7e7f5d1f3c11', type => 'invitee.created', sequence => 7,
		source => 'webhook',
		user_id => 'u1', occurred_at => '2026-11-22T17:11:40Z', received_at => '2026-11-22T17:11:40.5Z',
		meeting_id => undef, data => {anything => {goes => [1, undef]}}, %changes
	};
}

sub changed (%changes) {
	my $meeting = decode_json encode_json $contract->at('#/components/examples/MeetingBooked/value');
	return event(type => 'meeting.changed', data => {
		change => 'created', invitee_id => $meeting->{invitees}[0]{id}, meeting => $meeting,
		%changes
	});
}

sub keeps ($title, @answer) {
	my @errors = $contract->check(@answer);
	is_deeply \@errors, [], "keeps it: $title";
}

sub breaks ($title, $like, @answer) {
	my @errors = $contract->check(@answer);
	like join("\n", @errors), $like, "breaks it: $title";
}

my $json    = 'application/json';
my $pjson   = 'application/problem+json';
my $one     = '/v1/connections/u1';
my $session = '/connect/' . 'a' x 43;
my $created = {
	id => '0c8f6d4e-27b4-4b7e-9a43-6b1f0a3c2d11', url => 'https://c.example/connect/x',
	expires_at => '2026-11-22T17:34:05Z', popup_url => 'https://c.example/pages/popup.html#x'
};

keeps 'a connection',            GET => $one, 200, $json, connection;
keeps 'a charset',               GET => $one, 200, "$json; charset=utf-8", connection;
keeps 'an encoded user',         GET => '/v1/connections/a%7Cb', 200, $json, connection;
keeps 'HEAD like GET, no body',  HEAD => $one, 200, $json, '';
keeps 'a null account',          GET => $one, 200, $json, connection(calendly => undef);
keeps 'a 404 problem',           GET => $one, 404, $pjson, problem(not_found => 404);
keeps 'a problem with errors',   POST => '/v1/connect-sessions', 400, $pjson,
	problem(invalid_request => 400, errors => [{field => 'user_id', message => 'm'}]);
keeps 'a created session',       POST => '/v1/connect-sessions', 201, $json, $created;
keeps 'a page of events',        GET => '/v1/events?limit=2', 200, $json,
	{data => [event, event(type => 'connection.connected', source => 'system')], next => 'MQ', more => true};
keeps 'meeting.changed',         GET => '/v1/events/x', 200, $json, changed;
keeps 'an empty list',           GET => '/v1/connections', 200, $json, {data => [], next => undef};
keeps 'a redirect, no body',     GET => $session, 303, undef, '';
keeps 'try again',               GET => '/connect/again', 303, undef, undef;
keeps 'a refused prefetch',      GET => $session, 503, 'text/html', '';
keeps 'HEAD of its own',         HEAD => $session, 204, undef, '';
keeps 'a stored webhook',        POST => '/webhooks/calendly/x', 200, $json, {stored => true};
keeps 'not ready',               GET => '/readyz', 503, $json,
	{ready => false, checks => {map { $_ => {ok => true, detail => undef} } qw(database migrations keys deployment)}};
keeps 'an unknown path refused', GET => '/v1/nothing', 404, $pjson, problem(not_found => 404);
keeps 'a person told so',        GET => '/nothing', 404, 'text/html; charset=utf-8', '<html>';
keeps 'a person sent back',      POST => '/oauth/calendly/callback', 405, 'text/html', '<html>',
	{'X-Request-Id' => 'abc', Allow => 'GET, HEAD'};
keeps 'an unknown method refused', PATCH => $one, 405, $pjson, problem(method_not_allowed => 405);

breaks 'an unknown path answered', qr/path is not documented/,   GET => '/v1/nothing', 200, $json, {};
breaks 'an unknown method answered', qr/method is not documented/, PATCH => $one, 200, $json, connection;
breaks 'an unknown path, no problem', qr/'text\/plain' is not documented/,  GET => '/v1/nothing', 404, 'text/plain', 'x';
breaks 'a thing that is not there, by a page', qr/'text\/html' is not documented/, GET => $one, 404, 'text/html', 'x';
breaks 'an unknown status',     qr/status is not documented/,    GET => $one, 418, $json, connection;
breaks 'an unknown media type', qr/'text\/html' is not documented/, GET => $one, 200, 'text/html', 'x';
breaks 'no media type',         qr/'' is not documented/,        GET => $one, 200, undef, connection;
breaks 'an undocumented field', qr/Properties not allowed: extra/, GET => $one, 200, $json, connection(extra => 1);
breaks 'one deep inside',       qr/webhook.*not allowed: x/,     GET => $one, 200, $json,
	connection(webhook => {%{connection->{webhook}}, x => 1});
breaks 'a missing field',       qr/Missing property/,            GET => '/v1/events', 200, $json, {data => [], next => 'a'};
breaks 'a status outside the list', qr/status/,                  GET => $one, 200, $json, connection(status => 'odd');
breaks 'null where none may be', qr/status/,                     GET => $one, 200, $json, connection(status => undef);
breaks 'text for a number',     qr/status/,                      GET => $one, 404, $pjson, problem(not_found => '404');
breaks 'a number for truth',    qr/verified/,                    GET => $one, 200, $json,
	connection(webhook => {%{connection->{webhook}}, verified => 1});
breaks 'a time of another zone', qr/updated_at/,                 GET => $one, 200, $json,
	connection(updated_at => '2026-11-22T17:00:00+01:00');
breaks 'no time at all',        qr/updated_at/,                  GET => $one, 200, $json, connection(updated_at => 'soon');
breaks 'a malformed event type', qr/type/,                        GET => '/v1/events/x', 200, $json, event(type => 'A b');
breaks 'an id that is none',    qr/id/,                          GET => '/v1/events/x', 200, $json, event(id => 'x');
breaks 'data that is no object', qr/data/,                       GET => '/v1/events/x', 200, $json, event(data => []);
breaks 'a meeting that is none',  qr/meeting/,                    GET => '/v1/events/x', 200, $json, changed(meeting => {});
breaks 'an unknown change',      qr/change/,                     GET => '/v1/events/x', 200, $json, changed(change => 'x');
breaks 'a bad item in a list',  qr{/data/1},                     GET => '/v1/events', 200, $json,
	{data => [event, event(source => 'magic')], next => 'a', more => false};
breaks 'a body after a redirect', qr/no body/,                   GET => $session, 303, $json, {};
breaks 'a body after HEAD',     qr/no body/,                     HEAD => $one, 200, $json, connection;
breaks 'a code with another status', qr/belongs to status 404/,  GET => $one, 401, $pjson, problem(not_found => 401);
breaks 'a status that differs', qr/is 400/,                      GET => $one, 404, $pjson, problem(not_found => 400);
breaks 'a type that differs',   qr/must end in 'not_found'/,     GET => $one, 404, $pjson,
	problem(not_found => 404, type => 'urn:calendlyd:problem:gone');
breaks 'an unknown code',       qr/code/,                        GET => $one, 404, $pjson, problem(no_such => 404);
breaks 'errors without any',    qr/errors/,                      POST => '/v1/connect-sessions', 400, $pjson,
	problem(invalid_request => 400, errors => []);

my %headers = ('x-request-id' => 'abc', ETag => '"t-_9"', 'Cache-Control' => 'private, no-cache');
keeps 'headers', GET => $one, 200, $json, connection, {%headers, Date => 'now'};
keeps 'an answer that the caller has', GET => $one, 304, undef, '', {%headers};
keeps 'Retry-After in seconds', GET => $one, 503, $pjson, problem(unavailable => 503),
	{'X-Request-Id' => 'abc', 'Retry-After' => '5'};
breaks 'no request id', qr/X-Request-Id is missing/, GET => $one, 200, $json, connection, {};
breaks 'no ETag', qr/ETag is missing/, GET => $one, 200, $json, connection, {%headers, ETag => undef};
breaks 'an ETag without its quotes', qr/ETag/, GET => $one, 200, $json, connection, {%headers, ETag => 't'};
breaks 'an answer that may be reused unasked', qr/Cache-Control/, GET => $one, 200, $json, connection,
	{%headers, 'Cache-Control' => 'private'};
breaks 'a body the caller has', qr/no body/, GET => $one, 304, $json, connection, {%headers};
breaks 'no Allow', qr/Allow is missing/, PUT => $session, 405, $pjson, problem(method_not_allowed => 405),
	{'X-Request-Id' => 'abc'};
breaks 'Retry-After in words', qr/Retry-After/, GET => $one, 503, $pjson, problem(unavailable => 503),
	{'X-Request-Id' => 'abc', 'Retry-After' => 'soon'};
breaks 'a secret that may be cached', qr/Cache-Control/, POST => '/v1/connect-sessions', 201, $json, $created,
	{'X-Request-Id' => 'abc', 'Cache-Control' => 'public'};

done_testing;
