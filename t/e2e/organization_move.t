# A user moves to another organization at Calendly: the connection follows, the
# host is told, and the subscription is made in the new organization.

use Cal::Test;
use Cal::Test::Books;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited(15);
my $next = 0;

sub connection ($user) { return $c->api(GET => "/v1/connections/$user")->json }

sub reconcile ($user) { return $c->reconcile($user) }

sub connected
{
	my ($user, $person) = ('u' . ++$next, "p$next");
	$c->connect($user, person => $person, browser => $c->new_browser);
	return ($user, $person, connection($user)->{calendly}{organization_uri});
}

sub move ($person, $to = "org of $person")
{
	$c->sandbox(POST => '/sandbox/people', { person => $person,
		changes => { current_organization => $to } });
	return $books->as($person, GET => '/users/me')
	    ->json('/resource/current_organization');
}

sub told ($user)
{
	$c->wait_for(sub { !$books->one('SELECT count(*) FROM event_queue') },
		'the feed to have everything');
	return grep { $_->{type} eq 'connection.organization_changed'
	    && $_->{user_id} eq $user } $c->events;
}

# The answer of Calendly's own: one subscription, where the user is now.
sub is_there ($user, $person, $organization)
{
	my $u = connection($user);
	is $u->{calendly}{organization_uri}, $organization,
	    'the connection is of the new organization';
	is "$u->{status} $u->{webhook}{state} $u->{webhook}{capability}",
	    'connected active ok', 'and well';
	my @hook = grep { $_->{organization} eq $organization }
	    $books->hooks($person);
	is scalar @hook, 1, 'one subscription in the new one';
	is $u->{webhook}{uri}, $hook[0]{uri}, 'on which we rely';
	is scalar(my @all = $books->hooks($person)), 1, 'and none elsewhere';
	my $booked = $c->sandbox(POST => '/sandbox/book',
		{ person => $person, wait => \1 });
	return is_deeply [map { $_->{last_status} }
	    grep { $_->{url} eq $hook[0]{callback_url} }
	    @{ $booked->{deliveries} }], [200], 'and a booking arrives';
}

for my $status (403, 404) {
	subtest "the former organization answers $status" => sub {
		my ($user, $person, $former) = connected();
		my $now = move($person);
		isnt $now, $former, 'the user has moved';
		# The sandbox says 403 by itself: only for the first list.
		$books->fault('status', GET => '/webhook_subscriptions',
			value => $status, times => 1) if $status != 403;
		is reconcile($user)->code, 200, 'done in one run';
		is_there($user, $person, $now);
		my @told = told($user);
		is scalar @told, 1, 'told once';
		is_deeply [@{ $told[0]{data} }{qw(status organization_uri
		    former_organization_uri)}], ['connected', $now, $former],
		    'with both';
		is reconcile($user)->code, 200, 'again';
		is scalar told($user), 1, 'is not told again';
	};
}

subtest 'refused on creating only, in whatever words' => sub {
	for my $status (400, 403, 404) {
		my ($user, $person) = connected();
		$books->unsubscribe($person, connection($user)->{webhook}{uri});
		my $me = $books->as($person, GET => '/users/me')
		    ->json('/resource/current_organization');
		$books->fault('status', POST => '/webhook_subscriptions',
			value => $status, times => 1);
		my $calls = $books->calls('GET /users/me');
		is reconcile($user)->code, 200, "$status: done";
		is $books->calls('GET /users/me'), $calls + 1,
		    'Calendly was asked where the user is';
		is scalar told($user), 0, 'who has not moved';
		isnt connection($user)->{webhook}{capability}, 'ok',
		    'so it is refused';
		reconcile($user);
		is_there($user, $person, $me);
	}
};

subtest 'the same organization: role, as ever' => sub {
	my ($user, $person) = connected();
	$books->fault('status', GET => '/webhook_subscriptions', value => 403);
	is reconcile($user)->code, 200, 'done';
	is connection($user)->{webhook}{capability}, 'role', 'the API says why';
	is scalar told($user), 0, 'nothing is told';
	$books->mend;
	reconcile($user);
	is connection($user)->{webhook}{capability}, 'ok', 'and well again';
};

