# A popup that Calendly's page cuts off from the application
# (Cross-Origin-Opener-Policy): no message reaches the application, and the
# popup's handle tells it wrong. Each page still works, the window closes, and
# the API tells the outcome.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Chromium;
use Cal::Test::HostApp;
use Cal::Test::Page qw(decide page_is shows);
use Mojo::URL;

my $c = Cal::Test->start;
my $app = Cal::Test::HostApp->start($c)->url;
my $books = Cal::Test::Books->new(test => $c)->unlimited;
my $b = Cal::Test::Chromium->start($c->stack->dir);
my $opener = $b->window;

# A click in the app opens this session in a popup, by this of its links.
sub popup ($user, $link, %field)
{
	my $session = $c->session($user, %field);
	$b->switch_to($opener)->visit(Mojo::URL->new("$app/")
	    ->query(link => $session->{$link}));
	$b->click('Connect')->switch_to_new($opener);
	return $session;
}

# What the app's own page knows.
sub opener_says ($what)
{
	my $popup = $b->window;
	my $said = $b->switch_to($opener)->script("return $what");
	$b->switch_to($popup);
	return $said;
}

sub outcome ($session)
{
	return $c->api(GET => "/v1/connect-sessions/$session->{id}")
	    ->json('/result') // 'nothing';
}

sub is_closed ($title)
{
	$b->switch_to($opener);
	return ok $c->wait_for(sub { $b->windows == 1 },
		'the popup to close'), $title;
}

for my $policy ('same-origin', 'same-origin-allow-popups') {
	subtest "$policy: a success closes the popup" => sub {
		$books->switch(consent_coop => $policy);
		my $session = popup("u-$policy", 'popup_url');
		decide($b, 'olivia@acme.example', 'Allow');
		is_closed('it has closed');
		is opener_says('document.getElementById("heard").textContent'),
		    '', 'the app has heard nothing';
		is outcome($session), 'connected', 'but the API tells it';
	};
}

subtest 'a no, a second try, a yes' => sub {
	my $session = popup('u2', 'popup_url');
	shows($b, 'Allow this app to use your Calendly account?', 'asked');
	ok opener_says('popup.closed'), 'its handle says closed, and lies';
	decide($b, 'marco@acme.example', 'Deny');
	page_is($b, 'cancelled', 'You did not connect Calendly',
		'popup-coop-cancelled');
	is $b->script('return window.opener'), undef, 'it has no opener';
	ok !$b->offers('Back to the app'), 'the app is in the other window';
	is outcome($session), 'denied', 'the API says so';
	$b->click('Try again');
	decide($b, 'marco@acme.example', 'Allow');
	is_closed('it has closed');
	is outcome($session), 'connected', 'the API says so';
};

subtest 'a no, and closed' => sub {
	popup('u3', 'popup_url');
	decide($b, 'marco@acme.example', 'Deny');
	shows($b, 'You did not connect Calendly', 'it says so');
	$b->click('Close this window');
	is_closed('the button closes it');
};

subtest 'the plain link in a popup: as in a tab, and it closes' => sub {
	my $session = popup('u4', 'url');
	decide($b, 'marco@acme.example', 'Allow');
	page_is($b, 'connected', 'Calendly is connected',
		'popup-coop-connected');
	is outcome($session), 'connected', 'the API says so';
	$b->click('Back to the app');
	page_is($b, 'close', 'You can close this window', 'popup-coop-close');
	$b->click('Close this window');
	is_closed('the button closes it');
};

subtest 'without the policy the popup is told as ever' => sub {
	$books->switch(consent_coop => 'none');
	popup('u5', 'popup_url');
	decide($b, 'marco@acme.example', 'Allow');
	shows($b, 'Calendly is connected', 'it stays until somebody closes it');
	like opener_says('document.getElementById("heard").textContent'),
	    qr/"connected"/, 'the app has heard it';
	is $b->script('return history.length'), 2,
	    'the link is in no history';
	$b->click('Close this window');
	is_closed('the button closes it');
};

subtest 'the page that opens the link' => sub {
	for my $nonsense ('', '#x', '#//evil.example/' . 'x' x 30) {
		$b->visit($c->url("/pages/popup.html$nonsense"));
		page_is($b, 'popup', 'One moment') if $nonsense eq '';
		shows($b, 'One moment', "\"$nonsense\" leads nowhere");
		$b->visit('about:blank');
	}
};

done_testing;
