# A lost cookie is not an old link: a browser that does not send its cookie with
# a visit that Calendly began gets one more chance to send it, and is then told
# what is wrong.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Users;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited(20);
my $users = Cal::Test::Users->new(test => $c, books => $books);

# Asks as it is, without following; without the cookies if told so.
sub ask ($b, $url, %arg)
{
	my $tx = $b->ua->build_tx($arg{method} // 'GET', $url,
		$arg{header} // {});
	my $ua = $arg{bare} ? $c->new_browser->ua : $b->ua;
	return $ua->start($tx)->res;
}

sub bounce ($res)
{
	return ($res->headers->header('Refresh') // '') =~ /^0; url=(.*)$/
	    ? $1 : undef;
}

subtest 'a cookie that was withheld comes with the bounce' => sub {
	my ($user, $person) = $users->fresh;
	my $b = $users->at_callback($user, $person);
	my ($url, $minted) = ($b->url, $books->minted);
	my $res = ask($b, $url, bare => 1);
	is $res->code, 200, 'a page, as a redirect would stay cross-site';
	ok my $to = bounce($res), 'which goes on at once';
	like $res->headers->cache_control, qr/no-store/, 'it is not stored';
	is $res->headers->header('Referrer-Policy'), 'no-referrer',
	    'nor told to anybody';
	is $books->minted, $minted, 'the code was not touched';
	$b->visit($c->url($to));
	is $users->page($b->url), 'connected', 'with the cookie it connects';
	$users->is_whole($user, $person);
};

subtest 'without the cookie it happens once, and then a page says so' => sub {
	my ($user, $person) = $users->fresh;
	my $b = $users->at_callback($user, $person,
		return_url => 'https://app.example/deep?secret=1');
	my $url = $b->url;
	my $blocked = $users->browser;
	$blocked->visit($url);
	is $users->page($blocked->url), 'another-browser', 'it is told';
	is scalar @{ $blocked->trail }, 3, 'after one bounce';
	is $blocked->url->query->param('session_id'), $b->{session}{id},
	    'with the reference to quote';
	is $blocked->url->query->param('retry'), undef,
	    'and no way to try again that would not work';
	$blocked->choose('back');
	is $blocked->url, 'https://app.example?calendly_result=' .
	    "another_browser&session_id=$b->{session}{id}",
	    'the way back leads to the app, and tells no more of it';
	is $users->outcomes($b->{session}), '1 pending -',
	    'nothing has happened';
	$b->visit($url);
	like $b->url, qr{^https://app\.example/deep\?secret=1&calendly_result=
		connected&}x, 'the right browser can finish';
};

subtest 'no bounce where nobody looks, or nothing could come of it' => sub {
	my ($user, $person) = $users->fresh;
	my $b = $users->at_callback($user, $person);
	my $url = $b->url;
	for my $dest (qw(iframe frame embed empty image)) {
		my $res = ask($b, $url, bare => 1,
			header => { 'Sec-Fetch-Dest' => $dest });
		is bounce($res), undef, "not for $dest";
	}
	ok bounce(ask($b, $url, bare => 1,
		header => { 'Sec-Fetch-Dest' => 'document' })), 'a person';
	is ask($b, $url, bare => 1, method => 'HEAD')->code, 204, 'not HEAD';
	is ask($b, $url, bare => 1, header =>
		{ 'Sec-Purpose' => 'prefetch' })->code, 503, 'no prefetch';
	is bounce(ask($b, $c->url('/oauth/calendly/callback?code=x'),
		bare => 1)), undef, 'not without a state';
	is $users->outcomes($b->{session}), '1 pending -', 'nothing happened';
	$b->visit($url);
	is $users->page($b->url), 'connected', 'and it still connects';
};

subtest 'what is bounced is what came, and cannot leave us' => sub {
	my $b = $users->browser;
	my $odd = q{state=a"b<c>&code=x%0d%0aSet-Cookie:y&evil=https://e.example};
	my $res = ask($b, $c->url("/oauth/calendly/callback?$odd"));
	my $to = bounce($res);
	like $to, qr{^/oauth/calendly/callback\?}, 'to our own callback';
	unlike $to, qr/["<>\r\n]|evil/, 'encoded, and only what we know';
	is $res->headers->header('Set-Cookie'), undef, 'no header slips in';
	is $res->dom->at('a')->attr('href'), $to, 'the same for a hand';
};

subtest 'the accounts that did not fit: only for whose flow it is' => sub {
	my ($user, $person) = $users->fresh;
	my $b = $users->connect($user, person => $person,
		expected_email => 'somebody.else@acme.example');
	is $users->page($b->url), 'wrong-account', 'it was another';
	my $ask = $c->url("/connect/accounts?session=$b->{session}{id}");
	my $res = ask($b, $ask);
	is_deeply $res->json, { expected => "s\x{2022}\x{2022}\x{2022}" .
		'@acme.example', chosen => "p\x{2022}\x{2022}\x{2022}" .
		'@people.example' }, 'both, masked';
	like $res->headers->cache_control, qr/no-store/, 'not stored';
	is ask($b, $ask, bare => 1)->code, 404, 'not for others';
	my $guest = $users->browser;
	$guest->ua->get($b->{session}{url});
	my ($link) = grep { $_->name =~ /^__Host-calendlyd-/ }
	    @{ $b->ua->cookie_jar->all };
	is $c->agent->get($ask, { Cookie => $link->name . '=' . $link->value })
	    ->res->code, 404, 'nor for who has only the link';
	my ($fine) = map { $users->connect($_->[0], person => $_->[1]) }
	    [$users->fresh];
	is ask($b, $c->url('/connect/accounts?session=' .
		$fine->{session}{id}))->code, 404, 'nor of another session';
};

done_testing;
