# nginx.conf.example in a real nginx with made-up workers: which request reaches which worker, and
# what nginx answers by itself.
use Mojo::Base -strict, -signatures;

use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/../lib";

use Cal::Contract;
use Mojo::File qw(path);
use Mojo::JSON qw(decode_json);
use ShippedNginx qw(ask guarded launch $BASE $DIR $HTTP $HTTPS $TOP $UA);
use Test::More;
use Time::HiRes qw(sleep time);

my $contract = Cal::Contract->new("$TOP/docs/openapi.yaml");
my $secret   = 'S3cretS3cretS3cretS3cretS3cretS3cretS3cret0';

# Each problem code's title, as the contract shows it.
sub titles () {
	my $responses = $contract->at('#/components/responses');
	my @shown = grep {defined} map { $_->{content}{'application/problem+json'}{example} } values %$responses;
	return {map { $_->{code} => $_->{title} } @shown};
}

# A refusal by nginx itself, as the contract has it.
sub refuses ($title, $status, $code, $method, $url, @more) {
	my $answer = ask($method, $url, @more);
	my $body = eval { decode_json $answer->body } // {};
	is $answer->code, $status, "$title: $status";
	is $body->{code}, $code, "$title: $code";
	is_deeply [$contract->check($method, $url, $status, $answer->headers->content_type, $body,
		$answer->headers->to_hash)], [], "$title: as the contract has it";
	is $body->{title}, titles->{$code} // $body->{title}, "$title: titled as anywhere else";
	is $body->{request_id}, $answer->headers->header('X-Request-Id'), "$title: one request id";
	return $answer;
}

sub reply ($params, $body) {
	my $path = $params->{PATH_INFO};
	return undef if $path =~ /slow/;
	return "Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n" . 'x' x 1_500_000 if $path =~ /large/;
	return "Status: 405 Method Not Allowed\r\nContent-Type: text/plain\r\nAllow: GET\r\n\r\nmine" if $path =~ /mine/;
	return "Status: 503 Service Unavailable\r\nContent-Type: text/plain\r\nRetry-After: 7\r\n\r\nmine" if $path =~ /away/;
	return "Status: 200 OK\r\nContent-Type: text/plain\r\nX-Request-Id: app\r\n\r\nfrom the worker";
}

my ($app, $ingest, $health) = launch(\&reply);

subtest 'plain HTTP leads to HTTPS and nowhere else' => sub {
	my $answer = ask(GET => "http://127.0.0.1:$HTTP/connect/x?a=b");
	is $answer->code, 301, 'moved';
	is $answer->headers->location, "$BASE/connect/x?a=b", 'to the public address';
	is ask(GET => "http://127.0.0.1:$HTTPS/readyz")->headers->location, "$BASE/readyz", 'also from the TLS port';
	is @{$app->seen}, 0, 'no worker saw it';
};

subtest 'who gets what' => sub {
	for my $path ('/oauth/calendly/callback', "/connect/$secret", '/connect/again', '/v1/events', '/v1/connections/u@x',
		'/healthz', '/readyz', '/metrics') {
		my $worker = $path =~ /z$/ ? $health : $app;
		@{$_->seen} = () for $app, $health;
		my $answer = ask(GET => "$path?code=$secret");
		is $answer->body, 'from the worker', "$path: answered by a worker";
		is $worker->seen->[0][0]{PATH_INFO}, $path, "$path: by one of the right pool";
		is @{($worker == $app ? $health : $app)->seen}, 0, "$path: and by no other";
		is $worker->seen->[0][0]{REQUEST_ID}, $answer->headers->header('X-Request-Id'), "$path: under one request id";
		guarded($path, $answer);
	}
	@{$app->seen} = ();
	my $body = join '', map { chr($_ % 256) } 1 .. 1_000_000;
	my $answer = ask(POST => "/webhooks/calendly/$secret", {'Calendly-Webhook-Signature' => 't=1,v1=2'}, $body);
	is $answer->body, 'from the worker', 'a webhook: answered';
	is @{$app->seen}, 0, 'a webhook: no app worker saw it';
	my ($params, $got) = @{$ingest->seen->[0]};
	is $params->{HTTP_CALENDLY_WEBHOOK_SIGNATURE}, 't=1,v1=2', 'a webhook: its signature';
	is $params->{CONTENT_LENGTH}, 1_000_000, 'a webhook: its length';
	ok $got eq $body, 'a webhook: its body, byte for byte';
	guarded('a webhook', $answer);
};

