# Where the browser ends: at return_url, else at the tenant's frontend URL, else
# at FRONTEND_URL, always with calendly_result and session_id.

use Cal::Test;
use Cal::Test::Books;

my $c = Cal::Test->start(settings => {
	FRONTEND_URL => 'https://front.example/calendly' },
	origins => ['https://app.example', 'http://localhost:3000']);
my $books = Cal::Test::Books->new(test => $c)->unlimited;

# The address without what we added, and what we added.
sub parts ($browser)
{
	$browser->url =~ /^(.*)[?&]calendly_result=(\w+)&session_id=([\w-]+)$/
	    or return ($browser->url, 'nothing');
	is $3, $browser->{session}{id}, 'the session is named';
	return ($1, $2);
}

sub ends ($title, $browser, $where, $result)
{
	return subtest $title => sub {
		my ($url, $got) = parts($browser);
		is $url, $where, 'it ends there';
		is $got, $result, "the result is $result";
	};
}

ends('FRONTEND_URL is where browsers go by default',
	$c->connect('u1', person => 'olivia'),
	'https://front.example/calendly', 'connected');

$c->stack->ctl_must(qw(tenant set test --frontend-url),
	'https://tenant.example/done?from=calendly');
ends('the frontend URL of the tenant comes first',
	$c->connect('u1'), 'https://tenant.example/done?from=calendly',
	'reconnected');

ends('return_url comes before both',
	$c->connect('u1', return_url => 'https://app.example/settings'),
	'https://app.example/settings', 'reconnected');
ends('a query in it is kept',
	$c->connect('u1', return_url =>
		'https://app.example/s?tab=cal%20endar&empty='),
	'https://app.example/s?tab=cal%20endar&empty=', 'reconnected');
ends('a bare origin will do, on loopback over http, too',
	$c->connect('u1', return_url => 'http://localhost:3000'),
	'http://localhost:3000', 'reconnected');
ends('a switch of accounts is told',
	$c->connect('u1', person => 'sam', force => \1,
		return_url => 'https://app.example/s'),
	'https://app.example/s', 'switched');

subtest 'a question mark alone gives no broken query' => sub {
	my $end = $c->connect('u1', return_url => 'https://app.example/s?');
	like $end->url, qr{^https://app\.example/s\?&?calendly_result=},
	    'it ends with our two parameters';
};

subtest 'what did not work first tells the user, then leads back' => sub {
	my $end = $c->connect('u2', person => 'frida', answer => 'Deny',
		return_url => 'https://app.example/s?a=1');
	like $end->url, qr{/pages/cancelled\.html\?}, 'a page of ours';
	is $end->url->query->param('retry'), 1, 'that offers another try';
	my ($secret) = $end->{session}{url} =~ m{([^/]+)$};
	unlike $end->url, qr/$secret/,
	    'whose address does not hold the link';
	my $at = $end->url;
	$end->choose('back');
	ends('and back to the app', $end, 'https://app.example/s?a=1',
		'denied');
	$end->url($at)->choose('again');
	like $end->url, qr{/oauth/authorize\?}, 'or to the consent page again';
};

subtest 'without the cookie there is a way on, too' => sub {
	my $b = $c->new_browser->visit($c->url('/connect/back'));
	like $b->url, qr{^https://front\.example/calendly\?}, 'back';
	$b->visit($c->url('/connect/again'));
	like $b->url, qr{/pages/another-browser\.html}, 'again';
	my ($evil, $home) = ($c->new_browser, quotemeta $c->url);
	my $id = $c->session('u3')->{id};
	for my $value ('../v1/events', 'https://evil.example', '%2e%2e', 'a b',
	    'x' x 43) {
		my $res = $evil->ua->get($c->url("/connect/again?session=$id"),
			{ Cookie => "__Host-calendlyd-$id=$value" })->res;
		like $res->headers->location,
		    qr{^$home/(?:pages/another-browser\.html\?[\w&=-]+|
			connect/[\w-]+)$}x,
		    "a forged cookie leads nowhere else: $value";
	}
};

subtest 'who has only a session\'s id learns where its app is, no more' => sub {
	my $id = $c->session('u4',
		return_url => 'https://app.example/secret?token=1')->{id};
	my $b = $c->new_browser->visit($c->url("/connect/back?session=$id"));
	is $b->url, 'https://tenant.example/done?from=calendly&' .
	    "calendly_result=another_browser&session_id=$id",
	    'its front door, which can ask how the session stands';
	for my $odd ('x', '0c8f6d4e-27b4-4b7e-9a43-6b1f0a3c2d11') {
		$b->visit($c->url("/connect/back?session=$odd"));
		like $b->url, qr{^https://front\.example/calendly\?},
		    "of no session: $odd";
	}
};

subtest 'return_url must be of an allowed origin' => sub {
	my %wrong = (
		'https://evil.example/'		   => qr/not allowed/,
		'https://app.example.evil.example/' => qr/not allowed/,
		'https://app.example:8443/'	   => qr/not allowed/,
		'http://app.example/'		   => qr/https/,
		'javascript:alert(1)'		   => qr/absolute/,
		'//app.example/'		   => qr/absolute/,
		'/settings'			   => qr/absolute/,
		'https://app.example@evil.example/' => qr/absolute/,
		'https://app.example/#frag'	   => qr/fragment/,
		'https://app.example/' . 'a' x 2048 => qr/2048/,
	);
	for my $url (sort keys %wrong) {
		my $res = $c->api(POST => '/v1/connect-sessions',
			{ user_id => 'u1', return_url => $url });
		my $short = substr $url, 0, 40;
		is $res->code, 400, "$short: refused";
		is $res->json('/errors/0/field'), 'return_url', 'it is named';
		like $res->json('/errors/0/message'), $wrong{$url}, 'and why';
	}
};

done_testing;
