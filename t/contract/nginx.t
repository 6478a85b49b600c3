# nginx.conf.example, in a real nginx with made-up workers behind it: who gets what, and what nginx says by itself.
use Mojo::Base -strict, -signatures;

use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/../lib";

use Cal::Contract;
use FakeFastCgi;
use IO::Socket::INET;
use IO::Socket::UNIX;
use Mojo::File qw(path tempdir);
use Mojo::JSON qw(decode_json);
use Mojo::UserAgent;
use Test::More;
use Time::HiRes qw(sleep time);

my $top      = path($FindBin::Bin)->child('..', '..')->realpath;
my $contract = Cal::Contract->new($top->child('docs/openapi.yaml'));
my $dir      = tempdir(CLEANUP => 1);
my $secret   = 'S3cretS3cretS3cretS3cretS3cretS3cretS3cret0';

my ($http, $https) = map { free_port() } 1, 2;
my $base = "https://127.0.0.1:$https";
my $ua   = Mojo::UserAgent->new(insecure => 1, max_redirects => 0, inactivity_timeout => 20);
my $nginx;

sub free_port () {
	return IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1')->sockport;
}

sub certificate () {
	my $said = qx{openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -config /dev/null \\
		-keyout $dir/key.pem -out $dir/cert.pem -addext subjectAltName=IP:127.0.0.1 2>&1};
	BAIL_OUT "no certificate: $said" if $? != 0;
}

# The file that is shipped, filled in; its long waits made short, and X-Test-From believed, to come from anywhere.
sub site () {
	my %value = (
		SERVER_NAME => 'localhost', BACKEND_URL => $base, LISTEN_HTTP => "127.0.0.1:$http",
		LISTEN_HTTPS => "127.0.0.1:$https", CERT => "$dir/cert.pem", KEY => "$dir/key.pem", LOG_DIR => $dir,
		APP_SOCKET => "$dir/app.sock", INGEST_SOCKET => "$dir/ingest.sock", PAGES => "$top/deploy/pages"
	);
	my $text = $top->child('nginx.conf.example')->slurp;
	$text =~ s/^\s*#.*\n//mg;
	$text =~ s/\@([A-Z_]+)\@/$value{$1} \/\/ BAIL_OUT "nobody fills in $1"/ge;
	$text =~ s/fastcgi_read_timeout \d+s/fastcgi_read_timeout 1s/g;
	return $text;
}

sub configuration () {
	my $user = $> == 0 ? 'user root;' : '';
	path("$dir/site.conf")->spurt(site);
	path("$dir/nginx.conf")->spurt(<<"CONF");
$user
daemon off;
pid $dir/nginx.pid;
error_log $dir/start.log notice;
events { worker_connections 512; }
http {
	default_type application/octet-stream;
	access_log off;
	client_body_temp_path $dir/body;
	fastcgi_temp_path $dir/fastcgi;
	proxy_temp_path $dir/proxy;
	scgi_temp_path $dir/scgi;
	uwsgi_temp_path $dir/uwsgi;
	set_real_ip_from 127.0.0.1;
	real_ip_header X-Test-From;
	include $dir/site.conf;
}
CONF
	return ('nginx', '-p', "$dir/", '-e', "$dir/start.log", '-c', "$dir/nginx.conf");
}

