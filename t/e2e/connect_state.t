# Only the browser that began a connect can finish it, in time. Any other try
# ends at a page that says why, and changes nothing.

use Cal::Test;
use Cal::Test::Books;
use Mojo::URL;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited;
my $CALLBACK = qr{/oauth/calendly/callback};

sub page ($browser) { return $browser->url->path =~ m{([^/]+)\.html$} && $1 }

# A browser that stands before the callback, with a good code and state.
sub at_callback ($user, %arg)
{
	return $c->connect($user, person => 'olivia', until => $CALLBACK,
		browser => $c->new_browser, %arg);
}

# Everything that a callback could change.
sub books_now
{
	my $db = $c->db;
	my @row = map { @{ $db->selectcol_arrayref(
		"SELECT (to_jsonb(t) - 'feed_seq')::text FROM $_ t ORDER BY 1") } }
	    qw(connections grants connect_sessions oauth_states subscriptions
	    endpoints accounts events);
	return join "\n", @row, $books->calls('POST /oauth/token');
}

# Before and after are the same, and the browser ends at this page of ours.
sub changes_nothing ($title, $browser, $url, $end = 'expired')
{
	$books->settle;
	my $before = books_now();
	$browser->visit($url);
	is page($browser), $end, "$title: the page says $end";
	is books_now(), $before, "$title: nothing changed";
	return;
}

sub finishes ($title, $browser)
{
	$browser->visit($browser->url);
	return is page($browser), 'connected', $title;
}

sub raw ($browser, $method, $url, $header = {})
{
	return $browser->ua->start($browser->ua->build_tx($method, $url,
		$header))->res;
}

subtest 'a callback without a state, or with an unknown one' => sub {
	my $b = at_callback('u1');
	my ($good, $code) = ($b->url, $b->url->query->param('code'));
	for my $query ("code=$code", "code=$code&state=", '',
	    "code=$code&state=" . 'x' x 43, "code=$code&state=%00",
	    'error=access_denied', "code=$code&state=" . 'y' x 3000) {
		changes_nothing(substr($query, 0, 60) || 'nothing', $b,
			$c->url("/oauth/calendly/callback?$query"));
	}
	$b->url($good);
	finishes('the real one still works', $b);
};

subtest 'an answer of another authorization server (RFC 9207)' => sub {
	$books->switch(iss_in_callback => 'wrong');
	my $b = at_callback('iss');
	$books->switch(iss_in_callback => 'absent');
	my $minted = $books->minted;
	is page($b->visit($b->url)), 'failed', 'is not believed';
	is $books->minted, $minted, 'its code is not exchanged';
};

subtest 'the back button and F5 after a success show it again' => sub {
	my $b = at_callback('u2');
	my $url = $b->url;
	finishes('the first visit connects', $b);
	changes_nothing("visit $_", $b, $url, 'connected') for 2 .. 4;
	is $c->api(GET => '/v1/connections/u2')->json('/status'), 'connected',
	    'it stays connected';
	$c->db->do(q{UPDATE connect_sessions
		SET expires_at = now() - interval '6 days'});
	changes_nothing('days later', $b, $url, 'connected');
};

# As if the link of this user had been minted, and opened, longer ago.
sub age ($user, $minutes)
{
	return $c->db->do('UPDATE connect_sessions SET expires_at = expires_at'
	    . ' - make_interval(mins => ?), opened_at = opened_at' .
	    ' - make_interval(mins => ?) WHERE user_id = ?', undef, $minutes,
	    $minutes, $user);
}

subtest 'a state lives as long as its session' => sub {
	my $b = at_callback('u3');
	my $url = $b->url;
	age('u3', 31);
	changes_nothing('after half an hour', $b, $url);
	age('u3', -2);
	$b->url($url);
	finishes('after 29 minutes of single sign-on it works', $b);
};

subtest 'a link opened late has its half hour from then on' => sub {
	my $session = $c->session('late1');
	age('late1', 29);
	my $b = at_callback('late1', session => $session);
	age('late1', 29);
	my $url = $b->url;
	$b->visit($session->{url});
	age('late1', 2);
	changes_nothing('opening it again gives no more', $b, $url);
	age('late1', -2);
	$b->url($url);
	finishes('within it, it connects', $b);
};

