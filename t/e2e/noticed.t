# A subscription that somebody else deleted or disabled is noticed at the next
# look and repaired within a minute, or else by the regular check.

use Cal::Test;
use Cal::Test::Books;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited(12);
my $next = 0;

sub connection ($user) { return $c->api(GET => "/v1/connections/$user")->json }
sub uri ($user) { return connection($user)->{webhook}{uri} }

sub look ($user)
{
	return $c->api(GET => "/v1/connections/$user/webhooks");
}

sub connected
{
	my ($user, $person) = ('u' . ++$next, "p$next");
	$c->connect($user, person => $person, browser => $c->new_browser);
	$books->settle;
	return ($user, $person);
}

# By itself: nobody hurries the background work.
sub is_repaired ($user, $person, $former)
{
	$c->wait_for(sub { (uri($user) // $former) ne $former && !$books->jobs },
		'the repair', 60);
	my @active = grep { $_->{state} eq 'active' } $books->hooks($person);
	is scalar @active, 1, 'exactly one is active';
	is $active[0]{uri}, uri($user), 'on which we rely';
	$c->wait_for(sub { grep { $_->{type} eq 'webhook.gap'
	    && $_->{user_id} eq $user } $c->events }, 'the gap to be told');
	return is look($user)->json('/state'), 'active', 'and a look says so';
}

subtest 'all is well: a look changes nothing' => sub {
	my ($user) = connected();
	my $res = look($user);
	is $res->code . ' ' . $res->json('/state'), '200 active', 'it says so';
	is $books->jobs, 0, 'nothing is asked for';
};

subtest 'deleted behind us' => sub {
	my ($user, $person) = connected();
	my $uri = uri($user);
	$books->unsubscribe($person, $uri);
	my $res = look($user);
	is $res->code . ' ' . $res->json('/state'), '200 none', 'it says so';
	is_repaired($user, $person, $uri);
};

subtest 'disabled behind us' => sub {
	my ($user, $person) = connected();
	my ($hook) = $books->hooks($person);
	$c->sandbox(POST => '/sandbox/disable', { subscription => $hook->{id} });
	is look($user)->json('/state'), 'disabled', 'it says so';
	is_repaired($user, $person, $hook->{uri});
};

subtest 'the former organization is closed' => sub {
	my ($user, $person) = connected();
	my $uri = uri($user);
	$c->sandbox(POST => '/sandbox/people', { person => $person,
		changes => { current_organization => "org of $person" } });
	is look($user)->code, 502, 'Calendly does not show the list';
	$c->wait_for(sub { uri($user) ne $uri }, 'the repair', 60);
	$books->settle;
	is look($user)->json('/state'), 'active', 'and a look says so';
};

subtest 'a list that is not found is not a user who is not' => sub {
	my ($user) = connected();
	$books->fault('status', GET => '/webhook_subscriptions', value => 404,
		times => 1);
	is look($user)->code, 502, 'it is Calendly that fails';
	$books->settle;
	is look($user)->json('/state'), 'active', 'nothing has happened';
};

subtest 'what Calendly refuses to make is not asked for by looking' => sub {
	$books->fault('status', POST => '/webhook_subscriptions', value => 403);
	my ($user) = connected();
	is look($user)->json('/state'), 'none', 'it says so';
	is $books->jobs, 0, 'nothing is asked for';
	$books->mend;
};

subtest 'nobody looks: the regular check comes, whatever was given up' => sub {
	my ($user, $person) = connected();
	my $uri = uri($user);
	my $due = q{SELECT bool_and(next_check_at < now() + interval '28.8 hours')
	    FROM connections WHERE status = 'connected'
	    AND capability NOT IN ('plan', 'role', 'scope')};
	ok $books->one($due), 'each connection has one within a day or so';
	$books->unsubscribe($person, $uri);
	$c->db->do(q{INSERT INTO jobs (tenant_id, kind, subject, parked_at)
	    SELECT tenant_id, 'reconcile', id::text, now() FROM connections
	    WHERE user_id = ?}, undef, $user);
	$c->db->do('UPDATE connections SET next_check_at = now()
	    WHERE user_id = ?', undef, $user);
	$c->db->do('SELECT checks_ask(100)');
	is_repaired($user, $person, $uri);
	ok $books->one($due), 'and another one after it';
};

done_testing;
