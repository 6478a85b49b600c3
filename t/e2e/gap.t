# For a while a user has no live subscription: the host is told once between
# which times bookings may have been missed.

use Cal::Test;
use Cal::Test::Books;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited(12);
my $next = 0;

sub connection ($user) { return $c->api(GET => "/v1/connections/$user")->json }
sub uri ($user) { return connection($user)->{webhook}{uri} }

sub reconcile ($user) { return $c->reconcile($user) }

sub connected
{
	my ($user, $person) = ('u' . ++$next, "p$next");
	$c->connect($user, person => $person, browser => $c->new_browser);
	return ($user, $person);
}

# All that happened was an hour and more before now.
sub age ($user)
{
	my $mine = '(SELECT grant_id FROM connections WHERE user_id = ?)';
	$c->db->do("UPDATE subscriptions SET created_at = created_at
	    - interval '2 hours', seen_at = seen_at - interval '1 hour'
	    WHERE grant_id = $mine", undef, $user);
	return $c->db->do(q{UPDATE connections SET connected_at =
	    connected_at - interval '2 hours' WHERE user_id = ?}, undef, $user);
}

sub seen ($user)
{
	return $books->one('SELECT rfc3339(max(s.seen_at)) FROM subscriptions s
	    JOIN connections c USING (grant_id) WHERE c.user_id = ?', $user);
}

# A booking came; when.
sub booked ($user, $person)
{
	$c->sandbox(POST => '/sandbox/book', { person => $person, wait => \1 });
	my $at;
	$c->wait_for(sub { $at = connection($user)->{webhook}{last_event_at} },
		'the booking to be taken in');
	return $at;
}

sub now { return $books->one('SELECT rfc3339(clock_timestamp())') }

sub told ($user)
{
	$c->wait_for(sub { !$books->one('SELECT count(*) FROM event_queue') },
		'the feed to have everything');
	return map { $_->{data} } grep { $_->{type} eq 'webhook.gap'
	    && $_->{user_id} eq $user } $c->events;
}

# One gap was told, from this time until one between these two.
sub is_told ($user, $since, $from)
{
	my @told = told($user);
	is scalar @told, 1, 'told once';
	is $told[0]{since}, $since, 'since it was last known to be well';
	cmp_ok $told[0]{until}, 'ge', $from, 'until after the repair began';
	cmp_ok $told[0]{until}, 'le', now(), 'and ended';
	is connection($user)->{webhook}{state}, 'active', 'all is well';
	reconcile($user);
	return is scalar told($user), 1, 'it is not told again';
}

subtest 'a first connect is none, however often it is looked at' => sub {
	my ($user) = connected();
	reconcile($user) for 1 .. 2;
	is scalar told($user), 0, 'nothing is told';
};

subtest 'deleted behind us: since it was last seen' => sub {
	my ($user, $person) = connected();
	age($user);
	my ($since, $from) = (seen($user), now());
	$books->unsubscribe($person, uri($user));
	is reconcile($user)->code, 200, 'repaired';
	is_told($user, $since, $from);
};

subtest 'a delivery proves that it was well' => sub {
	my ($user, $person) = connected();
	age($user);
	my $came = booked($user, $person);
	my $from = now();
	$books->unsubscribe($person, uri($user));
	reconcile($user);
	is_told($user, $came, $from);
};

subtest 'given up after a day: what came meanwhile proves nothing' => sub {
	my ($user, $person) = connected();
	age($user);
	my $since = seen($user);
	booked($user, $person);
	my ($hook) = $books->hooks($person);
	$c->sandbox(POST => '/sandbox/disable', { subscription => $hook->{id} });
	my $from = now();
	reconcile($user);
	is_told($user, $since, $from);
};

subtest 'refused for a while: the gap lasts until it is allowed' => sub {
	my ($user, $person) = connected();
	age($user);
	my $since = seen($user);
	$books->unsubscribe($person, uri($user));
	$books->fault('status', POST => '/webhook_subscriptions', value => 403);
	reconcile($user) for 1 .. 2;
	is scalar told($user), 0, 'nothing is told while it lasts';
	$books->mend;
	my $from = now();
	reconcile($user);
	is_told($user, $since, $from);
};

subtest 'refused from the beginning: since the user connected' => sub {
	$books->fault('status', POST => '/webhook_subscriptions', value => 403);
	my ($user, $person) = connected();
	age($user);
	my $since = connection($user)->{connected_at};
	$books->mend;
	my $from = now();
	reconcile($user);
	is_told($user, $since, $from);
};

subtest 'the reply to the repair is lost' => sub {
	my ($user, $person) = connected();
	age($user);
	my ($since, $from) = (seen($user), now());
	$books->unsubscribe($person, uri($user));
	$books->fault('drop', POST => '/webhook_subscriptions', times => 1);
	reconcile($user);
	$books->settle;
	is_told($user, $since, $from);
};

subtest 'in another organization' => sub {
	my ($user, $person) = connected();
	age($user);
	my ($since, $from) = (seen($user), now());
	$c->sandbox(POST => '/sandbox/people', { person => $person,
		changes => { current_organization => "org of $person" } });
	reconcile($user);
	is_told($user, $since, $from);
};

subtest 'moved away, where none was allowed, and back' => sub {
	my ($user, $person) = connected();
	age($user);
	my ($since, $home) = (seen($user),
	    connection($user)->{calendly}{organization_uri});
	my $go = sub ($to) { $c->sandbox(POST => '/sandbox/people',
		{ person => $person, changes =>
		    { current_organization => $to } }) };
	$go->("org of $person");
	$books->fault('status', POST => '/webhook_subscriptions', value => 403);
	reconcile($user);
	is scalar told($user), 0, 'nothing is told while it lasts';
	$books->mend;
	$go->($person);
	my $from = now();
	reconcile($user);
	is connection($user)->{calendly}{organization_uri}, $home, 'back';
	is_told($user, $since, $from);
};

subtest 'a list that fails opens none' => sub {
	my ($user, $person) = connected();
	age($user);
	$books->fault('status', GET => '/webhook_subscriptions', value => 500,
		times => 1);
	reconcile($user);
	$books->settle;
	is scalar told($user), 0, 'nothing is told';
};

subtest 'one that is made beside a living one is none' => sub {
	my ($user, $person) = connected();
	age($user);
	my $uri = uri($user);
	$c->calendlyd->stop;
	$c->configure(CALENDLY_WEBHOOK_EVENTS =>
		'invitee.created invitee.canceled');
	$c->start_calendlyd;
	is reconcile($user)->code, 200, 'replaced';
	isnt uri($user), $uri, 'it is another one';
	is scalar told($user), 0, 'nothing is told';
};

done_testing;
