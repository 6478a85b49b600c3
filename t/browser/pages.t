# What the result pages show, each visited as calendlyd sends a browser there:
# what they offer, which session their links are about, what a page finds out by
# itself, and what it says when a browser will not close it.

use Cal::Test;
use Cal::Test::Chromium;
use Cal::Test::Page qw(page_is shows);
use Mojo::URL;

my $ID = '0c8f6d4e-27b4-4b7e-9a43-6b1f0a3c2d11';
my $c = Cal::Test->start;
my $b = Cal::Test::Chromium->start($c->stack->dir)->screen(1280, 900);

sub visit ($page, %query)
{
	$b->visit(Mojo::URL->new($c->url("/pages/$page.html"))
	    ->query({ session_id => $ID, %query }));
	return $b;
}

# Where its two ways on lead, seen or not.
sub ways
{
	return $b->script('return [...document.querySelectorAll(' .
		'"[data-way]")].map(a => a.pathname + a.search)');
}

# For the pages from now on, as calendlyd would answer; undef: 404.
sub accounts ($json)
{
	state $before;
	$b->_cdp('Page.removeScriptToEvaluateOnNewDocument',
		identifier => $before) if $before;
	my $answer = defined $json ? "'$json'" : "'', {status: 404}";
	$before = $b->_cdp('Page.addScriptToEvaluateOnNewDocument',
		source => 'window.fetch = async (path, how) => {' .
		    'window.asked = [path, how.credentials];' .
		    "return new Response($answer)};")->{identifier};
	return;
}

subtest 'another browser, or no cookie' => sub {
	visit('another-browser');
	page_is($b, 'another-browser', 'We did not recognise your browser');
	ok !$b->offers('Try again'), 'nothing to try again';
	ok $b->offers('Back to the app'), 'but a way back';
	like $b->text('#reference'), qr/\Q$ID\E/, 'and a reference to quote';
	visit('another-browser', retry => 1);
	page_is($b, 'another-browser', 'We did not recognise your browser',
		'another-browser-retry');
	ok $b->offers('Try again'), 'unless it can help';
};

subtest 'too much time has passed' => sub {
	visit('expired');
	ok !$b->offers('Try again'), 'nothing to try again';
	visit('expired', retry => 1);
	page_is($b, 'expired', 'This link has expired', 'expired-retry');
	ok $b->offers('Try again'), 'while the session lives there is';
	unlike $b->text, qr/click Connect/, 'and no other advice';
};

subtest 'connected, but Calendly refuses the webhook' => sub {
	my $heading = 'Calendly is connected, but meetings come late';
	visit('connected-limited');
	page_is($b, 'connected-limited', $heading);
	like $b->text, qr/plan.*role.*permission/s, 'all that it may be';
	my %word = (plan => qr/plan/, role => qr/role/,
		scope => qr/permission/, rejected => qr/people who run this/);
	for my $why (sort keys %word) {
		visit('connected-limited', calendly_capability => $why);
		page_is($b, 'connected-limited', $heading,
			"connected-limited-$why");
		like $b->text('.list'), $word{$why}, "$why: what it is";
		unlike $b->text('.list'), $word{$_}, "$why: not $_"
		    for grep { $_ ne $why } keys %word;
	}
	like $b->text, qr/within about 15 minutes/, 'when meetings come';
	visit('connected-limited', calendly_capability => 'scope');
	like $b->text, qr/none of them appear/, 'and without permission: never';
	visit('connected-limited', calendly_capability => 'ok');
	like $b->text, qr/plan.*role.*permission/s,
	    'nonsense in the address hides nothing';
};

subtest 'a success promises no more than what will be' => sub {
	visit('connected');
	page_is($b, 'connected', 'Calendly is connected', 'connected-page');
	like $b->text, qr/as they are booked/, 'what is booked from now on';
	like $b->text, qr/have already follow soon/, 'and what was before';
};

subtest 'a no is no failure' => sub {
	visit('cancelled');
	page_is($b, 'cancelled', 'You did not connect Calendly',
		'cancelled-page');
	ok $b->script('return document.querySelector(".icon.calm") !== null'),
	    'its picture is neutral';
};

subtest 'the links are about the session of the page' => sub {
	my @both = map { "$_?session=$ID" } '/connect/again', '/connect/back';
	for my $page (qw(cancelled expired failed wrong-account
	    another-browser)) {
		visit($page);
		is_deeply ways(), \@both, $page;
	}
	for my $page (qw(connected connected-limited)) {
		visit($page);
		is_deeply ways(), [$both[1]], $page;
	}
	visit('cancelled', session_id => 'x&y');
	is_deeply ways(), ['/connect/again?session=', '/connect/back?session='],
	    'what is no session names none, rather than another one';
};

subtest 'pages may ask calendlyd, and nobody else' => sub {
	visit('close');
	my $fetch = 'const done = arguments[arguments.length - 1];' .
	    'fetch(arguments[0]).then(r => done(r.status), e => done(0))';
	my $refused = 'const done = arguments[arguments.length - 1];' .
	    'document.addEventListener("securitypolicyviolation", ' .
	    'e => done(e.effectiveDirective)); fetch(arguments[0])';
	is $b->script_async($fetch, '/pages/style.css'), 200, 'us';
	is $b->script_async($refused, $c->stack->sandbox_url),
	    'connect-src', 'not others';
};

subtest 'the wrong account is named to its own browser' => sub {
	my $heading = 'That was another Calendly account';
	accounts('{"expected":"a•••@acme.example",' .
		'"chosen":"m•••@<b>other.example"}');
	visit('wrong-account');
	$c->wait_for(sub { $b->text('#accounts') }, 'the accounts');
	is $b->text('#accounts'), 'You chose m•••@<b>other.example. ' .
	    'The app expects a•••@acme.example.', 'both are named, as text';
	is_deeply $b->script('return window.asked'),
	    ["/connect/accounts?session=$ID", 'same-origin'],
	    'calendlyd was asked, with the cookie';
	page_is($b, 'wrong-account', $heading, 'wrong-account-named');
	for my $answer (undef, '{"expected":"a@b.example","chosen":null}',
	    'null', '<html>') {
		accounts($answer);
		visit('wrong-account');
		$c->wait_for(sub { $b->script('return window.asked') },
			'the question');
		shows($b, $heading, 'answered: ' . ($answer // '404'));
		is $b->text('#accounts'), '', 'the page does without';
	}
};

subtest 'a tab that may not close itself says so' => sub {
	visit('close');
	page_is($b, 'close', 'You can close this window');
	$b->click('Close this window');
	my $said = qr/close this tab or window yourself/;
	$c->wait_for(sub { $b->text =~ $said }, 'what to do instead');
	like $b->script('return document.activeElement.innerText'), $said,
	    'the focus is on it, so that it is read aloud';
	ok !$b->offers('Close this window'), 'and no dead button is left';
	$b->screenshot("$Cal::Test::Stack::TOP/var/screenshots/" .
		'close-stays.png');
};

done_testing;
