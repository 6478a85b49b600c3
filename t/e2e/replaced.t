# A repair destroys nothing that Calendly still holds: a replaced subscription
# whose deliveries Calendly retries, or which lately got an error from us, stays
# for 25 hours beside its successor. Letting go of a grant deletes all at once.

use Cal::Test;
use Cal::Test::Books;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited(20);
my $next = 0;
my @all = qw(invitee.created invitee.canceled invitee_no_show.created
    invitee_no_show.deleted);

sub connection ($user) { return $c->api(GET => "/v1/connections/$user")->json }

sub reconcile ($user)
{
	return $c->api(POST => "/v1/connections/$user/reconcile");
}

sub connected
{
	my ($user, $person) = ('u' . ++$next, "p$next");
	$c->connect($user, person => $person);
	return ($user, $person, connection($user)->{webhook}{uri});
}

sub book ($person)
{
	return $c->sandbox(POST => '/sandbox/book',
		{ person => $person, wait => \1 });
}

sub bookings ($user)
{
	return scalar grep { $_->{type} eq 'invitee.created' &&
	    $_->{user_id} eq $user } $c->events;
}

sub uris ($person)
{
	my @uri = sort map { $_->{uri} } $books->hooks($person);
	return @uri;
}

sub restart_with (%settings)
{
	$c->calendlyd->stop if $c->calendlyd->running;
	$c->configure(%settings);
	return $c->start_calendlyd;
}

# All kinds of events but the last $less.
sub want ($less)
{
	return restart_with(CALENDLY_WEBHOOK_EVENTS =>
		join ',', @all[0 .. 3 - $less]);
}

