# Connecting: the consent page is shown once; reconnecting works without it; so
# does another account, and an account that may not have a webhook.
#
# With sanitizers in every run.

use Cal::Test;
use Cal::Test::Books;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited;

# How it ended, as the API says: "done connected".
sub outcome ($browser)
{
	my $s = $c->api(GET => "/v1/connect-sessions/$browser->{session}{id}")
	    ->json;
	return join ' ', $s->{status}, $s->{result} // '-';
}

# Whether its meetings will come in, as the API says.
sub capability ($browser)
{
	return $c->api(GET => "/v1/connect-sessions/$browser->{session}{id}")
	    ->json('/capability');
}

sub page ($browser) { return $browser->url->path =~ m{([^/]+)\.html$} && $1 }
sub connection ($user) { return $c->api(GET => "/v1/connections/$user")->json }

sub types ($user)
{
	return join ' ', map { $_->{type} =~ s/^connection\.//r }
	    grep { $_->{user_id} eq $user && $_->{source} eq 'system'
		&& $_->{type} ne 'connection.synced' } $c->events;
}

subtest 'the main job: a click on Allow, and bookings are in the feed' => sub {
	my $end = $c->connect('u1', person => 'olivia');
	is page($end), 'connected', 'the browser ends at a success';
	is outcome($end), 'done connected', 'and the API confirms it';
	is capability($end), 'ok', 'and that meetings come in';
	my $u = connection('u1');
	is "$u->{status} $u->{webhook}{state} $u->{calendly}{email}",
	    'connected active olivia@acme.example', 'it is connected';
	is $books->consents, 1, 'consent was asked for once';
	is $books->hooks('olivia'), 1, 'Calendly holds one subscription';
	$c->sandbox(POST => '/sandbox/book', { person => 'olivia' });
	$c->wait_for(sub {
		grep { $_->{type} eq 'invitee.created' } $c->events
	}, 'the booking in the feed');
	is types('u1'), 'connected', 'one event tells of the connection';
};

subtest 'reconnecting what is healthy asks nobody and changes nothing' => sub {
	my $before = connection('u1');
	my $minted = $books->minted;
	$c->db->do("UPDATE grants SET refreshed_at = now() - interval '2 min'");
	for my $time (1 .. 3) {
		my $end = $c->connect('u1', force => \0);
		is page($end), 'connected', "$time: straight to the success";
		is outcome($end), 'done reconnected', "$time: reconnected";
	}
	is $books->consents, 1, 'no consent page was shown';
	is $books->minted, $minted + 1, 'the token was rotated, once a minute';
	is $books->hooks('olivia'), 1, 'there is still one subscription';
	is connection('u1')->{webhook}{uri}, $before->{webhook}{uri},
	    'the same one';
	is connection('u1')->{connected_at}, $before->{connected_at},
	    'connected_at is of the consent';
	is types('u1'), 'connected', 'the feed tells nothing new';
};

subtest 'force asks for consent although all is well' => sub {
	my $uri = connection('u1')->{webhook}{uri};
	my $end = $c->connect('u1', person => 'olivia', force => \1);
	is outcome($end), 'done reconnected', 'the same account reconnects';
	is $books->consents, 2, 'consent was asked for again';
	is connection('u1')->{webhook}{uri}, $uri, 'its subscription stays';
	is $c->db->selectrow_array('SELECT count(*) FROM grants'), 1,
	    'the new pair replaced the old in the same grant';
};

subtest 'a no at Calendly changes nothing, and the link still works' => sub {
	my $end = $c->connect('deny', person => 'sam', answer => 'Deny');
	is page($end), 'cancelled', 'a page says that nothing was connected';
	is outcome($end), 'failed denied', 'the session says denied';
	is $c->api(GET => '/v1/connections/deny')->code, 404,
	    'there is no connection';
	$end->choose('again');
	$end->press('Allow', fields => { person => 'sam' });
	is page($end), 'connected', 'trying again connects';
	is outcome($end), 'done connected', 'by the same session';
};

subtest 'the wrong account is refused, its tokens revoked' => sub {
	my $before = connection('u1');
	my $end = $c->connect('u1', person => 'marco', force => \1,
		expected_email => 'Olivia@ACME.example');
	is page($end), 'wrong-account', 'a page says so';
	is outcome($end), 'failed wrong_account', 'the session says so';
	$c->wait_for(sub { !$books->live('marco') }, 'a revoke at Calendly');
	$books->settle;
	is_deeply connection('u1'), $before, 'the old connection is untouched';
	is $books->live('olivia'), 2, 'and so are its tokens';
	$end->choose('again');
	$end->press('Allow', fields => { person => 'olivia' });
	is outcome($end), 'done reconnected', 'the right one connects';
};

subtest 'another account takes over, and nothing of the first is left' => sub {
	$c->connect('mover', person => 'frida');
	my $old = $c->endpoint('mover');
	is $c->deliver($old, '{}')->code, 200, 'the first takes deliveries';
	my $end = $c->connect('mover', person => 'marco', force => \1);
	is outcome($end), 'done switched', 'the session says switched';
	is $c->deliver($old, '{}')->code, 410, 'the old endpoint is retired';
	$c->wait_for(sub { !$books->live('frida') }, 'a revoke');
	$books->settle;
	is $books->hooks('frida'), 0, 'the first account has no subscription';
	is $books->hooks('marco'), 1, 'the second has one';
	is connection('mover')->{calendly}{email}, 'marco@acme.example',
	    'the connection shows the second, a plain member';
	is types('mover'), 'connected account_changed', 'the feed tells of it';
	is $books->one(q{SELECT count(access_sealed) FROM grants
		WHERE status = 'erased'}), 0, 'the first left no secret';
};

subtest 'a plan without webhooks still connects, and says why' => sub {
	$books->switch(free_plan_webhooks => \0);
	my $end = $c->connect('free', person => 'frida');
	is outcome($end), 'done connected', 'it is connected';
	my $u = connection('free');
	is "$u->{status} $u->{webhook}{state} $u->{webhook}{capability}",
	    'connected none plan', 'without a webhook, because of the plan';
	is $end->url->path, '/pages/connected-limited.html',
	    'the page does not promise meetings at once';
	is $end->url->query->param('calendly_capability'), 'plan',
	    'and says why';
	is capability($end), 'plan', 'the session says so, too';
	$books->switch(free_plan_webhooks => \1);
	$c->connect('free');
	is connection('free')->{webhook}{capability}, 'ok',
	    'after an upgrade a reconnect makes the webhook';
	is capability($end), 'ok', 'and the session says what is so now';
	is $books->hooks('frida'), 1, 'exactly one';
};

subtest 'a session that is not done says nothing about meetings' => sub {
	my $session = $c->session('free');
	my $said = sub { $c->api(GET => "/v1/connect-sessions/$session->{id}")
	    ->json };
	is $said->()->{capability}, undef, 'pending';
	$c->api(DELETE => '/v1/connections/free');
	$c->new_browser->visit($session->{url})->press('Deny');
	is_deeply [@{ $said->() }{qw(status capability)}], ['failed', undef],
	    'denied';
	$c->connect('free', person => 'frida');
};

subtest 'what was in the way for a while is not told of for ever' => sub {
	my $reconcile = sub {
		return $c->api(POST => '/v1/connections/free/reconcile')
		    ->json('/webhook/capability');
	};
	$books->fault('status', GET => '/webhook_subscriptions', value => 403,
		times => 1);
	is $reconcile->(), 'role', 'Calendly shows nothing';
	is $reconcile->(), 'ok', 'until it does again';
};

subtest 'what was not granted is shown, and asked for again' => sub {
	$c->sandbox(POST => '/sandbox/people',
		{ person => 'zed', create => \1 });
	$books->switch(granted_scopes => 'users:read scheduled_events:read ' .
		'webhooks:read');
	$c->connect('less', person => 'zed');
	my $u = connection('less');
	is "$u->{status} $u->{webhook}{capability}", 'connected scope',
	    'connected without a webhook, because of the scope';
	is_deeply $u->{scopes}{missing}, ['webhooks:write'], 'it is named';
	$books->switch(token_scope_returned => 'code_only');
	$c->db->do('UPDATE grants SET access_expires_at = now()');
	my $minted = $books->minted;
	$c->api(POST => '/v1/connections/less/reconcile');
	isnt $books->minted, $minted, 'a refresh whose answer names no scopes';
	is_deeply connection('less')->{scopes}{missing}, ['webhooks:write'],
	    'changes nothing about it';
	$books->switch(token_scope_returned => 'always', granted_scopes => '');
	my $visits = $books->consents;
	my $end = $c->connect('less', person => 'zed');
	is $books->consents, $visits + 1, 'a reconnect asks for consent';
	is outcome($end), 'done reconnected', 'the user says yes';
	$u = connection('less');
	is "$u->{webhook}{state} $u->{webhook}{capability}", 'active ok',
	    'now there is a webhook';
	is_deeply $u->{scopes}{missing}, [], 'and nothing is missing';
};

done_testing;
