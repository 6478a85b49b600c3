# New tokens are never lost: whatever fails after they came, they are in a row
# of ours, sealed, until they are revoked or their day is over.

use Cal::Test;
use Cal::Test::Books;
use JSON::PP ();

my $c = Cal::Test->start(settings => { CALENDLYD_APP_WORKERS => 5 });
my $books = Cal::Test::Books->new(test => $c)->unlimited(20);
my $next = 0;

sub connection ($user) { return $c->api(GET => "/v1/connections/$user")->json }
sub fresh () { ++$next; return ("u$next", "p$next") }

# A connect that comes to nothing, by a browser that was never here before.
sub fails ($user, $person, %arg)
{
	my $end = $c->connect($user, person => $person,
		browser => $c->new_browser, %arg);
	like $end->url, qr{/failed\.html}, 'the connect fails';
	return $end->{session};
}

# How many pairs of no connection are kept, and what keeps them.
sub kept ($trouble)
{
	return $books->one("SELECT count(*) FROM grants
		WHERE status = 'teardown' AND connection_id IS NULL
		AND access_sealed IS NOT NULL AND refresh_sealed IS NOT NULL
		AND trouble IS NOT DISTINCT FROM ?", $trouble);
}

sub tried ()
{
	return $c->wait_for(sub { $books->hurry; !$books->one("SELECT count(*)
		FROM grants WHERE status = 'teardown' AND trouble IS NULL") },
		'the teardowns to be tried');
}

sub a_day_later ()
{
	$c->db->do("UPDATE grants SET teardown_deadline = now()
		- interval '1 second' WHERE status = 'teardown'");
	return $books->settle;
}

sub counted ($outcome)
{
	my ($n) = $c->agent->get($c->url('/metrics'))->res->body =~
	    /^calendlyd_token_revocations_total\{outcome="$outcome"\} (\d+)/m;
	return $n // 0;
}

subtest 'four tries that do not tell whose the tokens are' => sub {
	my ($user, $person) = fresh();
	$books->switch(token_owner => 'odd', user_uri_odd => \1);
	fails($user, $person) for 1 .. 4;
	is $books->live($person), 4, 'four grants live at Calendly';
	tried();
	is kept('account_unknown'), 4, 'each is in a row of ours, sealed';
	is $books->calls('POST /oauth/revoke'), 0, 'none is revoked: whose?';
	cmp_ok counted('kept'), '>=', 4, 'the operator is told';
	like $c->log_text(qr/calendlyd/), qr/level=warn.*account_unknown/,
	    'by the log, too';
	my $errors = JSON::PP::decode_json($c->stack->ctl_must(qw(--json
		errors)));
	is scalar @{ $errors->{tokens} }, 4, 'and by calendlyctl errors';
	is $books->one("SELECT count(*) FROM api_calls WHERE note LIKE
		'%does not say whose%' AND purpose = 'code_exchange'"), 4,
	    'the log of calls says it of each exchange';
	$books->switch(token_owner => 'uri', user_uri_odd => \0);
	$books->settle;
	is $books->live($person), 0, 'once it can be told all are revoked';
	is $books->tokens, 0, 'and no secret is left';
};

subtest 'if it is never told, the secrets go after a day' => sub {
	my ($user, $person) = fresh();
	$books->switch(token_owner => 'null', user_uri_odd => \1);
	fails($user, $person);
	tried();
	my $before = counted('given_up');
	a_day_later();
	is $books->tokens, 0, 'no secret is left';
	is $books->live($person), 1, 'for what it costs: the token lives';
	is counted('given_up'), $before + 1, 'the operator is told';
	$books->switch(token_owner => 'uri', user_uri_odd => \0);
};

for my $owner (qw(odd null)) {
	subtest "$owner: users/me tells whose they are" => sub {
		my ($user, $person) = fresh();
		$books->switch(token_owner => $owner);
		my $end = $c->connect($user, person => $person);
		like $end->url, qr{calendly_result=connected|/connected\.html},
		    'connected';
		$books->switch(token_owner => 'uri');
		is $books->one("SELECT count(*) FROM grants g JOIN accounts a
			ON a.id = g.account_id WHERE g.status = 'live'
			AND g.connection_id = (SELECT id FROM connections
			WHERE user_id = ?) AND g.user_uri LIKE
			'%/' || a.user_uuid", $user), 1,
		    'and the grant is of that account';
		is $c->api(DELETE => "/v1/connections/$user")->code, 200,
		    'disconnected';
		is $books->live($person), 0, 'and revoked';
	};

	subtest "$owner: users/me away at that moment" => sub {
		my ($user, $person) = fresh();
		$books->switch(token_owner => $owner);
		$books->fault('status', GET => '/users/me', value => 503);
		fails($user, $person);
		tried();
		is kept('account_unknown'), $books->live($person),
		    'what lives is kept';
		$books->mend;
		$books->switch(token_owner => 'uri');
		$books->settle;
		is $books->live($person) + $books->tokens, 0, 'then revoked';
	};
}

subtest 'a known account: revoked, though users/me makes no sense' => sub {
	my ($user, $person) = fresh();
	$books->switch(user_uri_odd => \1);
	fails($user, $person);
	$books->settle;
	is $books->live($person) + $books->tokens, 0, 'nothing is left';
	$books->switch(user_uri_odd => \0);
};

subtest 'an account in use by another tenant is never revoked' => sub {
	my ($user, $person) = fresh();
	my $first = $c->key;
	$books->switch(revoke_kills_all_tokens_of_user => \1);
	$c->connect($user, person => $person);
	$c->stack->ctl_must(qw(tenant add other));
	$c->key($c->stack->ctl_must(qw(key add other)));
	my $asked = $books->calls('POST /oauth/revoke');
	$books->fault('status', GET => '/users/me', value => 500);
	fails('other', $person);
	$books->mend;
	tried();
	is kept('account_in_use'), 1, 'the pair in vain is kept, sealed';
	is $books->calls('POST /oauth/revoke'), $asked, 'nothing is revoked';
	$c->key($first);
	is $c->api(GET => "/v1/connections/$user/webhooks")->code, 200,
	    'the other connection works on';
	is $c->api(DELETE => "/v1/connections/$user")->code, 200,
	    'until it is disconnected';
	$books->settle;
	is $books->live($person) + $books->tokens, 0,
	    'then both are revoked and erased';
	$books->switch(revoke_kills_all_tokens_of_user => \0);
};

subtest 'two tenants on one account: only the last is revoked' => sub {
	my ($user, $person) = fresh();
	my ($first, $second) = ($c->key, $c->stack->ctl_must(qw(key add
		other)));
	$c->connect($user, person => $person);
	$c->key($second);
	$c->connect($user, person => $person, browser => $c->new_browser);
	my $asked = $books->calls('POST /oauth/revoke');
	my $gone = $c->api(DELETE => "/v1/connections/$user");
	is $gone->code, 200, 'the one disconnects';
	is_deeply $gone->json('/left_behind'), [], 'nothing is left behind';
	is $books->calls('POST /oauth/revoke'), $asked, 'nothing is revoked';
	$c->key($first);
	is $c->api(GET => "/v1/connections/$user/webhooks")->code, 200,
	    'the other one works';
	is $c->api(DELETE => "/v1/connections/$user")->code, 200,
	    'it disconnects, too';
	cmp_ok $books->calls('POST /oauth/revoke'), '>', $asked,
	    'now it is revoked';
};

subtest 'a pair that a new consent replaces: the log says so' => sub {
	my ($user, $person) = fresh();
	$c->connect($user, person => $person);
	my $asked = $books->calls('POST /oauth/revoke');
	$c->connect($user, person => $person, force => \1);
	is $books->calls('POST /oauth/revoke'), $asked, 'it is not revoked';
	my @exchange = grep { $_->{purpose} eq 'code_exchange' }
	    @{ $c->api(GET => "/v1/connections/$user/log")->json('/data') };
	is scalar @exchange, 2, 'both exchanges are in the log';
	like $exchange[0]{note}, qr/replace.*erased here and not revoked/,
	    'the newer one says that the older pair was erased';
	is $exchange[1]{note}, undef, 'the first had nothing to say';
};

subtest 'an answer that nobody can read is kept, too' => sub {
	my ($user, $person) = fresh();
	my $kept = sub { $books->one("SELECT count(*) FROM grants WHERE
		unread_reply_sealed IS NOT NULL AND status = 'teardown'
		AND trouble = 'account_unknown'") };
	$books->switch(token_names => 'camel');
	my $session = fails($user, $person);
	$books->switch(token_names => 'snake');
	tried();
	is $kept->(), 1, 'sealed, in a row of ours';
	unlike $c->log_text(qr/^calendlyd\.log/), qr/sbx[ar]_/,
	    'its tokens are in no log';
	is scalar($books->mentions('sbxa_', 'sbxr_')), 0,
	    'nor in clear in the database';
	is $books->live($person), 1, 'for its tokens live at Calendly';
	like $c->run_ctl('errors')->{out}, qr/account_unknown/,
	    'calendlyctl errors names it';
	my $calls = $books->calls('POST /oauth/token');
	$books->fault('not_json', POST => '/oauth/token', times => 1);
	fails($user, $person);
	is $kept->(), 1, 'but nobody keeps a page that is no answer at all';
	a_day_later();
	is $books->one('SELECT count(unread_reply_sealed) FROM grants'), 0,
	    'after a day the secret goes';
};

done_testing;
