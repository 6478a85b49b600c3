# Erasing a user deletes everything that is stored about them, in every table;
# only hashes of endpoints stay, so that Calendly gets a 410.
#
# With sanitizers in every run.

use Cal::Test;
use Cal::Test::Books;
use Mojo::JSON qw(decode_json);

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited(10);

sub erase ($user)
{
	return $c->api(DELETE => "/v1/connections/$user?erase=true");
}

# Connected, with a booking in the feed; what the user could be known by.
sub lived ($user, $person)
{
	$c->connect($user, person => $person);
	$c->sandbox(POST => '/sandbox/book', { person => $person, wait => \1,
		invitee => { name => "Guest of $user",
			email => "guest-$user\@example.net" } });
	$c->wait_for(sub {
		grep { $_->{type} eq 'invitee.created' &&
		    $_->{user_id} eq $user } $c->events
	}, 'the booking in the feed');
	my $u = $c->api(GET => "/v1/connections/$user")->json;
	my ($ids) = $c->db->selectall_arrayref(q{SELECT c.id, g.id
		FROM connections c JOIN grants g ON g.connection_id = c.id
		WHERE c.user_id = ?}, undef, $user);
	return (qq("$user"), "Guest of $user", "guest-$user",
		$u->{calendly}{email}, $u->{calendly}{user_uri} =~ m{([^/]+)$},
		$u->{webhook}{uri}, map {@$_} @$ids);
}

# Hashes of endpoints, and nothing else.
sub is_forgotten ($endpoint, @known)
{
	is_deeply [$books->mentions(@known)], [], 'no table knows the user';
	is $c->deliver($endpoint, '{}')->code, 410, 'deliveries are refused';
	return is $books->one(q{SELECT count(*) FROM endpoints
		WHERE connection_id IS NULL AND grant_id IS NULL
		AND state = 'retired'}), 1, 'by the hash of the endpoint';
}

sub clean { $c->db->do('DELETE FROM endpoints WHERE connection_id IS NULL') }

subtest 'a connected user is disconnected, then forgotten' => sub {
	my @known = lived('ada', 'p1');
	my $endpoint = $c->endpoint('ada');
	cmp_ok scalar $books->mentions(@known), '>', 5, 'much is known';
	my $res = erase('ada');
	is $res->code, 200, 'answered 200';
	is $res->json('/status'), 'disconnected', 'shown for the last time';
	is $books->hooks('p1') + $books->live('p1'), 0, 'gone at Calendly';
	$books->settle;
	is $c->api(GET => '/v1/connections/ada')->code, 404, 'then 404';
	is erase('ada')->code, 404, 'also for erasing it again';
	is scalar(grep { $_->{user_id} eq 'ada' } $c->events), 0,
	    'the feed has nothing of them';
	is_forgotten($endpoint, @known);
	clean();
};

subtest 'a user who was disconnected before' => sub {
	my @known = lived('bob', 'p2');
	my $endpoint = $c->endpoint('bob');
	is $c->api(DELETE => '/v1/connections/bob?erase=false')->code, 200,
	    'disconnected';
	is $c->api(GET => '/v1/connections/bob')->code, 200, 'still known';
	is erase('bob')->code, 200, 'erased later';
	$books->settle;
	is $c->api(GET => '/v1/connections/bob')->code, 404, 'then 404';
	is_forgotten($endpoint, @known);
	clean();
};

subtest 'with Calendly away it waits for the teardown' => sub {
	my @known = lived('cyd', 'p3');
	my $endpoint = $c->endpoint('cyd');
	$books->fault('status', GET => '/webhook_subscriptions', value => 503);
	is erase('cyd')->code, 202, 'answered 202';
	is $c->api(GET => '/v1/connections/cyd')->json('/status'),
	    'disconnecting', 'still there';
	$books->mend;
	$books->settle;
	is $c->api(GET => '/v1/connections/cyd')->code, 404, 'then 404';
	is $books->hooks('p3') + $books->live('p3'), 0, 'gone at Calendly';
	is_forgotten($endpoint, @known);
	clean();
};

# What operators are told of what erased users left at Calendly.
sub left
{
	return [sort map { $_->{left} } @{ decode_json($c->stack->ctl_must(
		qw(errors --json)))->{left_behind} }];
}