subtest 'Calendly does not say where the user is' => sub {
	my ($user, $person, $former) = connected();
	my $now = move($person);
	$books->fault('not_json', GET => '/users/me', times => 1);
	is reconcile($user)->code, 200, 'done';
	is connection($user)->{webhook}{capability}, 'role', 'refused for now';
	is connection($user)->{calendly}{organization_uri}, $former,
	    'nothing was made up';
	$books->fault('status', GET => '/users/me', value => 503, times => 1);
	is reconcile($user)->code, 202, 'an outage is waited for';
	$books->settle;
	is_there($user, $person, $now);
};

subtest 'a silent reconnect looks before it asks for anything else' => sub {
	my ($user, $person, $former) = connected();
	my $now = move($person);
	my $end = $c->new_browser->visit($c->session($user)->{url});
	like $end->url, qr{/connected\.html}, 'reconnected';
	is_there($user, $person, $now);
	is scalar told($user), 1, 'told once';
	is_deeply [map { $_->{status} } grep { $_->{purpose} eq 'subscription_list' }
	    @{ $c->api(GET => "/v1/connections/$user/log")->json('/data') }],
	    [403, 200, 200], 'the former one was only looked into afterwards';
};

subtest 'a reconnect does not wait for it' => sub {
	my ($user, $person) = connected();
	$books->fault('hang', GET => '/users/me');
	my $end = $c->new_browser->visit($c->session($user)->{url});
	like $end->url, qr{/connected\.html}, 'reconnected all the same';
	$books->mend;
};

subtest 'a consent finds it, too' => sub {
	my ($user, $person, $former) = connected();
	my $now = move($person);
	$c->connect($user, person => $person, force => \1,
		browser => $c->new_browser);
	$books->settle;
	is_there($user, $person, $now);
	is scalar told($user), 1, 'told once';
};

subtest 'what may be where nobody can look any more is named' => sub {
	my ($user, $person, $former) = connected();
	# As if the answer that told its URI had never come.
	$c->db->do("UPDATE subscriptions SET state = 'creating', uri = NULL
		WHERE uri = ?", undef, connection($user)->{webhook}{uri});
	move($person);
	is reconcile($user)->code, 200, 'made anew where the user is';
	$c->db->do("UPDATE subscriptions SET missing_since = now() -
		interval '7 hours' WHERE uri IS NULL");
	is reconcile($user)->code, 200, 'and looked at much later';
	my $res = $c->api(DELETE => "/v1/connections/$user");
	is $res->code, 200, 'nothing is waited for';
	is_deeply $res->json('/left_behind'),
	    [$c->url('/webhooks/calendly/***')], 'by its callback URL';
};

subtest 'and removed if the user comes back' => sub {
	my ($user, $person, $former) = connected();
	my ($key) = map { $_->{organization_key} } grep {
		$_->{person} eq $person } @{ $books->state('people')->{people} };
	$c->db->do("UPDATE subscriptions SET state = 'creating', uri = NULL
		WHERE uri = ?", undef, connection($user)->{webhook}{uri});
	move($person);
	reconcile($user);
	is move($person, $key), $former, 'back in the former one';
	reconcile($user);
	is $c->api(DELETE => "/v1/connections/$user")->code, 200, 'answered 200';
	is $books->hooks($person), 0, 'none of ours is left';
	is_deeply connection($user)->{left_behind}, [], 'nothing is named';
};

# What can neither be shown nor deleted is there for ever, for all we know.
subtest 'however often, and whatever the former ones refuse' => sub {
	my ($user, $person) = connected();
	$books->fault('status', undef, '/webhook_subscriptions/*',
		value => 403);
	for my $to ('org of p1', 'org of p2', 'org of p3', 'org of p4') {
		my $now = move($person, $to);
		is reconcile($user)->code, 200, "to the $to";
		is connection($user)->{calendly}{organization_uri}, $now,
		    'the connection is there';
		is scalar(grep { $_->{organization} eq $now }
		    $books->hooks($person)), 1, 'with a subscription';
		is connection($user)->{webhook}{trouble}, undef,
		    'and nothing is amiss';
	}
	$books->mend;
	reconcile($user) for 1 .. 2;
	is scalar(my @all = $books->hooks($person)), 1, 'in the end one';
};

done_testing;
