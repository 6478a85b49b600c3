# The demo's host application connects in a popup, as docs/integration.md
# recommends. It asks for the outcome, so that it does not matter if Calendly's
# page cuts the popup off (Cross-Origin-Opener-Policy), and shows the true
# outcome.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Chromium;
use Cal::Test::DemoApp;
use Cal::Test::Page qw(decide fits shows);

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited;
my $app = Cal::Test::DemoApp->start($c);
my $b = Cal::Test::Chromium->start($c->stack->dir)->screen(1280, 900);
my $opener = $b->window;

sub popup ($user)
{
	$b->switch_to($opener)->visit($app->url . "/?user=$user");
	$b->click('In a popup')->switch_to_new($opener);
	return;
}

# The app's page comes to say this, whatever the popup does: it may be gone.
sub app_says ($like, $title, $css = '#notice')
{
	my $popup = eval { $b->window } // $opener;
	my $text = '';
	$b->switch_to($opener);
	eval { $c->wait_for(sub { ($text = $b->text($css)) =~ $like },
		$title) };
	eval { $b->switch_to($popup) };
	return like $text, $like, $title;
}

# All that the app's page says from here on. Chromium answers us only once the
# popup has loaded, by when the page may have said something else.
sub remember_notices
{
	my $popup = $b->window;
	$b->switch_to($opener)->script('const notice = document' .
	    '.getElementById("notice"); window.notices = [];' .
	    'new MutationObserver(() => window.notices.push(' .
	    'notice.textContent)).observe(notice, {childList: true,' .
	    ' subtree: true, characterData: true});');
	return $b->switch_to($popup);
}

sub is_closed
{
	$b->switch_to($opener);
	return ok $c->wait_for(sub { $b->windows == 1 },
		'the popup to close'), 'the popup has closed';
}

subtest 'cut off: no, then yes' => sub {
	$books->switch(consent_coop => 'same-origin');
	popup('alice');
	decide($b, 'olivia@acme.example', 'Deny');
	shows($b, 'You did not connect Calendly', 'the popup says so');
	app_says(qr/^You did not connect Calendly/, 'so does the app');
	is $b->switch_to($opener)->script('return ' .
		'document.getElementById("notice").dataset.kind'), '',
	    'as nothing bad';
	$b->switch_to_new($opener);
	$b->click('Try again');
	decide($b, 'olivia@acme.example', 'Allow');
	is_closed();
	app_says(qr/^Calendly is connected\. New meetings come in as they/,
		'the app has asked on');
	app_says(qr/^New meetings come in as they are booked\.$/,
		'and shows the connection', '#explain');
	unlike $b->script('return document.body.innerText'),
	    qr{/connect/[\w-]{9}|popup\.html#[\w-]{9}}, 'no link is shown';
};

subtest 'cut off, and Calendly refuses the webhook' => sub {
	$books->switch(free_plan_webhooks => \0);
	$books->fault('latency', POST => '/webhook_subscriptions',
		value => 5000, times => 1);
	popup('frida');
	remember_notices();
	decide($b, 'frida@free.example', 'Allow');
	app_says(qr/^Calendly is connected\. Meetings come in late.* plan.*reconnect/,
		'the app says what is so, and what to do');
	app_says(qr/^Meetings come in late, .* plan/, 'for good', '#explain');
	$b->switch_to($opener);
	ok grep({ /^Calendly is connected\. .* is not known yet/ }
		@{ $b->script('return window.notices') }),
	    'it promised nothing while Calendly was thinking';
	fits($b, 'demo-limited');
	$books->switch(free_plan_webhooks => \1);
	$b->switch_to($_)->_do(DELETE => '/window')
	    for grep { $_ ne $opener } $b->windows;
};

subtest 'not cut off' => sub {
	$books->switch(consent_coop => 'none');
	popup('sam');
	decide($b, 'sam@second.example', 'Allow');
	shows($b, 'Calendly is connected', 'the popup says so');
	app_says(qr/^Calendly is connected/, 'so does the app');
	$b->click('Close this window');
	is_closed();
};

subtest 'without a popup' => sub {
	$c->stack->ctl_must(qw(tenant set), $c->tenant, '--origin', $app->url);
	$books->fault('latency', POST => '/webhook_subscriptions',
		value => 1000, times => 1);
	$b->visit($app->url . '/?user=marco');
	$b->click('Connect Calendly');
	decide($b, 'marco@acme.example', 'Allow');
	shows($b, 'Your app', 'back in the app');
	app_says(qr/^Calendly is connected\. New meetings come in/,
		'which says how it went');
};

done_testing;
