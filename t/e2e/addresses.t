# Whoever comes to an address that is none, or in a way that it does not take:
# An address that does not exist, or that does not take the request's method: a
# person gets a page that says what to do, and a program a problem document, by
# the Accept header.

use Cal::Test;

use IO::Socket::SSL;
use Mojo::Message::Response;

my $c = Cal::Test->start;

# What browsers send when a person goes somewhere, and what programs send.
my $BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,' .
    'image/avif,image/webp,*/*;q=0.8';
my @PROGRAM = (undef, '*/*', 'application/json', 'application/problem+json',
	'application/json, text/plain, */*', 'image/avif,image/webp,*/*;q=0.8',
	'text/html;q=0.5, application/json', 'text/html, application/json',
	'nonsense');
my @NOWHERE = ('/', '/nothing', '/favicon.ico', '/.git/config', '/v1',
	'/v1/nothing', '/connect', '/connect/a/b', '/oauth', '/oauth/calendly',
	'/webhooks/calendly', '/pages/', '/pages/nothing.html', '/%FF/x');

sub get ($method, $path, $accept, %header)
{
	$header{Accept} = $accept if defined $accept;
	my $ua = $c->new_browser->ua;
	my $tx = $ua->build_tx($method => $c->url($path), \%header);
	# nginx lets one address ask only so often.
	my $res = $c->wait_for(sub {
		my $res = $ua->start($ua->build_tx($method => $c->url($path),
			\%header))->res;
		return $res->code == 429 ? undef : $res;
	}, "$method $path");
	return $res;
}

sub is_page ($res, $status, $heading, $title)
{
	is $res->code, $status, "$title: $status";
	is $res->headers->content_type, 'text/html; charset=utf-8',
	    "$title: a page";
	is $res->dom->at('h1')->text, $heading, "$title: that says so";
	is $res->headers->header('Vary'), 'Accept', "$title: by its Accept";
	like $res->headers->content_security_policy, qr/default-src 'none'/,
	    "$title: guarded like all";
	is $res->dom->find('[style], style, script:not([src]), [onclick]')
	    ->size, 0, "$title: nothing inline";
	return $res;
}

sub is_problem ($res, $status, $code, $title)
{
	is $res->code, $status, "$title: $status";
	is $res->headers->content_type, 'application/problem+json',
	    "$title: a problem document";
	is $res->json('/code'), $code, "$title: $code";
	return $res;
}

subtest 'a person at an address that is none' => sub {
	for my $path (@NOWHERE) {
		my $res = is_page(get(GET => $path, $BROWSER), 404,
			'There is nothing here', $path);
		like $res->dom->at('main')->all_text,
		    qr/click Connect once more/, "$path: what to do";
		is $res->headers->header('Allow'), undef, "$path: no Allow";
	}
};

subtest 'a program at an address that is none' => sub {
	is_problem(get(GET => $_, 'application/json'), 404, 'not_found', $_)
	    for @NOWHERE;
	is_problem(get(GET => '/nothing', $_), 404, 'not_found',
		$_ // 'no Accept') for @PROGRAM;
	is_problem(get(POST => '/nothing', undef), 404, 'not_found', 'POST');
	my $head = get(HEAD => '/nothing', $BROWSER);
	is $head->code . $head->body, 404, 'HEAD: no body';
};

subtest 'a page or a problem, as Accept weighs them' => sub {
	my %page = ('text/html' => 1, 'text/*' => 1, 'TEXT/HTML;q=0.9' => 1,
		'text/html, application/json;q=0.9' => 1,
		'text/html;q=0.001' => 1, 'text/html;q=0' => 0,
		'text/html;q=0.8, */*;q=0.9' => 0, 'application/xml' => 0);
	for my $accept (sort keys %page) {
		is get(GET => '/nothing', $accept)->headers->content_type =~
		    /html/ ? 1 : 0, $page{$accept}, $accept;
	}
};

# Some send the answer of a consent page by a form that another site posts.
subtest 'a browser that posts to the callback' => sub {
	my $session = $c->session('u1', return_url => undef);
	my %from = (Origin => 'https://auth.calendly.com',
		'Sec-Fetch-Site' => 'cross-site',
		'Content-Type' => 'application/x-www-form-urlencoded');
	for my $path ('/oauth/calendly/callback', '/connect/again',
	    $session->{url} =~ s/\A\Q@{[$c->url]}\E//r) {
		my $title = $path =~ /again|oauth/ ? $path : 'a link';
		my $res = is_page(get(POST => $path, $BROWSER, %from), 405,
			'Please begin once more', $title);
		is $res->headers->header('Allow'), 'GET, HEAD',
		    "$title: what it takes, once";
		like $res->dom->at('main')->all_text,
		    qr/Nothing was changed.*Connect once more/s,
		    "$title: what to do";
		is $res->dom->at('a.button')->{href}, '/connect/back',
		    "$title: the way back";
	}
	is_page(get(POST => '/oauth/calendly/callback', undef, %from), 405,
		'Please begin once more', 'one that has no preference');
	is_problem(get(POST => '/oauth/calendly/callback',
		'application/json'), 405, 'method_not_allowed', 'a program');
	is $c->api(GET => "/v1/connect-sessions/$session->{id}")
	    ->json('/status'), 'pending', 'nothing has changed';
};

subtest 'a method that an address for programs does not take' => sub {
	is_problem(get(PUT => '/v1/events', $_), 405, 'method_not_allowed',
		$_ // 'no Accept') for undef, '*/*', 'application/json';
	is_page(get(PUT => '/v1/events', $BROWSER), 405,
		'This address is for programs', 'a person');
};

subtest 'what nginx cannot read is a page under its own status' => sub {
	my $base = Mojo::URL->new($c->url);
	my %odd = (
		400 => "GET /connect/x HTTP/1.1\r\nHost: x\r\nCookie: " .
		    'c' x 9000 . "\r\n\r\n",
		414 => 'GET /oauth/calendly/callback?code=' . 'c' x 9000 .
		    " HTTP/1.1\r\nHost: x\r\n\r\n",
		501 => "POST / HTTP/1.1\r\nHost: x\r\n" .
		    "Transfer-Encoding: odd\r\n\r\n",
	);
	for my $status (sort keys %odd) {
		my $s = IO::Socket::SSL->new(PeerAddr => $base->host_port,
			SSL_verify_mode => 0) or die $IO::Socket::SSL::SSL_ERROR;
		print $s $odd{$status};
		my ($bytes, $res) = ('', Mojo::Message::Response->new);
		$res->parse($bytes)
		    while !$res->is_finished && sysread $s, $bytes, 65_536;
		is $res->code, $status, "the status is $status";
		is $res->dom->at('h1')->text, 'This request can’t be read',
		    "$status: a page";
	}
};

subtest 'the pages lead on' => sub {
	my $res = get(GET => '/nothing', $BROWSER);
	is get(GET => $_, $BROWSER)->code, 200, $_
	    for map { $_->{href} // $_->{src} }
	    $res->dom->find('link[rel=stylesheet], script')->each;
};

done_testing;