subtest 'a worker gets our short list and nothing else' => sub {
	@{$app->seen} = ();
	ask(POST => '/v1/a%20b//c/../d?x=%20y', {
		Proxy => 'evil', 'X-Forwarded-For' => '1.2.3.4', 'X-Odd' => 1, 'PATH_INFO' => 'evil', Origin => 'https://o',
		Authorization => 'Bearer k', Cookie => 'c=1', 'Sec-Purpose' => 'prefetch', 'Idempotency-Key' => 'i',
		'X-Request-Id' => 'theirs', 'Content-Type' => 'application/json'
	}, '{}', '10.1.2.3');
	my $params = $app->seen->[0][0];
	like delete $params->{REQUEST_ID}, qr/\A[0-9a-f]{32}\z/, "nginx's own request id";
	is_deeply $params, {
		REQUEST_METHOD => 'POST', PATH_INFO => '/v1/a b/d', QUERY_STRING => 'x=%20y', CONTENT_LENGTH => 2,
		CONTENT_TYPE => 'application/json', HTTP_AUTHORIZATION => 'Bearer k',
		HTTP_COOKIE => 'c=1', HTTP_ORIGIN => 'https://o', HTTP_SEC_PURPOSE => 'prefetch',
		HTTP_IDEMPOTENCY_KEY => 'i'
	}, 'and no more';
	@{$app->seen} = ();
	ask(POST => '/oauth/calendly/callback', {Accept => 'text/html,*/*;q=0.8'}, 'code=1');
	is $app->seen->[0][0]{HTTP_ACCEPT}, 'text/html,*/*;q=0.8', 'what a browser would rather have';
};

subtest "a worker's own answer is left as it is" => sub {
	my $answer = ask(DELETE => '/v1/mine');
	is $answer->code . $answer->body, '405mine', 'a refusal';
	is_deeply $answer->headers->every_header('Allow'), ['GET'], 'its Allow';
	$answer = ask(GET => '/connect/away');
	is $answer->code . $answer->body, '503mine', 'a failure';
	is_deeply $answer->headers->every_header('Retry-After'), [7], 'its Retry-After';
	is length ask(GET => '/v1/large')->body, 1_500_000, 'a large one';
};

subtest 'what nginx refuses' => sub {
	my $hook = "/webhooks/calendly/$secret";
	is refuses('GET of a webhook', 405, 'method_not_allowed', GET => $hook)->headers->header('Allow'), 'POST', 'Allow';
	refuses('a huge webhook', 413, 'too_large', POST => $hook, {}, 'x' x (1024 * 1024 + 1));
	refuses('a huge request', 413, 'too_large', POST => '/v1/connect-sessions', {}, 'x' x 65_537);
	refuses('/v1 from outside', 403, 'forbidden', GET => '/v1/events', {}, undef, '203.0.113.7');
	refuses("$_ from another host", 403, 'forbidden', GET => $_, {}, undef, '10.0.0.1') for '/healthz', '/readyz';
	is ask(GET => '/metrics', {}, undef, '10.0.0.1')->code, 403, '/metrics from another host';
	is ask(GET => '/v1/x', {}, undef, $_)->code, 200, "/v1 from $_" for qw(10.0.0.1 172.16.0.1 192.168.1.1 fd00::1);
	guarded('a refusal', ask(GET => '/v1/events', {}, undef, '203.0.113.7'));
};

