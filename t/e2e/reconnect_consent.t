# What a reconnect does depends on the tokens: dead ones lead to the consent
# page, a refresh that fails only for now never does, and missing scopes are
# asked for once.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Users;

my $SCOPES = 'users:read scheduled_events:read webhooks:write';

my $c = Cal::Test->start(settings => { CALENDLY_SCOPES => $SCOPES });
my $books = Cal::Test::Books->new(test => $c)->unlimited(30);
my $users = Cal::Test::Users->new(test => $c, books => $books);

subtest 'taken away at Calendly: consent once, then recovered' => sub {
	my ($user, $person) = $users->connected;
	$c->sandbox(POST => '/sandbox/revoke-app', { person => $person });
	my $visits = $books->consents;
	my $b = $users->connect($user, person => $person,);
	is $books->consents, $visits + 1, 'the user is asked';
	is $users->outcomes($b->{session}), '1 done reconnected',
	    'and reconnected';
	$users->told($user, 'connected needs_reauth recovered',
	    'the feed tells what happened');
	is $books->hooks($person), 1, 'there is one subscription';
	$users->is_whole($user, $person);
};

subtest 'known to be dead: asked at once, with no token sent' => sub {
	my ($user, $person) = $users->connected;
	$c->sandbox(POST => '/sandbox/revoke-app', { person => $person });
	$c->api(POST => "/v1/connections/$user/reconcile");
	is $users->connection($user)->{status}, 'needs_reauth', 'it is known';
	my $calls = $books->calls('POST /oauth/token');
	my @b = map { $users->at_callback($user, $person) } 1 .. 3;
	is $books->calls('POST /oauth/token'), $calls, 'no refresh is tried';
	is $users->finish_at_once(@b), '3 connected',
	    'three links finish at once';
	$users->told($user, 'connected needs_reauth recovered',
	    'and it recovers once');
	$users->is_whole($user, $person);
};

subtest 'a refresh that fails for now: try again, and never OAuth' => sub {
	my ($user, $person) = $users->connected;
	my ($visits, $before) = ($books->consents, $users->connection($user));
	my $session = $c->session($user);
	for my $status (429, 500, 503, 401) {
		$books->fault('status', POST => '/oauth/token',
			value => $status, times => 1);
		$users->stale();
		my $b = $users->browser->visit($session->{url});
		is $users->page($b->url), 'failed', "$status: try again";
		is $users->outcomes($session), '1 failed error',
		    'the session says so, too';
	}
	is $books->consents, $visits, 'no consent page was shown';
	is_deeply $users->connection($user), $before,
	    'it is as connected as before';
	is $users->browser->visit($session->{url})->url->path,
	    '/pages/failed.html', 'not before the pause is over';
	$users->stale();
	is $users->page($users->browser->visit($session->{url})->url),
	    'connected', 'the same link works then';
	$users->told($user, 'connected', 'the feed tells nothing new');
	$users->is_whole($user, $person);
};

subtest 'the answer to a refresh is lost: the link works again in time' => sub {
	$books->switch(refresh_lost_reply_grace => 'until_used');
	my ($user, $person) = $users->connected;
	my $visits = $books->consents;
	my $session = $c->session($user);
	$books->fault('drop', POST => '/oauth/token', times => 1);
	is $users->page($users->connect($user, session => $session)->url),
	    'failed', 'try again';
	$users->stale;
	is $users->page($users->connect($user, session => $session)->url),
	    'connected', 'then it reconnects';
	is $books->consents, $visits, 'no consent page was shown';
	$users->told($user, 'connected', 'the feed tells nothing new');
	$books->switch(refresh_lost_reply_grace => 0);
	$users->is_whole($user, $person);
};

subtest 'the answer is lost for good: consent, and recovered' => sub {
	my ($user, $person) = $users->connected;
	my $session = $c->session($user);
	$books->fault('drop', POST => '/oauth/token', times => 1);
	is $users->page($users->connect($user, session => $session)->url),
	    'failed', 'try again';
	$users->stale;
	is $users->page($users->connect($user, session => $session,
		person => $person)->url), 'connected', 'the user says yes';
	$users->told($user, 'connected needs_reauth recovered',
		'the feed tells that it was broken');
	my ($reason) = map { $_->{data}{reason} } grep { $_->{user_id} eq
	    $user && $_->{type} eq 'connection.needs_reauth' } $c->events;
	is $reason, 'rotation_ambiguous', 'and why';
	$users->is_whole($user, $person);
};

subtest 'more scopes in the settings: asked for once' => sub {
	my ($user, $person) = $users->connected;
	my $widen = sub ($scopes) {
		$c->configure(CALENDLY_SCOPES => $scopes);
		$c->calendlyd->restart;
		$c->wait_ready;
	};
	$widen->("$SCOPES event_types:read");
	is_deeply $users->connection($user)->{scopes}{missing},
	    ['event_types:read'], 'what is missing is named';
	my $visits = $books->consents;
	$users->connect($user, person => $person);
	is $books->consents, $visits + 1, 'the user is asked';
	is_deeply $users->connection($user)->{scopes}{missing}, [],
	    'nothing is missing any more';
	$users->told($user, 'connected', 'the feed tells nothing new');
	is $books->hooks($person), 1, 'the subscription stays the only one';
	$users->is_whole($user, $person);
	$widen->($SCOPES);
	$users->is_whole($user, $person);
	is $books->consents, $visits + 1, 'fewer are no reason to ask';
};

done_testing;
