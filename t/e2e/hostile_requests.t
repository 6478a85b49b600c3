# Whatever request comes to whatever address, the answer's status, media type
# and body are documented, also if nginx answers by itself. A program gets a
# problem document, and a browser a page.
#
# With sanitizers in every run.

use Cal::Test;

use Cal::Test::Proc;
use IO::Socket::SSL;
use Mojo::File qw(path);
use Mojo::JSON qw(decode_json);
use Mojo::Message::Response;
use Mojo::URL;

my $c = Cal::Test->start;
$c->connect('u1', person => 'olivia');
my $base = Mojo::URL->new($c->url);
my $key = 'Authorization: Bearer ' . $c->key . "\r\n";
my $event = $c->wait_for(sub { ($c->events)[0] }, 'an event');
my $session = $c->session('u1');
my %GIVEN = (user_id => 'u1', id => $event->{id}, endpoint => 'x' x 43,
	session => Mojo::URL->new($session->{url})->path->parts->[-1]);

# Every path of the contract, filled in, with the methods that it has.
my %path;
for my $template (keys %{ $c->contract->doc->{paths} }) {
	my $path = $template =~ s/\{(\w+)\}/$GIVEN{$1}/gr;
	$path{$path} = [map { uc } grep { /^(get|post|delete|put|patch|head)$/ }
	    keys %{ $c->contract->doc->{paths}{$template} }];
}

# The bytes of a request to our host.
sub request ($method, $path, $more = '', $body = '', $version = '1.1')
{
	my $length = length $body ? 'Content-Length: ' . length($body) . "\r\n"
	    : '';
	return "$method $path HTTP/$version\r\nHost: " . $base->host_port .
	    "\r\nConnection: close\r\n$key$more$length\r\n$body";
}

# Sends bytes, as they are; the answer, or undef if the connection was ended
# without one.
sub raw ($bytes, $method)
{
	my $s = IO::Socket::SSL->new(PeerAddr => $base->host_port,
		SSL_verify_mode => 0) or die $IO::Socket::SSL::SSL_ERROR;
	local $SIG{PIPE} = 'IGNORE';
	print $s $bytes;
	my ($all, $part) = ('');
	local $SIG{ALRM} = sub { die "no answer to $method\n" };
	alarm 60;
	$all .= $part while sysread $s, $part, 65_536;
	alarm 0;
	return if $all eq '';
	$all =~ s/\AHTTP\/1.1 100 Continue\r\n\r\n//;
	my ($head, $body) = split /\r\n\r\n/, $all, 2;
	my $res = Mojo::Message::Response->new;
	$res->parse("$head\r\n\r\n");
	return { code => $res->code, headers => $res->headers,
		body => $res->headers->transfer_encoding ? unchunked($body)
		    : $body };
}

sub unchunked ($text)
{
	my $out = '';
	while ($text =~ s/\A([0-9a-f]+)\r\n//i) {
		$out .= substr $text, 0, hex($1), '';
		$text =~ s/\A\r\n//;
	}
	return $out;
}