subtest 'pages' => sub {
	for my $page (path($TOP)->child('deploy/pages')->list->map('basename')->map(sub { /(.*)\.html\z/ })->each) {
		my $answer = ask(GET => "/pages/$page.html?session_id=x");
		is $answer->code, 200, "$page is there";
		is $answer->headers->content_type, 'text/html; charset=utf-8', "$page is HTML";
		guarded($page, $answer);
		my $dom = $answer->dom;
		is $dom->find('[style], style, script:not([src]), [onclick]')->size, 0, "$page has nothing inline";
		for my $file ($dom->find('link[rel=stylesheet], script')->map(sub { $_->{href} // $_->{src} })->each) {
			is ask(GET => $file)->code, 200, "$page: $file is there";
		}
		is $dom->find('h1')->size . $dom->at('html')->{lang}, '1en', "$page has one heading and a language";
	}
	@{$app->seen} = ();
	ask(GET => "/pages/$_") for '', 'x.html', '../hostapp/hostapp', '..%2fcheck.sh', '%2e%2e/';
	is @{$app->seen}, 5, 'what is no page is for calendlyd to refuse';
	is ask(POST => '/pages/connected.html')->code, 405, 'only to be read';
	is ask(GET => '/pages/style.css')->headers->content_type, 'text/css; charset=utf-8', 'a style sheet';
};

subtest 'a worker that does not answer in time' => sub {
	refuses('a webhook', 504, 'timeout', POST => '/webhooks/calendly/slow');
	refuses('a call', 504, 'timeout', GET => '/v1/connections/slow');
	my $answer = ask(GET => '/connect/slow');
	is $answer->code, 504, 'a visit';
	like $answer->dom->at('h1')->text, qr/moment/, 'a page for a person';
};

subtest 'no worker at all' => sub {
	$_->close for $app, $ingest, $health;
	my $answer = refuses('a webhook', 503, 'unavailable', POST => "/webhooks/calendly/$secret", {}, '{}');
	ok $answer->headers->header('Retry-After') > 0, 'when to try again';
	refuses('a call', 503, 'unavailable', GET => '/v1/events');
	refuses('readiness', 503, 'unavailable', GET => '/readyz');
	for my $path ("/connect/$secret", "/oauth/calendly/callback?code=$secret&state=$secret") {
		$answer = ask(GET => $path);
		is_deeply [$contract->check(GET => $path, $answer->code, $answer->headers->content_type, undef,
			$answer->headers->to_hash)], [], "$path: as the contract has it";
		is $answer->headers->cache_control, 'no-store', 'not to be kept';
		like $answer->dom->at('h1')->text, qr/moment/, 'a page for a person';
		guarded('the page', $answer);
	}
	for my $what ('GET /', 'POST /', 'GET /pages/x.html') {
		$answer = ask(split / /, $what);
		is $answer->code, 503, "$what: not now";
		like $answer->dom->at('h1')->text, qr/moment/, "$what: a page for a person";
		ok $answer->headers->header('Retry-After'), "$what: when to try again";
	}
	is ask(POST => '/oauth/calendly/callback')->code, 502, 'a browser that posts: not now';
	$_->open for $app, $ingest, $health;
};

subtest 'too many visits from one address hold up nobody else' => sub {
	my @answers;
	# On a machine that is busy it takes more to be too many at once.
	for (1 .. 10) {
		my @flood = map { $UA->get_p("$BASE/connect/$secret" => {'X-Test-From' => '198.51.100.1'})
			->then(sub ($tx) { push @answers, $tx->res }) } 1 .. 120;
		Mojo::Promise->all(@flood)->wait;
		last if grep { $_->code == 429 } @answers;
	}
	my ($refused) = grep { $_->code == 429 } @answers;
	ok $refused, 'some are refused';
	ok scalar(grep { $_->code == 200 } @answers) >= 40, 'a burst is not';
	like $refused->dom->at('h1')->text, qr/moment/, 'by a page for a person' if $refused;
	ok $refused->headers->header('Retry-After'), 'that says when' if $refused;
	is ask(GET => "/connect/$secret", {}, undef, '198.51.100.2')->code, 200, 'the next address is served';
};

subtest 'no log has a query string, a session or an endpoint' => sub {
	my ($access, $deadline) = ('', time + 10);
	do { sleep 0.02; $access = path("$DIR/calendlyd-access.log")->slurp }	# nginx buffers it
		until $access =~ / from=198\.51\.100\.2 / || time > $deadline;
	like $access, qr/ route=$_ /, "the access log names $_"
		for qw(http callback connect webhook v1 healthz readyz metrics pages other);
	like $access, qr/^\S+ id=[0-9a-f]{32} from=127\.0\.0\.1 method=GET route=connect status=200 in=\d+/m, 'one line';
	my $errors = path("$DIR/calendlyd-error.log")->slurp;
	like $errors, qr/connect\(\) to unix:\S+app\.sock\S* failed.*readyz/, 'the error log says why a worker is out of reach';
	for my $log (path($DIR)->list->grep(qr/\.log$/)->each) {
		unlike $log->slurp, qr/$secret|\?|code=/, $log->basename . ' keeps quiet';
	}
};

done_testing;