# It is too late for anything that would name the user, and for nothing else.
sub is_told_without_a_name ($user, $told, @known)
{
	my $due = $books->one(q{SELECT extract(epoch FROM next_run_at - now())
		FROM jobs WHERE kind = 'erase'});
	cmp_ok $due, '>', 300, 'for minutes, so that the host app learns it';
	$c->stack->ctl_must(qw(connection disconnect), 'test', $user, '--erase');
	is $books->one(q{SELECT count(*) FROM jobs WHERE kind = 'erase'
		AND next_run_at > now() + interval '5 minutes'}), 1,
	    'an operator who asks for it again takes none of that';
	is_deeply left(), [], 'nobody else is told yet';
	$books->settle;
	is $c->api(GET => "/v1/connections/$user")->code, 404, 'then 404';
	is_deeply [$books->mentions(@known)], [], 'no table knows the user';
	is_deeply left(), $told, 'calendlyctl errors names what is left';
	like $c->log_text(qr/^calendlyd\.log/),
	    qr/level=warn .*erase: .*left at Calendly: \Q$told->[0]/,
	    'and so does the log';
	return $c->db->do(q{DELETE FROM audit
		WHERE action = 'connection.left_behind'});
}

subtest 'a subscription that nobody can find is named for longer' => sub {
	my @known = lived('gus', 'p7');
	# As if the answer that told its URI had never come.
	$c->db->do("UPDATE subscriptions SET state = 'creating', uri = NULL,
		missing_since = now() - interval '7 hours'
		WHERE uri IS NOT NULL");
	$c->sandbox(POST => '/sandbox/move', { person => 'p7',
		organization => 'elsewhere' });
	$books->fault('status', POST => '/oauth/revoke', value => 503);
	is erase('gus')->code, 202, 'answered 202';
	$books->mend;
	my $masked = $c->url('/webhooks/calendly/***');
	$c->wait_for(sub {
		$c->db->do(q{UPDATE jobs SET next_run_at = now()
			WHERE kind = 'teardown'});
		$c->api(GET => '/v1/connections/gus')->json('/status') eq
		    'disconnected' }, 'the end of the teardown');
	is_deeply $c->api(GET => '/v1/connections/gus')->json('/left_behind'),
	    [$masked], 'the API names it by its callback URL';
	is_told_without_a_name('gus', [$masked], @known);
	clean();
};

subtest 'an authorization that stays is told, but not whose it is' => sub {
	my @known = lived('hal', 'p8');
	$books->switch(revoke_refused => 403);
	is erase('hal')->code, 202, 'answered 202';
	$c->db->do(q{UPDATE grants SET teardown_deadline = now()
		WHERE status = 'teardown'});
	$c->wait_for(sub {
		$c->db->do(q{UPDATE jobs SET next_run_at = now()
			WHERE kind = 'teardown'});
		$c->api(GET => '/v1/connections/hal')->json('/status') eq
		    'disconnected' }, 'the end of its day');
	is scalar @{ $c->api(GET => '/v1/connections/hal')
		->json('/left_behind') }, 1, 'the API names the account';
	is_told_without_a_name('hal', ['an authorization'], @known);
	$books->switch(revoke_refused => 'none');
	clean();
};

subtest 'who comes back before it is done is not erased' => sub {
	lived('dan', 'p4');
	$books->fault('status', GET => '/webhook_subscriptions', value => 503);
	is erase('dan')->code, 202, 'erasing waits for Calendly';
	$books->mend;
	$c->connect('dan', person => 'p4');
	$books->settle;
	is $c->api(GET => '/v1/connections/dan')->json('/status'), 'connected',
	    'the user is connected';
};

subtest 'others are not touched' => sub {
	my @kept = lived('eve', 'p5');
	$books->settle;
	my $before = join "\n", $books->mentions(@kept);
	lived('fay', 'p6');
	is erase('fay')->code, 200, 'somebody else is erased';
	is erase('nobody')->code, 404, 'and somebody who never was';
	$books->settle;
	is join("\n", $books->mentions(@kept)), $before, 'all is still there';
	is $c->api(DELETE => '/v1/connections/eve?erase=yes')->code, 400,
	    'a wrong value erases nobody';
	is $c->api(GET => '/v1/connections/eve')->json('/status'), 'connected',
	    'nor disconnects';
};

done_testing;
