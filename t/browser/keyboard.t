# Connecting without a mouse: each page begins at its heading, Tab reaches
# everything that can be pressed, in order and with a visible ring, and Enter
# presses it.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Chromium;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited;
my $b = Cal::Test::Chromium->start($c->stack->dir)->screen(1280, 900);

sub focused ($of = 'textContent.trim()')
{
	return $b->script("return document.activeElement.$of");
}

sub ring
{
	return $b->script(
		'const s = getComputedStyle(document.activeElement);' .
		'return s.outlineStyle !== "none" &&' .
		' parseFloat(s.outlineWidth) >= 2');
}

# On a page of ours: the heading, then exactly these.
sub walk ($heading, @control)
{
	is $b->heading($heading), $heading, 'the page has come';
	is focused(), $heading, 'the focus is on its heading';
	for my $control (@control) {
		$b->keys('Tab');
		is focused(), $control, "Tab: $control";
		ok ring(), 'with a ring around it';
	}
	$b->keys('Tab');
	is focused('localName'), 'body', 'that is all';
	$b->keys('Shift+Tab') if @control;
	return;
}

# On a page of ours, after walk(): from the last one back to this, and press.
sub press ($control)
{
	for (1 .. 5) {
		last if focused() eq $control;
		$b->keys('Shift+Tab');
	}
	is focused(), $control, "Shift+Tab goes back to $control";
	$b->keys('Enter');
	return;
}

# On the consent page: the first person is chosen already.
sub decide ($answer)
{
	my $ask = 'Allow this app to use your Calendly account?';
	is $b->heading($ask), $ask, 'the consent page asks';
	for (1 .. 10) {
		$b->keys('Tab');
		last if focused() eq $answer;
	}
	$b->keys('Enter');
	return;
}

my @BOTH = ('Try again', 'Back to the app');

subtest 'no, then yes after all, then back' => sub {
	$b->visit($c->session('u1')->{url});
	decide('Deny');
	walk('You did not connect Calendly', @BOTH);
	press('Try again');
	decide('Allow');
	walk('Calendly is connected', 'Back to the app');
	press('Back to the app');
	walk('You can close this window', 'Close this window');
	is $c->api(GET => '/v1/connections/u1')->json('/status'), 'connected',
	    'it is connected';
};

subtest 'the wrong account' => sub {
	$b->visit($c->session('u2', expected_email => 'x@else.example')
	    ->{url});
	decide('Allow');
	walk('That was another Calendly account', 'calendly.com', @BOTH);
	press('Back to the app');
	walk('You can close this window', 'Close this window');
};

subtest 'a failure' => sub {
	$books->fault('status', POST => '/oauth/token', value => 503,
		times => 1);
	$b->visit($c->session('u3')->{url});
	decide('Allow');
	walk('That did not work', @BOTH);
	press('Try again');
	decide('Allow');
	walk('Calendly is connected', 'Back to the app');
};

subtest 'an expired link' => sub {
	$b->visit($c->url('/connect/' . 'z' x 43));
	walk('This link has expired', 'Back to the app');
};

subtest 'what there is to press on the others' => sub {
	my %on = ('another-browser' => 'We did not recognise your browser',
		expired => 'This link has expired');
	for my $page (sort keys %on) {
		$b->visit($c->url("/pages/$page.html?retry=1"));
		walk($on{$page}, @BOTH);
	}
	$b->visit($c->url('/pages/connected-limited.html'));
	walk('Calendly is connected, but meetings come late',
		'Back to the app');
};

subtest 'a page that may not close says so' => sub {
	$b->visit($c->url('/pages/close.html'));
	walk('You can close this window', 'Close this window');
	press('Close this window');
	$c->wait_for(sub { focused() =~ /close this tab or window yourself/ },
		'the focus to move to what to do');
	$b->keys('Tab');
	is focused('localName'), 'body', 'no dead button is left';
};

subtest 'a popup closes by a key, too' => sub {
	my $opener = $b->window;
	my $session = $c->session('u1');
	$b->script('open(arguments[0], "calendly", "popup")', $session->{url});
	$b->switch_to_new($opener);
	walk('Calendly is connected', 'Close this window');
	$b->keys('Space')->switch_to($opener);
	ok $c->wait_for(sub { $b->windows == 1 }, 'the popup to close'),
	    'it has closed';
};

done_testing;
