# A refused revocation does not count as one: the secrets stay under teardown
# and it is tried again, until Calendly accepts it, says that the tokens are
# dead, or a day has passed; then left_behind names the account.

use Cal::Test;
use Cal::Test::Books;
use JSON::PP ();

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited(20);
my $next = 0;

sub connection ($user) { return $c->api(GET => "/v1/connections/$user")->json }
sub disconnect ($user) { return $c->api(DELETE => "/v1/connections/$user") }

# A user and a person of their own, connected; and the account's URI.
sub connected ()
{
	my ($user, $person) = ('u' . ++$next, "p$next");
	$c->connect($user, person => $person);
	return ($user, $person, connection($user)->{calendly}{user_uri});
}

sub grant_of ($user, $what)
{
	return $books->one("SELECT $what FROM grants WHERE connection_id =
		(SELECT id FROM connections WHERE user_id = ?)
		ORDER BY created_at LIMIT 1", $user);
}

# Whether a whole try of the background work has come to nothing.
sub tries ($user)
{
	return $books->one("SELECT tries FROM jobs WHERE kind = 'teardown'
		AND last_error IS NOT NULL AND owner IS NULL AND subject = ?",
		grant_of($user, 'id')) // 0;
}

sub tried_again ($user)
{
	my $before = tries($user);
	return $c->wait_for(sub { $books->hurry; tries($user) > $before },
		'another try');
}

sub a_day_later ()
{
	$c->db->do("UPDATE grants SET teardown_deadline = now()
		- interval '1 second' WHERE status = 'teardown'");
	return $books->settle;
}

sub told ($user)
{
	return map { $_->{data}{reason} } grep { $_->{user_id} eq $user &&
	    $_->{type} eq 'connection.disconnected' } $c->events;
}

# What is so as long as Calendly refuses.
sub is_kept ($user, $person)
{
	my $u = connection($user);
	is $u->{status}, 'disconnecting', 'it is disconnecting';
	is_deeply $u->{left_behind}, [], 'nothing is said to be left yet';
	is $books->hooks($person), 0, 'the subscription is gone already';
	is $books->live($person), 1, 'the token lives at Calendly';
	is grant_of($user, "concat_ws(' ', status, trouble)"),
	    'teardown revocation_refused', 'the grant says what its trouble is';
	return ok grant_of($user, 'refresh_sealed IS NOT NULL'),
	    'its secrets are kept, sealed';
}

sub is_gone ($user, $person)
{
	my $u = connection($user);
	is $u->{status}, 'disconnected', 'it is disconnected';
	is $u->{reason}, 'user_request', 'as it was asked for';
	is_deeply $u->{left_behind}, [], 'with nothing left behind';
	is $books->live($person), 0, 'no token lives';
	return is grant_of($user, 'refresh_sealed'), undef,
	    'no secret is left';
}

for my $status (400, 401, 403) {
	subtest "refused with $status: kept and tried until it is done" => sub {
		my ($user, $person) = connected();
		$books->switch(revoke_refused => $status);
		is disconnect($user)->code, 202, 'answered 202';
		is_kept($user, $person);
		is disconnect($user)->code, 202, 'asked again: the same';
		tried_again($user);
		is_kept($user, $person);
		$books->switch(revoke_refused => 'none');
		$books->settle;
		is_gone($user, $person);
		is_deeply [told($user)], ['user_request'], 'the feed says so';
	};
}

subtest 'refused for a day: the account is named, the secrets go' => sub {
	my ($user, $person, $uri) = connected();
	$books->switch(revoke_refused => 403);
	is disconnect($user)->code, 202, 'answered 202';
	a_day_later();
	my $u = connection($user);
	is $u->{status}, 'disconnected', 'it is disconnected';
	is $u->{reason}, 'revocation_refused', 'the reason is told';
	is_deeply $u->{left_behind}, [$uri], 'the account is named';
	is $books->live($person), 1, 'for its token lives on';
	is grant_of($user, 'coalesce(access_sealed, refresh_sealed)'), undef,
	    'no secret is left here';
	is_deeply [told($user)], ['revocation_refused'], 'the feed says so';
	is disconnect($user)->code, 200, 'asked again: done';
	$books->switch(revoke_refused => 'none');
	$c->connect($user, person => $person, browser => $c->new_browser);
	is_deeply connection($user)->{left_behind}, [],
	    'a new connection begins with nothing left';
};

subtest 'Calendly away for a day: the account is named, too' => sub {
	my ($user, $person, $uri) = connected();
	$books->fault('status', POST => '/oauth/revoke', value => 503);
	is disconnect($user)->code, 202, 'answered 202';
	a_day_later();
	my $u = connection($user);
	is $u->{reason}, 'unfinished', 'the reason is told';
	is_deeply $u->{left_behind}, [$uri], 'the account is named';
	$books->mend;
};

subtest 'a subscription that stays does not keep the tokens alive' => sub {
	my ($user, $person) = connected();
	my $hook = connection($user)->{webhook}{uri};
	$books->fault('status', DELETE => '/webhook_*', value => 403);
	is disconnect($user)->code, 202, 'answered 202';
	is $books->live($person), 1, 'first the subscription is to go';
	a_day_later();
	my $u = connection($user);
	is_deeply $u->{left_behind}, [$hook], 'it is named';
	is $u->{reason}, 'unfinished', 'with the reason';
	is $books->live($person), 0, 'the tokens are revoked';
	$books->mend;
};

subtest 'refused by the API, though it can be refreshed: revoked' => sub {
	my ($user, $person) = connected();
	$books->fault(status => GET => '/webhook_subscriptions',
		value => 401);
	is disconnect($user)->code, 200, 'disconnected';
	$books->mend;
	$books->settle;
	is $books->live($person), 0, 'no token of it lives';
	like connection($user)->{left_behind}[0], qr{/webhook_subscriptions/},
	    'the subscription is named';
};

subtest 'a refresh whose outcome nobody knows: the account is named' => sub {
	my ($user, $person, $uri) = connected();
	$c->db->do(q{UPDATE grants SET access_expires_at = now(),
		refreshed_at = now() - interval '1 hour'
		WHERE status = 'live'});
	$books->fault('drop', POST => '/oauth/token', times => 1);
	$c->api(POST => "/v1/connections/$user/reconcile");
	is $books->live($person), 1, 'a pair lives that we never saw';
	disconnect($user);
	$c->wait_for(sub {
		$c->db->do('UPDATE grants SET refresh_not_before = NULL');
		$books->hurry;
		connection($user)->{status} eq 'disconnected'
	}, 'the end');
	my $u = connection($user);
	ok scalar(grep { $_ eq $uri } @{ $u->{left_behind} }),
	    'left_behind names the account' or diag explain $u;
};

subtest 'what is dead needs no revocation' => sub {
	for my $status (400, 403) {
		my ($user, $person) = connected();
		# Between the removal and the revocation, as it were.
		$books->switch(revoke_unknown_status => $status);
		$books->fault('drop', POST => '/oauth/revoke', times => 1);
		disconnect($user);
		$books->settle;
		is_gone($user, $person);
		is grant_of($user, 'trouble'), undef, 'and there is no trouble';
	}
	$books->switch(revoke_unknown_status => 200);
};

subtest 'refused, but Calendly says that it is not active' => sub {
	my ($user, $person) = connected();
	$books->switch(revoke_refused => 401);
	my $asked = $books->calls('POST /oauth/introspect');
	disconnect($user);
	is_kept($user, $person);
	cmp_ok $books->calls('POST /oauth/introspect'), '>', $asked,
	    'Calendly was asked';
	$c->sandbox(POST => '/sandbox/revoke-app', { person => $person });
	$books->settle;
	is_gone($user, $person);
	$books->switch(revoke_refused => 'none');
};

for my $how (qw(refused odd)) {
	subtest "an introspection that is $how proves nothing" => sub {
		my ($user, $person) = connected();
		$books->switch(revoke_refused => 400, introspect => $how);
		is disconnect($user)->code, 202, 'answered 202';
		is_kept($user, $person);
		$books->switch(revoke_refused => 'none',
			introspect => 'works');
		$books->settle;
		is_gone($user, $person);
	};
}

subtest 'whoever looks is told' => sub {
	my ($user, $person, $uri) = connected();
	$books->switch(revoke_refused => 403);
	disconnect($user);
	my $errors = JSON::PP::decode_json($c->stack->ctl_must(qw(--json
		errors)));
	my ($token) = @{ $errors->{tokens} };
	is "$token->{user_id} $token->{trouble}", "$user revocation_refused",
	    'calendlyctl errors names the user and the trouble';
	is $token->{calendly_user_uri}, $uri, 'and the account';
	like $token->{todo}, qr/CALENDLY_OAUTH_CLIENT_SECRET|_SECRET/,
	    'and what to do';
	my ($call) = grep { $_->{purpose} eq 'token_revoke' }
	    @{ $errors->{calls} };
	unlike $call->{todo}, qr/capability/, 'a refused call has its advice';
	my @log = @{ $c->api(GET => "/v1/connections/$user/log")
	    ->json('/data') };
	my ($revoke) = grep { $_->{purpose} eq 'token_revoke' } @log;
	is $revoke->{status}, 403, 'the log has the refusal';
	ok scalar(grep { $_->{purpose} eq 'token_introspect' } @log),
	    'and the question whether it lives';
	like $c->log_text(qr/calendlyd/), qr/level=warn.*refuses to revoke/,
	    'the log warns';
	like $c->agent->get($c->url('/metrics'))->res->body,
	    qr/^calendlyd_token_revocations_total\{outcome="refused"\}[ ]
	    [1-9]/mx, 'it is counted';
	$books->switch(revoke_refused => 'none');
	$books->settle;
	is_deeply JSON::PP::decode_json($c->stack->ctl_must(qw(--json
		errors)))->{tokens}, [], 'and it is over when it is over';
};

subtest 'an erased user waits for the revocation' => sub {
	my ($user, $person) = connected();
	$books->switch(revoke_refused => 400);
	is $c->api(DELETE => "/v1/connections/$user?erase=true")->code, 202,
	    'answered 202';
	is $books->live($person), 1, 'the token lives';
	$books->switch(revoke_refused => 'none');
	$books->settle;
	is $c->api(GET => "/v1/connections/$user")->code, 404, 'forgotten';
	is $books->live($person), 0, 'and revoked';
};

subtest 'a pair that comes after the end is not dropped silently' => sub {
	my ($user, $person, $uri) = connected();
	$c->db->do(q{UPDATE grants SET access_expires_at = now()
		WHERE status = 'live'});
	$books->fault('latency', POST => '/oauth/token', value => 3000,
		times => 1);
	my $pid = fork // die "fork: $!";
	$pid or exec('curl', '-sS', '--cacert', $c->stack->ca, '-o',
		'/dev/null', '-X', 'POST', '-H',
		'Authorization: Bearer ' . $c->key,
		$c->url("/v1/connections/$user/reconcile"));
	$c->wait_for(sub { grant_of($user, 'refresh_until IS NOT NULL') },
		'the refresh under way');
	$books->switch(revoke_refused => 403);
	# Its day is over before the answer comes.
	$c->db->do(q{WITH g AS (UPDATE grants SET status = 'erased',
		access_sealed = NULL, refresh_sealed = NULL
		WHERE status = 'live' AND connection_id = (SELECT id FROM
		connections WHERE user_id = ?) RETURNING connection_id)
		UPDATE connections SET status = 'disconnected',
		reason = 'user_request', grant_id = NULL
		WHERE id IN (SELECT connection_id FROM g)}, undef, $user);
	waitpid $pid, 0;
	my $u = $c->wait_for(sub {
		my $now = connection($user);
		@{ $now->{left_behind} } && $now
	}, 'left_behind to name the account');
	is_deeply $u->{left_behind}, [$uri], 'the account is named';
	is $u->{reason}, 'revocation_refused', 'with the reason';
	$books->switch(revoke_refused => 'none');
};

done_testing;