sub start (@command) {
	$nginx = fork // BAIL_OUT "no process: $!";
	exec @command or exit 127 if !$nginx;
	my $deadline = time + ($ENV{CAL_TEST_TIMEOUT} // 30);
	until (IO::Socket::INET->new(PeerAddr => "127.0.0.1:$https")) {
		BAIL_OUT 'nginx does not start: ' . path("$dir/start.log")->slurp if time > $deadline;
		sleep 0.01;
	}
}

END {
	if ($nginx) {
		my $status = $?;
		kill TERM => $nginx;
		waitpid $nginx, 0;
		$? = $status;
	}
}

# One exchange, while the made-up workers run in this process too. $from is the client's address.
sub ask ($method, $url, $headers = {}, $body = undef, $from = '127.0.0.1') {
	$url = "$base$url" if $url =~ m{\A/};
	my $tx = $ua->build_tx($method => $url => {'X-Test-From' => $from, %$headers}, $body // ());
	my $answer;
	$ua->start_p($tx)->then(sub ($tx) { $answer = $tx->res }, sub ($why) { fail "$method $url: $why" })->wait;
	return $answer;
}

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

my %fixed = (
	'Strict-Transport-Security' => 'max-age=63072000', 'X-Content-Type-Options' => 'nosniff',
	'X-Frame-Options' => 'DENY', 'Referrer-Policy' => 'no-referrer', 'Cross-Origin-Opener-Policy' => 'unsafe-none',
	'Cross-Origin-Resource-Policy' => 'same-origin',
);

sub guarded ($title, $answer) {
	my $headers = $answer->headers;
	is_deeply {map { $_ => $headers->every_header($_) } keys %fixed}, {map { $_ => [$fixed{$_}] } keys %fixed},
		"$title: every security header, once";
	like $headers->content_security_policy, qr{default-src 'none'.* connect-src 'self'.*ancestors 'none'}, "$title: a strict policy";
	is scalar @{$headers->every_header('X-Request-Id')}, 1, "$title: one request id";
	unlike $headers->server // '', qr/\d/, "$title: no version told";
}

sub reply ($params, $body) {
	my $path = $params->{PATH_INFO};
	return undef if $path =~ /slow/;
	return "Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n" . 'x' x 1_500_000 if $path =~ /large/;
	return "Status: 405 Method Not Allowed\r\nContent-Type: text/plain\r\nAllow: GET\r\n\r\nmine" if $path =~ /mine/;
	return "Status: 503 Service Unavailable\r\nContent-Type: text/plain\r\nRetry-After: 7\r\n\r\nmine" if $path =~ /away/;
	return "Status: 200 OK\r\nContent-Type: text/plain\r\nX-Request-Id: app\r\n\r\nfrom the worker";
}

certificate();
my @command = configuration();
my $said = qx{@command -t 2>&1};
is $?, 0, 'nginx takes the file';
unlike $said, qr/warn/, 'without a warning' or diag $said;
start(@command);
my $app    = FakeFastCgi->new("$dir/app.sock", \&reply);
my $ingest = FakeFastCgi->new("$dir/ingest.sock", \&reply);

subtest 'plain HTTP leads to HTTPS and nowhere else' => sub {
	my $answer = ask(GET => "http://127.0.0.1:$http/connect/x?a=b");
	is $answer->code, 301, 'moved';
	is $answer->headers->location, "$base/connect/x?a=b", 'to the public address';
	is ask(GET => "http://127.0.0.1:$https/readyz")->headers->location, "$base/readyz", 'also from the TLS port';
	is @{$app->seen}, 0, 'no worker saw it';
};

subtest 'who gets what' => sub {
	for my $path ('/oauth/calendly/callback', "/connect/$secret", '/connect/again', '/v1/events', '/v1/connections/u@x',
		'/healthz', '/readyz', '/metrics') {
		@{$app->seen} = ();
		my $answer = ask(GET => "$path?code=$secret");
		is $answer->body, 'from the worker', "$path: answered by a worker";
		is $app->seen->[0][0]{PATH_INFO}, $path, "$path: an app worker";
		is $app->seen->[0][0]{REQUEST_ID}, $answer->headers->header('X-Request-Id'), "$path: under one request id";
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
		CONTENT_TYPE => 'application/json', REMOTE_ADDR => '10.1.2.3', HTTP_AUTHORIZATION => 'Bearer k',
		HTTP_COOKIE => 'c=1', HTTP_ORIGIN => 'https://o', HTTP_SEC_PURPOSE => 'prefetch', HTTP_IDEMPOTENCY_KEY => 'i'
	}, 'and no more';
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
	refuses('an unknown address', 404, 'not_found', GET => $_) for '/', '/v2/x', '/.git/config', '/v1', '/connect';
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
	for my $page ($top->child('deploy/pages')->list->map('basename')->map(sub { /(.*)\.html\z/ })->each) {
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
	is ask(GET => "/pages/$_")->code, 404, "no '$_'" for '', 'x.html', '../hostapp/hostapp', '..%2fcheck.sh', '%2e%2e/';
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
	$_->close for $app, $ingest;
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
	$_->open for $app, $ingest;
};

subtest 'too many visits from one address hold up nobody else' => sub {
	my @answers;
	# On a machine that is busy it takes more to be too many at once.
	for (1 .. 10) {
		my @flood = map { $ua->get_p("$base/connect/$secret" => {'X-Test-From' => '198.51.100.1'})
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
	do { sleep 0.02; $access = path("$dir/calendlyd-access.log")->slurp }	# nginx buffers it
		until $access =~ / from=198\.51\.100\.2 / || time > $deadline;
	like $access, qr/ route=$_ /, "the access log names $_"
		for qw(http callback connect webhook v1 healthz readyz metrics pages other);
	like $access, qr/^\S+ id=[0-9a-f]{32} from=127\.0\.0\.1 method=GET route=connect status=200 in=\d+/m, 'one line';
	my $errors = path("$dir/calendlyd-error.log")->slurp;
	like $errors, qr/connect\(\) to unix:\S+app\.sock failed.*readyz/, 'the error log says why a worker is out of reach';
	for my $log (path($dir)->list->grep(qr/\.log$/)->each) {
		unlike $log->slurp, qr/$secret|\?|code=/, $log->basename . ' keeps quiet';
	}
};

done_testing;
