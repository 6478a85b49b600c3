# Every way in which connecting can end, clicked through in a real browser:
# Every outcome of connecting, clicked through in a real browser: what people
# see, and that the buttons of each page lead where they should.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Chromium;
use Cal::Test::HostApp;
use Cal::Test::Page qw(decide page_is shows);

my $c = Cal::Test->start;
my $app = Cal::Test::HostApp->start($c)->url;
my $books = Cal::Test::Books->new(test => $c)->unlimited;
my $b = Cal::Test::Chromium->start($c->stack->dir)->screen(1280, 900);

# How the session ended, as the API says.
sub outcome ($session)
{
	return $c->api(GET => "/v1/connect-sessions/$session->{id}")
	    ->json('/result') // 'nothing';
}

sub open_link ($user, %field)
{
	my $session = $c->session($user, %field);
	$b->visit($session->{url});
	return $session;
}

subtest 'connected' => sub {
	my $session = open_link('u1');
	decide($b, 'olivia@acme.example', 'Allow');
	page_is($b, 'connected', 'Calendly is connected');
	is outcome($session), 'connected', 'the API says so';
	$b->click('Back to the app');
	page_is($b, 'close', 'You can close this window');
	open_link('u1');
	shows($b, 'Calendly is connected', 'reconnected at once');
};

subtest 'connected, and back in the app' => sub {
	my $session = open_link('u2', return_url => "$app/back?tab=1");
	decide($b, 'marco@acme.example', 'Allow');
	shows($b, 'Back in the app', 'straight to it');
	is $b->url, "$app/back?tab=1" .
	    "&calendly_result=connected&session_id=$session->{id}",
	    'with the result';
};

subtest 'cancelled, tried again, connected' => sub {
	my $session = open_link('u3');
	decide($b, 'sam@second.example', 'Deny');
	page_is($b, 'cancelled', 'You did not connect Calendly');
	is outcome($session), 'denied', 'the API says denied';
	$b->click('Try again');
	decide($b, 'sam@second.example', 'Allow');
	shows($b, 'Calendly is connected', 'connected');
	is outcome($session), 'connected', 'by the same session';
};

subtest 'cancelled, and back to the app' => sub {
	open_link('u4', return_url => "$app/back");
	decide($b, 'sam@second.example', 'Deny');
	$b->click('Back to the app');
	shows($b, 'Back in the app', 'the app has the user again');
	like $b->url, qr/calendly_result=denied/, 'and knows why';
};

subtest 'the wrong account, then the right one' => sub {
	my $session = open_link('u5', expected_email => 'frida@free.example');
	decide($b, 'sam@second.example', 'Allow');
	ok $c->wait_for(sub { $b->text('#accounts') =~
		/s\x{2022}+\@second\.example.*f\x{2022}+\@free\.example/s },
		'both accounts to be named'), 'it names both, masked';
	page_is($b, 'wrong-account', 'That was another Calendly account');
	is outcome($session), 'wrong_account', 'the API says so';
	$b->click('Try again');
	decide($b, 'frida@free.example', 'Allow');
	shows($b, 'Calendly is connected', 'connected');
	is $c->api(GET => '/v1/connections/u5')->json('/calendly/email'),
	    'frida@free.example', 'the right one';
};

subtest 'expired' => sub {
	$b->forget_cookies;
	my $session = $c->session('u6',
		return_url => "$app/back");
	$c->db->do(q{UPDATE connect_sessions
		SET expires_at = now() - interval '1 s' WHERE id = ?::uuid},
		undef, $session->{id});
	$b->visit($session->{url});
	page_is($b, 'expired', 'This link has expired');
	ok !$b->offers('Try again'), 'there is nothing to try again';
	$b->click('Back to the app');
	shows($b, 'Back in the app', 'but a way back');
};