# So many hours have gone by since a replacement, or a refusal.
sub later ($hours)
{
	$c->db->do("UPDATE subscriptions SET replaced_at = replaced_at -
	    interval '$hours hours'");
	$c->db->do("UPDATE endpoints SET refused_at = refused_at -
	    interval '$hours hours'");
	return;
}

sub endpoint_state ($uri)
{
	return $books->one('SELECT e.state FROM endpoints e JOIN subscriptions
	    s ON s.endpoint_id = e.id WHERE s.uri = ?', $uri);
}

subtest 'other events after an outage: what is retried still comes' => sub {
	my ($user, $person, $uri) = connected();
	$c->calendlyd->stop;
	book($person) for 1 .. 3;
	is scalar(grep { defined $_->{retry_started_at} }
	    $books->hooks($person)), 1, 'Calendly retries';
	want(1);
	is reconcile($user)->code, 200, 'repaired';
	my $new = connection($user)->{webhook}{uri};
	isnt $new, $uri, 'another one counts';
	is_deeply [uris($person)], [sort $uri, $new], 'both are at Calendly';
	$c->sandbox(POST => '/sandbox/clock', { advance => 3600 });
	$c->wait_for(sub { bookings($user) == 3 }, 'the three bookings');
	reconcile($user) for 1 .. 2;
	is_deeply [uris($person)], [sort $uri, $new],
	    'though all is delivered, it stays its time';
	book($person);
	$c->wait_for(sub { bookings($user) == 4 }, 'a new booking');
	later(24);
	reconcile($user);
	is scalar(uris($person)), 2, 'a day later still';
	is endpoint_state($uri), 'draining', 'its endpoint takes deliveries';
	later(2);
	$c->db->do("UPDATE connections SET next_check_at = now()
	    WHERE next_check_at < now() + interval '25 hours'");
	reconcile($user);
	is_deeply [uris($person)], [$new], 'then it is deleted';
	is bookings($user), 4, 'each came once';
	want(0);
};

subtest 'its deletion comes by itself' => sub {
	my ($user, $person, $uri) = connected();
	$c->calendlyd->stop;
	book($person);
	want(1);
	reconcile($user);
	is scalar(uris($person)), 2, 'one drains';
	my $left = $books->one(q{SELECT extract(epoch FROM next_check_at - now())
	    FROM connections WHERE user_id = ?}, $user);
	cmp_ok $left, '<=', 25 * 3600 + 1, 'it is looked at again in time';
	later(26);
	$c->db->do('UPDATE connections SET next_check_at = now()');
	$c->calendlyd->restart;
	$c->wait_for(sub { uris($person) == 1 }, 'the deletion');
	want(0);
};

subtest 'refused lately, by any of us: it stays, too' => sub {
	for my $what ('its endpoint', 'the deployment') {
		my ($user, $person, $uri) = connected();
		$c->db->do($what eq 'its endpoint' ?
		    'UPDATE endpoints SET refused_at = now()' :
		    'UPDATE deployment SET ingest_refused_at = now()');
		want(1);
		reconcile($user);
		is scalar(uris($person)), 2, "$what refused something";
		later(26);
		reconcile($user);
		is scalar(uris($person)), 1, "$what: a day is enough";
		$c->db->do('UPDATE deployment SET ingest_refused_at = NULL');
		want(0);
	}
};

subtest 'refused before it was made, or longer ago: deleted at once' => sub {
	for my $sql ('UPDATE deployment SET ingest_refused_at = now()
	    - interval $$1 minute$$', 'UPDATE endpoints SET refused_at =
	    now() - interval $$26 hours$$') {
		my ($user, $person, $uri) = connected();
		$c->db->do($sql);
		want(1);
		reconcile($user);
		is scalar(uris($person)), 1, 'only the new one is there';
		$c->db->do('UPDATE deployment SET ingest_refused_at = NULL');
		want(0);
	}
};

subtest 'nothing is retried: deleted at once, as ever' => sub {
	my ($user, $person, $uri) = connected();
	want(1);
	reconcile($user);
	isnt join(' ', uris($person)), $uri, 'the new one';
	is scalar(uris($person)), 1, 'alone';
	want(0);
};

subtest 'a wrong signing key: Calendly keeps what it retries' => sub {
	my ($user, $person, $uri) = connected();
	restart_with(CALENDLY_WEBHOOK_SIGNING_KEY => 'not-the-right-key');
	book($person) for 1 .. 3;
	reconcile($user) for 1 .. 2;
	is_deeply [uris($person)], [$uri], 'it is not made anew';
	restart_with(CALENDLY_WEBHOOK_SIGNING_KEY =>
		$Cal::Test::Stack::OAUTH{key});
	$c->sandbox(POST => '/sandbox/clock', { advance => 3600 });
	$c->wait_for(sub { bookings($user) == 3 }, 'all three bookings');
};

subtest 'letting go deletes all at once' => sub {
	for my $erase ('', '?erase=true') {
		my ($user, $person, $uri) = connected();
		$c->calendlyd->stop;
		book($person);
		want(1);
		reconcile($user);
		is scalar(uris($person)), 2, 'one drains';
		$c->api(DELETE => "/v1/connections/$user$erase");
		$books->settle;
		is scalar(uris($person)), 0, "none is left$erase";
		want(0);
	}
};

subtest 'never more than three; a fourth waits for its turn' => sub {
	my ($user, $person, $uri) = connected();
	for my $less (1, 2) {
		$c->calendlyd->stop;
		book($person);
		want($less);
		reconcile($user);
	}
	is scalar(uris($person)), 3, 'two drain, one counts';
	$c->calendlyd->stop;
	book($person);
	want(3);
	reconcile($user) for 1 .. 3;
	is scalar(uris($person)), 3, 'no fourth';
	is connection($user)->{webhook}{trouble}, 'too_many', 'and why';
	like $c->log_text, qr/not made now: too_many/, 'the operator hears it';
	$c->sandbox(POST => '/sandbox/clock', { advance => 3600 });
	$c->wait_for(sub { !grep { defined $_->{retry_started_at} }
	    $books->hooks($person) }, 'the retries to end');
	reconcile($user);
	is scalar(uris($person)), 2, 'the oldest went, a new one came, and the ' .
	    'third, which nothing kept, was deleted';
	ok !grep({ $_ eq $uri } uris($person)), 'the oldest indeed';
	is connection($user)->{webhook}{trouble}, undef, 'nothing is amiss';
	is_deeply connection($user)->{webhook}{events}, [$all[0]], 'as wished';
	later(26);
	reconcile($user);
	is scalar(uris($person)), 1, 'in the end there is one';
	want(0);
};

subtest 'too many, and Calendly deletes none: it waits, and says so' => sub {
	my ($user, $person, $uri) = connected();
	for my $less (1, 2) {
		$c->calendlyd->stop;
		book($person);
		want($less);
		reconcile($user);
	}
	$c->sandbox(POST => '/sandbox/clock', { advance => 3600 });
	$c->wait_for(sub { !grep { defined $_->{retry_started_at} }
	    $books->hooks($person) }, 'the retries to end');
	for my $status (403, 503) {
		$books->fault('status', DELETE => '/webhook_subscriptions/*',
			value => $status);
		want(3);
		reconcile($user);
		is scalar(uris($person)), 3, "$status: none is made";
		is connection($user)->{webhook}{trouble}, 'too_many',
		    "$status: and the API says why";
		$books->mend;
	}
	my (undef, @younger) = map { $_->{uri} } $books->hooks($person);
	$books->fault('status',
		DELETE => $uri =~ s{.*(?=/webhook_subscriptions/)}{}r,
		value => 403);
	reconcile($user);
	is connection($user)->{webhook}{trouble}, undef, 'another one can go';
	ok scalar(grep { $_ eq $uri } uris($person)), 'but the oldest';
	$books->mend;
	later(26);
	reconcile($user);
	is scalar(uris($person)), 1, 'in the end there is one';
	want(0);
};

subtest 'the last one alive stays until another one is there' => sub {
	my ($user, $person, $uri) = connected();
	$c->calendlyd->stop;
	book($person);
	want(1);
	reconcile($user);
	for (1, 2) {
		later(26) if $_ == 2;
		$books->unsubscribe($person, connection($user)->{webhook}{uri});
		reconcile($user);
	}
	is connection($user)->{webhook}{trouble}, 'gone', 'one has to wait';
	is_deeply [uris($person)], [$uri], 'what drained longer is still there';
	$c->db->do(q{UPDATE subscriptions SET created_at = created_at
	    - interval '2 minutes'});
	reconcile($user);
	is scalar(uris($person)), 1, 'then there is one';
	isnt join(' ', uris($person)), $uri, 'and it is another';
	want(0);
};

subtest 'disabled: nothing can be retried any more, so it goes' => sub {
	my ($user, $person, $uri) = connected();
	$c->calendlyd->stop;
	book($person);
	$c->sandbox(POST => '/sandbox/clock', { advance => 25 * 3600 });
	$c->wait_for(sub { ($books->hooks($person))[0]{state} eq 'disabled' },
	    'Calendly to disable it');
	$c->start_calendlyd;
	$c->db->do('UPDATE endpoints SET refused_at = now()');
	reconcile($user);
	is scalar(uris($person)), 1, 'one';
	isnt connection($user)->{webhook}{uri}, $uri, 'another one';
};

done_testing;