# What is sent to each address. "of" is the method that it is documented for.
my $BODY = '{"user_id":"u1"}';
my $JSON = "Content-Type: application/json\r\n";
my $HTML = "Accept: text/html\r\n";
my %form = (
	'as documented' => sub ($m, $p) { request($m, $p, $JSON,
		$m eq 'POST' ? $BODY : '') },
	'no key' => sub ($m, $p) { request($m, $p) =~ s/\Q$key\E//r },
	'a wrong key' => sub ($m, $p) { request($m, $p) =~
		s/\Q$key\E/Authorization: Bearer cal_x\r\n/r },
	'another scheme' => sub ($m, $p) { request($m, $p) =~
		s/Bearer/Basic/r },
	'from a page' => sub ($m, $p) { request($m, $p,
		"Origin: https://x.example\r\n") },
	'a body over the limit' => sub ($m, $p) { request($m, $p,
		$JSON, 'x' x 1_100_000) },
	'a length over the limit' => sub ($m, $p) { request($m, $p,
		"${JSON}Content-Length: 99999999\r\n") },
	'a length that is none' => sub ($m, $p) { request($m, $p,
		"Content-Length: x\r\n") },
	'two lengths' => sub ($m, $p) { request($m, $p,
		"Content-Length: 1\r\nContent-Length: 2\r\n") },
	'an odd coding' => sub ($m, $p) { request($m, $p,
		"Transfer-Encoding: odd\r\n") },
	'chunks' => sub ($m, $p) { request($m, $p, $JSON .
		"Transfer-Encoding: chunked\r\n") .
		sprintf("%x\r\n%s\r\n0\r\n\r\n", length $BODY, $BODY) },
	'bad chunks' => sub ($m, $p) { request($m, $p, $JSON .
		"Transfer-Encoding: chunked\r\n") . "zz\r\n" },
	'a form' => sub ($m, $p) { request($m, $p, 'Content-Type: ' .
		"application/x-www-form-urlencoded\r\n", 'user_id=u1') },
	'no JSON' => sub ($m, $p) { request($m, $p, $JSON, '{"user_id"') },
	'an array' => sub ($m, $p) { request($m, $p, $JSON, '[1]') },
	'no UTF-8' => sub ($m, $p) { request($m, $p, $JSON, "{\"\xff\":1}") },
	'a query that is malformed' => sub ($m, $p) {
		request($m, "$p?limit=%zz&limit=%&%=1") },
	'an unknown parameter' => sub ($m, $p) { request($m, "$p?no=1&limt=1") },
	'wrong values' => sub ($m, $p) {
		request($m, "$p?limit=0&after=x&erase=7&status=x&user_id=") },
	'too long a query' => sub ($m, $p) {
		request($m, "$p?x=" . 'x' x 9000) },
	'too large a header' => sub ($m, $p) {
		request($m, $p, 'Cookie: ' . 'c' x 9000 . "\r\n") },
	'too many headers' => sub ($m, $p) { request($m, $p,
		join '', map { "X-$_: " . 'x' x 4000 . "\r\n" } 1 .. 20) },
	'no host' => sub ($m, $p) { request($m, $p) =~ s/Host:.*?\r\n//r },
	'two hosts' => sub ($m, $p) { request($m, $p, "Host: x\r\n") },
	'another host' => sub ($m, $p) { request($m, $p) =~
		s/Host: .*?\r/Host: other.example\r/r },
	'an odd host' => sub ($m, $p) { request($m, $p) =~
		s/Host: .*?\r/Host: a b\r/r },
	'an absolute form' => sub ($m, $p) { request($m, $c->url($p)) },
	'HTTP/1.0' => sub ($m, $p) { request($m, $p, '', '', '1.0') },
	'HTTP/9.9' => sub ($m, $p) { request($m, $p, '', '', '9.9') },
	'Expect' => sub ($m, $p) { request($m, $p,
		"${JSON}Expect: 100-continue\r\n", $BODY) },
	'another Expect' => sub ($m, $p) { request($m, $p,
		"${JSON}Expect: wonders\r\n", $BODY) },
	'an encoded slash' => sub ($m, $p) { request($m, "$p%2f") },
	'an encoded slash within' => sub ($m, $p) { request($m,
		$p =~ s{(.)/}{$1%2f}r) },
	'NUL' => sub ($m, $p) { request($m, "$p%00") },
	'a bad escape' => sub ($m, $p) { request($m, "$p%zz") },
	'no UTF-8 in the path' => sub ($m, $p) { request($m, "$p%ff") },
	'a slash too many' => sub ($m, $p) { request($m, "$p/") },
	'out and in' => sub ($m, $p) { request($m, "/..$p") },
	'a prefetch' => sub ($m, $p) { request($m, $p,
		"Sec-Purpose: prefetch\r\n") },
	'a header without a name' => sub ($m, $p) { request($m, $p,
		": x\r\n") },
	'a NUL in a header' => sub ($m, $p) { request($m, $p,
		"X: a\0b\r\n") },
	'conditional' => sub ($m, $p) { request($m, $p,
		"If-None-Match: *\r\nIf-Match: \"x\"\r\nRange: bytes=9-1\r\n") },
	(map { my $other = $_; ($other => sub ($m, $p) {
		request($other, $p) }) } qw(GET HEAD POST PUT PATCH DELETE OPTIONS
		TRACE CONNECT PROPFIND FOO)),
);

sub is_for_programs ($path)
{
	return $path =~ m{\A/(?:(?:v1|webhooks)/|
	    (?:healthz|readyz|metrics)(?:[?]|\z))}x;
}

# The faults of an answer, as the contract has it.
sub faults ($method, $path, $answer)
{
	my ($code, $headers, $body) = @$answer{qw(code headers body)};
	my $type = $headers->content_type;
	$body = eval { decode_json($body) } if ($type // '') =~ /\bjson\b/ &&
	    length $body;
	my @fault = $c->contract->check($method, $path, $code, $type, $body,
		$headers->to_hash);
	my @allow = map { split /,\s*/ } @{ $headers->every_header('Allow') };
	my %once = map { $_ => 1 } @allow;
	push @fault, "Allow names one twice: @allow" if keys %once != @allow;
	push @fault, 'Allow is there several times'
	    if @{ $headers->every_header('Allow') } > 1;
	push @fault, "$code is no problem document, but " . ($type // 'nothing')
	    if $code >= 400 && $method ne 'HEAD' && is_for_programs($path) &&
		($type // '') !~ m{\Aapplication/(?:problem\+)?json};
	return @fault;
}

# Each form to each address with CAL_TEST_LONG=1; else every form to some of
# them, and every address gets one in THIN of the forms.
use constant THIN => 10;
my @form = sort keys %form;
my $nth = 0;
sub some_forms
{
	$nth++;
	return @form if $ENV{CAL_TEST_LONG};
	return @form[grep { ($_ + $nth) % THIN == 0 } keys @form];
}

for my $path (sort keys %path) {
	subtest $path => sub {
		for my $form (some_forms()) {
			for my $method (@{ $path{$path} }) {
				my $bytes = $form{$form}->($method, $path);
				my ($sent, $target) = $bytes =~ /\A(\S+) (\S+)/;
				my $at = $target =~ s{\Ahttps://[^/]+}{}r
				    =~ s/%2f/\//gr;
				my $answer = raw($bytes, $sent) or next;
				my @fault = faults($sent, $at, $answer);
				is "@fault", '', "$form ($sent): $answer->{code}";
			}
		}
	};
}

# The same over HTTP/2, with whichever answers its framing leaves.
sub by_http2 ($path, @option)
{
	my $dir = $c->stack->run;
	unlink "$dir/body";
	my $r = Cal::Test::Proc->run(['curl', '-sk', '--http2', '-D',
		"$dir/head", '-o', "$dir/body", '-H', $key =~ s/\r\n//r, @option,
		$c->url($path)], 60);
	my $res = Mojo::Message::Response->new;
	my $head = path("$dir/head")->slurp =~ s/.*\r\n\r\n(?=HTTP)//sr;
	return if $r->{status} || $head !~ s{\AHTTP/2 }{HTTP/1.1 };
	$res->parse($head);
	return { code => $res->code, headers => $res->headers,
		body => "@option" ne '-I' && -e "$dir/body" ?
		    path("$dir/body")->slurp : '' };
}

subtest 'HTTP/2' => sub {
	path($c->stack->run . '/large')->spurt('x' x 1_100_000);
	my %option = ('plain' => [], 'a TRACE' => [qw(-X TRACE)],
		'a HEAD' => ['-I'], 'a FOO' => [qw(-X FOO)],
		'a large body' => ['--data-binary',
		    '@' . $c->stack->run . '/large'],
		'a large header' => ['-H', 'Cookie: ' . 'c' x 9000]);
	for my $path (sort keys %path) {
		for my $what (sort keys %option) {
			my @option = @{ $option{$what} };
			my $method = $what =~ /^a ([A-Z]+)$/ ? $1 :
			    $what =~ /body/ ? 'POST' : 'GET';
			my $answer = by_http2($path, @option) or next;
			is join(' ', faults($method, $path, $answer)), '',
			    "$path: $what: $answer->{code}";
		}
	}
};

subtest 'too many at once' => sub {
	my %seen;
	for my $round (1 .. 10) {
		my @all = map { $c->agent->get_p($c->url('/connect/again'))
		    ->then(sub ($tx) { $c->check_contract($tx);
			$seen{ $tx->res->code } = $tx->res->body })
		    ->catch(sub { }) } 1 .. 120;
		Mojo::Promise->all(@all)->wait;
		last if $seen{429};
	}
	like $seen{429} // '', qr/<h1/, 'a page says so';
};

done_testing;