subtest 'the back button, a reload, and Allow once more' => sub {
	open_link('u7');
	decide($b, 'sam@second.example', 'Allow');
	shows($b, 'Calendly is connected', 'connected');
	$b->go_back->visit($b->url);
	decide($b, 'sam@second.example', 'Allow');
	shows($b, 'Calendly is connected', 'the same ending');
	$b->visit($b->url);
	shows($b, 'Calendly is connected', 'and so after a reload');
	is $c->api(GET => '/v1/connections/u7')->json('/status'), 'connected',
	    'and nothing is lost';
};

subtest 'two tabs with the links of two tenants: each keeps to its own' => sub {
	$c->stack->ctl_must(qw(tenant add brand));
	my $key = $c->stack->ctl_must(qw(key add brand));
	my $link = $c->api(POST => '/v1/connect-sessions',
		{ user_id => 'u20' }, { Authorization => "Bearer $key" })
	    ->json('/url');
	open_link('u20');
	decide($b, 'olivia@acme.example', 'Deny');
	page_is($b, 'cancelled', 'You did not connect Calendly', 'two-tabs');
	my $first = $b->window;
	$b->new_tab->visit($link);
	decide($b, 'marco@acme.example', 'Deny');
	shows($b, 'You did not connect Calendly', 'no in the second tab');
	$b->switch_to($first)->click('Try again');
	decide($b, 'olivia@acme.example', 'Allow');
	shows($b, 'Calendly is connected', 'yes in the first');
	is $c->api(GET => '/v1/connections/u20')->json('/calendly/email'),
	    'olivia@acme.example', "the first tenant's user has it";
	is $c->api(GET => '/v1/connections/u20', undef,
		{ Authorization => "Bearer $key" })->code, 404,
	    "the second one's has nothing";
};

subtest 'cookies that are blocked: the page says so' => sub {
	my $session = open_link('u21');
	$b->forget_cookies;
	decide($b, 'olivia@acme.example', 'Allow');
	page_is($b, 'another-browser', 'We did not recognise your browser',
		'cookies-blocked');
	ok !$b->offers('Try again'), 'nothing is offered that can not work';
	like $b->text('#reference'), qr/\Q$session->{id}\E/,
	    'with what to quote';
};

subtest 'Calendly fails while connecting, then works' => sub {
	my $session = open_link('u8');
	$books->fault('status', POST => '/oauth/token', value => 503);
	decide($b, 'sam@second.example', 'Allow');
	page_is($b, 'failed', 'That did not work');
	like $b->text('#reference'), qr/\Q$session->{id}\E/,
	    'it has a reference to quote';
	is outcome($session), 'error', 'the API says error';
	$books->mend;
	$b->click('Try again');
	decide($b, 'sam@second.example', 'Allow');
	shows($b, 'Calendly is connected', 'connected');
};

subtest 'calendlyd itself is away for a moment' => sub {
	my $session = $c->session('u9');
	$c->calendlyd->stop;
	$b->visit($session->{url});
	page_is($b, 'unavailable', 'Just a moment');
	$c->start_calendlyd;
	$b->click('Try again');
	decide($b, 'sam@second.example', 'Allow');
	shows($b, 'Calendly is connected', 'connected');
};

# Its people and tokens are forgotten with it, so this comes last.
subtest 'Calendly is down while reconnecting, then back' => sub {
	$c->db->do("UPDATE grants SET refreshed_at = NULL");
	$c->stack->sandbox->stop;
	my $session = open_link('u1');
	shows($b, 'That did not work', 'no consent page is tried');
	is $c->api(GET => '/v1/connections/u1')->json('/status'), 'connected',
	    'it stays connected';
	$c->stack->start_sandbox;
	$c->wait_for(sub { eval { $c->sandbox_state } }, 'the sandbox');
	$c->db->do('UPDATE grants SET refresh_not_before = NULL');
	$b->click('Try again');
	decide($b, 'olivia@acme.example', 'Allow');
	shows($b, 'Calendly is connected', 'connected again');
};

done_testing;
