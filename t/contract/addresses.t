# nginx.conf.example for addresses that do not exist and requests that nginx can't read: who
# answers, and that a scanner holds up nobody else.
use Mojo::Base -strict, -signatures;

use FindBin;
use lib "$FindBin::Bin/lib";

use Mojo::UserAgent;
use ShippedNginx qw(ask guarded launch raw $BASE);
use Test::More;

my $secret = 'S3cretS3cretS3cretS3cretS3cretS3cretS3cret0';

sub reply ($params, $body) {
	my $path = $params->{PATH_INFO};
	return undef if $path =~ /slow/;
	return "Status: 400 Bad Request\r\nContent-Type: text/plain\r\n\r\nmine" if $path =~ /refused/;
	return "Status: 200 OK\r\nContent-Type: text/plain\r\n\r\nfrom the worker";
}

my ($app, $ingest) = launch(\&reply);

# calendlyd reads Accept, so it answers; but it is sent no more than it needs, and by no more than two at a time.
subtest 'unknown addresses' => sub {
	my @unknown = ('/', '/v2/x', '/.git/config', '/v1', '/connect', '/webhooks/calendly', '/pages/', '/pages/x.html',
		'/pages/../hostapp/hostapp');
	for my $path (@unknown) {
		@{$app->seen} = ();
		my $method = $path =~ m{^/pages} ? 'GET' : 'POST';	# nginx itself refuses other methods of files
		my $answer = ask($method => "$path?code=$secret", {Accept => 'text/html', Cookie => 'c=1',
			Authorization => 'Bearer k', Origin => 'https://o', 'Content-Type' => 'text/plain'}, 'body');
		is $answer->body, 'from the worker', "$path: calendlyd answers";
		my ($params, $body) = @{$app->seen->[0]};
		is delete $params->{REQUEST_METHOD}, $method, "$path: it is told how,";
		is delete $params->{PATH_INFO}, $path =~ s{pages/\.\./}{}r, "$path: and for what,";
		like delete $params->{REQUEST_ID}, qr/\A[0-9a-f]{32}\z/, "$path: under which id,";
		is_deeply [$params, $body], [{QUERY_STRING => '', HTTP_ACCEPT => 'text/html'}, ''],
			"$path: and nothing else";
		guarded($path, $answer);
	}
};

subtest 'who looks for holes holds up nobody else' => sub {
	@{$app->seen} = ();
	my (%code, $page);
	my $flood = Mojo::UserAgent->new(insecure => 1, max_connections => 0);
	# From many addresses, so that no address asks too often.
	$flood->get_p("$BASE/slow/$_" => {'X-Test-From' => "192.0.2.$_"})->then(sub ($tx) {
		$code{$tx->res->code}++;
		$page = $tx->res;
		Mojo::IOLoop->stop if keys %code > 1 || $code{429} == 10;
	})->catch(sub { }) for 1 .. 12;
	Mojo::IOLoop->start;
	is_deeply \%code, {429 => 10}, 'of twelve that take long ten are refused';
	is @{$app->seen}, 2, 'and reach no worker';
	is ask(GET => "/connect/$secret")->code, 200, 'a visit is served meanwhile';
	like $page->dom->at('h1')->text, qr/moment/, 'a page says so';
	ok $page->headers->header('Retry-After'), 'and when to come again';
	undef $flood;
	undef %code;
	$code{ask(GET => "/hole/$_", {}, undef, '192.0.2.99')->code}++ for 1 .. 60;
	ok $code{429}, 'and one address may not ask often';
	is ask(GET => "/connect/$secret", {}, undef, '192.0.2.99')->code, 200, 'but may visit';
};

subtest 'what nginx can\'t read' => sub {
	my $host = "Host: localhost\r\n";
	my %odd = (
		'no host' => [400, "GET / HTTP/1.1\r\n\r\n"],
		'too large a cookie' => [400, "GET /connect/x HTTP/1.1\r\n${host}Cookie: " . 'c' x 9000 . "\r\n\r\n"],
		'too long an address' => [414, 'GET /oauth/calendly/callback?code=' . 'c' x 9000 . " HTTP/1.1\r\n$host\r\n"],
		'an unknown coding' => [501, "POST /x HTTP/1.1\r\n${host}Transfer-Encoding: odd\r\n\r\n"],
	);
	for my $title (sort keys %odd) {
		my ($status, $request) = @{$odd{$title}};
		my $answer = raw($request);
		is $answer->code, $status, "$title: $status";
		like $answer->dom->at('h1')->text, qr/can’t be read/, "$title: a page for a person";
		is $answer->headers->content_type, 'text/html; charset=utf-8', "$title: HTML";
		guarded($title, $answer);
	}
	is raw("hello\r\n\r\n")->code . raw("hello\r\n\r\n")->json->{code}, '400invalid_request', 'no request at all';
	for my $path ('/v1/x', '/v1/events?a', '/webhooks/calendly/x', '/healthz', '/readyz?', '/metrics') {
		my %program = (
			400 => ['invalid_request', "GET $path HTTP/1.1\r\n${host}Cookie: " . 'c' x 9000 . "\r\n\r\n"],
			414 => ['uri_too_long', "GET $path?x=" . 'c' x 9000 . " HTTP/1.1\r\n$host\r\n"],
			501 => ['not_implemented', "POST $path HTTP/1.1\r\n${host}Transfer-Encoding: odd\r\n\r\n"],
			505 => ['version_not_supported', "GET $path HTTP/3.0\r\n$host\r\n"],
		);
		for my $status (sort keys %program) {
			my ($code, $request) = @{$program{$status}};
			my $answer = raw($request);
			is $answer->code . $answer->headers->content_type, "${status}application/problem+json", "$path: $status";
			is join(' ', map { $answer->json->{$_} } qw(status code)), "$status $code", "$path: a program is told";
			guarded("$path $status", $answer);
		}
	}
	is ask(GET => '/v1/refused')->code, 400, "a worker's own refusals are left alone";
};

done_testing;