subtest 'another browser cannot finish what this one began' => sub {
	my $b = at_callback('u4');
	my $url = $b->url;
	my $other = $c->new_browser;
	changes_nothing('without a cookie', $other, $url, 'another-browser');
	at_callback('u5', browser => $other);
	changes_nothing('with a cookie of its own', $other, $url,
		'another-browser');
	$b->url($url);
	finishes('the right browser still can', $b);
};

subtest 'HEAD and prefetches change nothing' => sub {
	my $b = $c->new_browser;
	my $link = $c->session('u6')->{url};
	$books->settle;
	my $before = books_now();
	is raw($b, HEAD => $link)->code, 204, 'HEAD of the link';
	for my $header ({ 'Sec-Purpose' => 'prefetch' },
	    { 'Sec-Purpose' => 'prefetch;prerender' },
	    { Purpose => 'prefetch' }) {
		is raw($b, GET => $link, $header)->code, 503,
		    join ': ', 'a prefetch of the link', %$header;
	}
	is books_now(), $before, 'nothing changed';
	is scalar @{ $b->ua->cookie_jar->all }, 0, 'no cookie was set';
	$b = at_callback('u6', session => { url => $link });
	$before = books_now();
	is raw($b, HEAD => $b->url)->code, 204, 'HEAD of the callback';
	is raw($b, GET => $b->url, { Purpose => 'prefetch' })->code, 503,
	    'a prefetch of the callback';
	is books_now(), $before, 'neither state nor code is used up';
	finishes('the visit for real connects', $b);
};

subtest 'two tabs of one browser, each with its own flow' => sub {
	my $b = $c->new_browser;
	my $session = $c->session('u7');
	my $first = at_callback('u7', browser => $b,
		session => $session)->url;
	my $second = at_callback('u7', browser => $b,
		session => $session)->url;
	my $other = at_callback('u8', browser => $b)->url;
	my $minted = $books->minted;
	is page($b->visit($second)), 'connected', 'the later tab connects';
	is page($b->visit($first)), 'connected', 'the earlier shows it, too';
	is $books->minted, $minted + 1, 'but exchanges nothing';
	is page($b->visit($other)), 'connected', 'another user in a third tab';
	is_deeply [map { $c->api(GET => "/v1/connections/$_")->json('/status') }
	    qw(u7 u8)], [qw(connected connected)], 'both are connected';
};

subtest 'the link: a success is shown again, an old one has expired' => sub {
	my $b = at_callback('u9');
	my $session = $b->{session};
	finishes('it connects', $b);
	my ($visits, $minted) = ($books->consents, $books->minted);
	is page($c->new_browser->visit($session->{url})), 'connected',
	    'opened again: the success';
	is $books->consents . $books->minted, "$visits$minted",
	    'Calendly was not asked';
	my $old = $c->session('late');
	$c->db->do(q{UPDATE connect_sessions
		SET expires_at = now() - interval '1 s' WHERE id = ?::uuid},
		undef, $old->{id});
	changes_nothing('after half an hour', $c->new_browser, $old->{url});
	is $c->api(GET => "/v1/connect-sessions/$old->{id}")->json('/status'),
	    'expired', 'and the API says so';
	changes_nothing('a link that never was', $c->new_browser,
		$c->url('/connect/' . 'z' x 43));
};

subtest 'cookies: nobody else can read or send them' => sub {
	my $b = $c->new_browser;
	my $session = $c->session('u10');
	my $link = "__Host-calendlyd-$session->{id}";
	my $res = raw($b, GET => $session->{url});
	my %cookie = map { /^([^=]+)=/ ? ($1 => $_) : () }
	    @{ $res->headers->every_header('Set-Cookie') };
	is join(' ', sort keys %cookie), "__Host-calendlyd $link",
	    'there are two: of the browser, and of the session';
	for my $name (sort keys %cookie) {
		like $cookie{$name}, qr/; $_(?:;|$)/i, "$name: $_"
		    for qw(Secure HttpOnly SameSite=Lax Path=/);
		unlike $cookie{$name}, qr/Domain/i, "$name: this host alone";
	}
	is $res->headers->header('Cache-Control'), 'no-store', 'never cached';
	my ($who) = $cookie{'__Host-calendlyd'} =~ /=([^;]+)/;
	is $books->one('SELECT count(*) FROM oauth_states' .
	    ' WHERE row_to_json(oauth_states)::text LIKE ?', "%$who%"), 0,
	    'stored as a hash only';
};

done_testing;
