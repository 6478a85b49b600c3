# The token endpoint answers in undocumented ways: each pair that can be read is
# used, and no user has to consent anew because of the form of an answer.
#
# With sanitizers in every run.

use Cal::Test;
use Cal::Test::Books;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited(12);
my $lender = $c->stack->ctl_must('key', 'add', 'test', '--allow-token');
my $next = 0;

sub lend ($user)
{
	return $c->api(POST => "/v1/connections/$user/token", undef,
		{ Authorization => "Bearer $lender" });
}

sub works ($token)
{
	return $c->agent->get($c->stack->sandbox_url . '/users/me',
		{ Authorization => "Bearer $token" })->res->code == 200;
}

# The access token has run out, and long ago was the last refresh.
sub run_out ($user)
{
	$c->db->do(q{UPDATE accounts SET mints = '{}'});
	return $c->db->do(q{UPDATE grants
		SET access_expires_at = now() - interval '1 second',
		    refreshed_at = now() - interval '1 hour',
		    refresh_not_before = NULL
		WHERE id = (SELECT grant_id FROM connections
			WHERE user_id = ?)}, undef, $user);
}

sub one ($sql, $user)
{
	return $books->one("SELECT $sql FROM grants g JOIN connections c
		ON c.grant_id = g.id WHERE c.user_id = ?", $user);
}

sub life { one('access_life_seconds', $_[0]) }
sub left { one('extract(epoch FROM access_expires_at - now())', $_[0]) }
sub status ($user) { return $c->api(GET => "/v1/connections/$user")
	->json('/status') }

sub connected ($person = undef)
{
	my $user = 'u' . ++$next;
	my $end = $c->connect($user, person => $person // "p$next",
		browser => $c->new_browser);
	like $end->url, qr{/connected\.html}, "$user connects";
	return $user;
}

subtest 'a life that cannot be read is the usual one, and one refresh does' =>
    sub {
	my $user = connected();
	for my $said (qw(absent null 0 -1 2592001 "soon"), '""', '{}') {
		$books->switch(token_expires_in => $said);
		run_out($user);
		my $minted = $books->minted;
		is lend($user)->code, 200, "$said: lent" for 1 .. 3;
		is $books->minted, $minted + 1, 'one refresh for three loans';
		is life($user), 7200, 'two hours';
	}
	for my $said (['"7200"', 7200], ['7200.0', 7200], ['7199.5', 7199],
	    ['"7200.0"', 7200]) {
		$books->switch(token_expires_in => $said->[0]);
		run_out($user);
		is lend($user)->code, 200, "$said->[0]: lent";
		is life($user), $said->[1], 'read, rounded down';
	}
	$books->switch(token_expires_in => '');
};

subtest 'a short life is believed, and is no reason to refresh' => sub {
	my $user = connected();
	$books->switch(token_expires_in => '30');
	run_out($user);
	my $minted = $books->minted;
	my @token = map { lend($user)->json('/access_token') } 1 .. 5;
	is life($user), 30, 'thirty seconds';
	is_deeply [map { $_ // 'none' } @token], [($token[0]) x 5],
	    'the same token for all who ask';
	is $books->minted, $minted + 1, 'by one refresh';
	$c->db->do(q{UPDATE grants SET access_expires_at = now()
		+ interval '6 seconds' WHERE access_life_seconds = 30});
	isnt lend($user)->json('/access_token'), $token[0],
	    'in the last quarter of its life another is made';
	$books->switch(token_expires_in => '');
};

subtest 'a life of one second: lent as it comes, a 401 is believed' => sub {
	my $user = connected();
	$books->switch(token_expires_in => '1');
	run_out($user);
	my $res = lend($user);
	is $res->code, 200, 'lent';
	ok works($res->json('/access_token')), 'it works';
	$books->switch(token_expires_in => '');
	$c->sandbox(POST => '/sandbox/clock', { advance => 7300 });
	is $c->api(POST => "/v1/connections/$user/reconcile")->code, 200,
	    'a token that Calendly calls expired is refreshed, whatever we '
	    . 'thought of it';
	is status($user), 'connected', 'and the user is connected';
};

subtest 'a refresh without a refresh token keeps the old one' => sub {
	my $user = connected();
	$books->switch(refresh_rotates => 0);
	for (1 .. 3) {
		run_out($user);
		ok works(lend($user)->json('/access_token')), 'it works';
	}
	$books->switch(refresh_rotates => 1);
	run_out($user);
	ok works(lend($user)->json('/access_token')),
	    'so it does when tokens rotate again';
	is status($user), 'connected', 'nobody has to consent';
	is $books->state('tokens')->{tokens}{used_twice}, 0,
	    'no token was sent after its use';
};

subtest 'scopes in any form: no consent at a reconnect' => sub {
	for my $form (qw(commas array default)) {
		$books->switch(token_scope_form => $form);
		my $user = connected();
		is_deeply [sort @{ $c->api(GET => "/v1/connections/$user")
			->json('/scopes/missing') }], [], "$form: none missing";
		my $asked = $books->consents;
		for (1 .. 2) {
			run_out($user);
			my $end = $c->connect($user,
				browser => $c->new_browser);
			like $end->url, qr{/connected\.html}, 'reconnected';
		}
		is $books->consents, $asked, 'without being asked';
	}
	$books->switch(token_scope_form => 'string');
};

subtest 'a byte order mark is no reason not to read on' => sub {
	$books->switch(token_bom => 1);
	my $user = connected();
	run_out($user);
	ok works(lend($user)->json('/access_token')), 'refreshed';
	$books->switch(token_bom => 0);
};

subtest 'a pair in what is no JSON is used' => sub {
	my $user = connected();
	for my $said ('7200,', '07200', 'soon') {
		$books->switch(token_expires_in => $said);
		run_out($user);
		ok works(lend($user)->json('/access_token')), "$said: used";
	}
	$books->switch(token_expires_in => '');
};

# The work is done, but what comes back is a page.
subtest 'an answer that names the user and no organization' => sub {
	$books->switch(token_owner => 'user');
	my $user = connected();
	$books->switch(token_owner => 'uri');
	is status($user), 'connected', 'users/me tells the rest';
};

subtest 'a 200 without a pair is kept, sealed, until the outcome is known' =>
    sub {
	my $user = connected('p12');
	$books->switch(refresh_lost_reply_grace => 'until_used');
	$books->fault(not_json => POST => '/oauth/token', times => 1);
	run_out($user);
	is lend($user)->code, 503, 'not now';
	is status($user), 'connected', 'nobody is to blame';
	my $kept = one('unread_reply_sealed', $user);
	ok length $kept, 'what came is kept';
	unlike $kept, qr/title/, 'but not so that it could be read';
	is one('refresh_started_at IS NOT NULL', $user), 1,
	    'the outcome is open';
	run_out($user);
	is lend($user)->code, 200, 'a later answer settles it';
	is one('unread_reply_sealed', $user), undef, 'and nothing is kept';
};

subtest 'no token is in a log or in clear at rest, however odd the answer' =>
    sub {
	my $secret = $c->sandbox(GET => '/sandbox/state?only=now&secrets=1')
	    ->{secrets};
	my @token = map { @{ $secret->{$_} } } qw(access_tokens
		refresh_tokens);
	cmp_ok scalar @token, '>', 20, 'tokens were minted';
	my $log = $c->log_text(qr/^(?!sandbox)/);
	is_deeply [grep { index($log, $_) >= 0 } @token], [], 'not in a log';
	is_deeply [map { s/:.*//sr } $books->mentions(@token)], [],
	    'nor in the database';
};

done_testing;
