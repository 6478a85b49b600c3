# ShippedNginx: nginx.conf.example in a real nginx, with made-up workers behind it, for one test.
#
#   my ($app, $ingest, $health) = launch(sub ($params, $body) { ... });	# see FakeFastCgi
#   my $answer = ask(GET => '/connect/x', {Cookie => 'a=b'}, undef, '192.0.2.1');
package ShippedNginx;
use Mojo::Base -strict, -signatures;

use Exporter qw(import);
use FakeFastCgi;
use FindBin;
use IO::Socket::INET;
use IO::Socket::SSL;
use IO::Socket::UNIX;
use Mojo::File qw(path tempdir);
use Mojo::Message::Response;
use Mojo::UserAgent;
use Test::More;
use Time::HiRes qw(sleep time);

our @EXPORT_OK = qw(ask guarded launch raw $BASE $DIR $HTTP $HTTPS $TOP $UA);

our $TOP = path($FindBin::Bin)->child('..', '..')->realpath;
our $DIR = tempdir(CLEANUP => 1);
# They stay bound, not listening, so that nobody else gets them, but nginx can listen there.
my @held = map { IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, ReuseAddr => 1, Proto => 'tcp') } 1, 2;
our ($HTTP, $HTTPS) = map { $_->sockport } @held;
our $BASE = "https://127.0.0.1:$HTTPS";
our $UA   = Mojo::UserAgent->new(insecure => 1, max_redirects => 0, inactivity_timeout => 20);
my $nginx;

sub _certificate () {
	my $said = qx{openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -config /dev/null \\
		-keyout $DIR/key.pem -out $DIR/cert.pem -addext subjectAltName=IP:127.0.0.1 2>&1};
	BAIL_OUT "no certificate: $said" if $? != 0;
}

# The file that is shipped, filled in; its long waits made short, and X-Test-From believed, to come from anywhere.
sub _site () {
	my %value = (
		SERVER_NAME => 'localhost', BACKEND_URL => $BASE, LISTEN_HTTP => "127.0.0.1:$HTTP",
		LISTEN_HTTPS => "127.0.0.1:$HTTPS", CERT => "$DIR/cert.pem", KEY => "$DIR/key.pem", LOG_DIR => $DIR,
		APP_SOCKET => "$DIR/app.sock", INGEST_SOCKET => "$DIR/ingest.sock", PAGES => "$TOP/deploy/pages"
	);
	my $text = path($TOP)->child('nginx.conf.example')->slurp;
	$text =~ s/^\s*#.*\n//mg;
	$text =~ s/\@([A-Z_]+)\@/$value{$1} \/\/ BAIL_OUT "nobody fills in $1"/ge;
	$text =~ s/(?<!lost 2;\n\t\t)fastcgi_read_timeout \d+s/fastcgi_read_timeout 1s/g;
	return $text;
}

sub _configuration () {
	my $user = $> == 0 ? 'user root;' : '';
	path("$DIR/site.conf")->spurt(_site());
	path("$DIR/nginx.conf")->spurt(<<"CONF");
$user
daemon off;
pid $DIR/nginx.pid;
error_log $DIR/start.log notice;
events { worker_connections 512; }
http {
	default_type application/octet-stream;
	access_log off;
	client_body_temp_path $DIR/body;
	fastcgi_temp_path $DIR/fastcgi;
	proxy_temp_path $DIR/proxy;
	scgi_temp_path $DIR/scgi;
	uwsgi_temp_path $DIR/uwsgi;
	set_real_ip_from 127.0.0.1;
	real_ip_header X-Test-From;
	include $DIR/site.conf;
}
CONF
	return ('nginx', '-p', "$DIR/", '-e', "$DIR/start.log", '-c', "$DIR/nginx.conf");
}

sub _start (@command) {
	$nginx = fork // BAIL_OUT "no process: $!";
	exec @command or exit 127 if !$nginx;
	my $deadline = time + ($ENV{CAL_TEST_TIMEOUT} // 30);
	until (IO::Socket::INET->new(PeerAddr => "127.0.0.1:$HTTPS")) {
		BAIL_OUT 'nginx does not start: ' . path("$DIR/start.log")->slurp if time > $deadline;
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
	$url = "$BASE$url" if $url =~ m{\A/};
	my $tx = $UA->build_tx($method => $url => {'X-Test-From' => $from, %$headers}, $body // ());
	my $answer;
	$UA->start_p($tx)->then(sub ($tx) { $answer = $tx->res }, sub ($why) { fail "$method $url: $why" })->wait;
	return $answer;
}

# nginx, once it answers, and its workers: those for the application, for webhooks and for health checks.
sub launch ($reply) {
	_certificate();
	my @command = _configuration();
	my $said = qx{@command -t 2>&1};
	is $?, 0, 'nginx takes the file';
	unlike $said, qr/warn/, 'without a warning' or diag $said;
	_start(@command);
	return map { FakeFastCgi->new("$DIR/$_", $reply) } qw(app.sock ingest.sock app.sock.health);
}

# A request as it goes over the wire; the answer.
sub raw ($request) {
	my $socket = IO::Socket::SSL->new(PeerAddr => "127.0.0.1:$HTTPS", SSL_verify_mode => 0, Timeout => 20)
		or BAIL_OUT "no connection: $IO::Socket::SSL::SSL_ERROR";
	print $socket $request;
	my ($bytes, $answer) = ('', Mojo::Message::Response->new);
	while (!$answer->is_finished && sysread $socket, $bytes, 65_536) {
		$answer->parse($bytes);
	}
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
	like $headers->content_security_policy, qr/default-src 'none'.*connect-src 'self'.*frame-ancestors 'none'/,
	    "$title: a strict policy";
	is scalar @{$headers->every_header('X-Request-Id')}, 1, "$title: one request id";
	unlike $headers->server // '', qr/\d/, "$title: no version told";
}

1;
