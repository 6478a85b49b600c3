# A refresh is refused without a word about the grant: at first nobody is
# marked, later the user is, but only if it lasts while others are served, and a
# connect link leads to consent at once.

use Cal::Test;
use Cal::Test::Books;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited(20);
my $lender = $c->stack->ctl_must('key', 'add', 'test', '--allow-token');

sub lend ($user)
{
	return $c->api(POST => "/v1/connections/$user/token", undef,
		{ Authorization => "Bearer $lender" });
}

# What is kept of a user's grant.
sub grant ($user)
{
	return $c->db->selectrow_hashref('SELECT g.* FROM grants g
		JOIN connections c ON c.grant_id = g.id WHERE c.user_id = ?',
		undef, $user);
}

# The access token has run out, and the pause after the last try is over.
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

sub tries ($user, $times)
{
	for (1 .. $times) {
		run_out($user);
		is lend($user)->code, 503, 'not now';
	}
}

sub an_hour_passes ($user)
{
	return $c->db->do(q{UPDATE grants
		SET refused_since = refused_since - interval '61 minutes'
		WHERE id = (SELECT grant_id FROM connections
			WHERE user_id = ?)}, undef, $user);
}

sub nobody_refreshed { return $c->db->do(q{UPDATE grants
	SET last_refresh_at = now() - interval '61 minutes'}) }

sub connection ($user) { return $c->api(GET => "/v1/connections/$user")->json }

sub told ($user)
{
	return map { $_->{data}{reason} } grep { $_->{user_id} eq $user &&
		$_->{type} eq 'connection.needs_reauth' } $c->events;
}

my $next = 0;

sub connected ($person)
{
	my $user = 'u' . ++$next;
	$c->connect($user, person => $person, browser => $c->new_browser);
	is connection($user)->{status}, 'connected', "$user is connected";
	return $user;
}

sub refuse ($how, $person = '') { return $books->switch(
	token_refusal => $how, token_refusal_person => $person) }

my $well = connected('p20');
my %status = (unauthorized => 401, empty => 401, access_denied => 403,
	html => 403);

for my $how (sort keys %status) {
	subtest "$how: the connect link leads to consent at once" => sub {
		my $person = 'p' . ($next + 1);
		my $user = connected($person);
		refuse($how, $person);
		run_out($user);
		my $asked = $books->consents;
		my $end = $c->connect($user, person => $person,
			browser => $c->new_browser);
		like $end->url, qr{/connected\.html}, 'connected by it';
		is $books->consents, $asked + 1, 'the consent page was shown';
		is grant($user)->{refusals}, 0, 'it has ended the refusals';
		is grant($user)->{refused_since}, undef, 'all of them';
		refuse('none');
		run_out($user);
		is lend($user)->code, 200, 'and the new pair refreshes';
	};
}

subtest 'before its next try is due the link asks all the same' => sub {
	my $user = connected('p5');
	refuse('empty', 'p5');
	tries($user, 1);
	my $calls = $books->calls('POST /oauth/token');
	$c->db->do(q{UPDATE grants SET refreshed_at = NULL});
	my $end = $c->connect($user, person => 'p5',
		browser => $c->new_browser);
	like $end->url, qr{/connected\.html}, 'connected';
	is $books->calls('POST /oauth/token'), $calls + 1,
	    'only the code was exchanged';
	refuse('none');
};

subtest 'tries are spaced ever wider, and leave no doubt open' => sub {
	my $user = connected('p6');
	refuse('access_denied', 'p6');
	my @pause;
	for my $n (1 .. 4) {
		tries($user, 1);
		my $g = grant($user);
		is $g->{refusals}, $n, "refused $n times";
		is $g->{refresh_started_at}, undef, 'nothing was carried out';
		push @pause, $books->one('SELECT extract(epoch FROM
			refresh_not_before - now()) FROM grants WHERE id = ?',
			$g->{id});
		my $calls = $books->calls('POST /oauth/token');
		is lend($user)->code, 503, 'asked again at once: not now';
		is $books->calls('POST /oauth/token'), $calls,
		    'and Calendly is not asked';
	}
	cmp_ok $pause[$_], '>', 1.5 * $pause[$_ - 1], 'wider' for 1 .. 3;
	is connection($user)->{status}, 'connected', 'within the hour nobody '
	    . 'is asked to consent';
	is_deeply [told($user)], [], 'nor is the host told';
	refuse('none');
	run_out($user);
	is lend($user)->code, 200, 'a success ends it';
	is grant($user)->{refusals}, 0, 'and nothing of it stays';
};

subtest 'several times over an hour while others refresh: refused, once' =>
    sub {
	my $user = connected('p7');
	refuse('unauthorized', 'p7');
	tries($user, 2);
	an_hour_passes($user);
	run_out($well);
	is lend($well)->code, 200, 'another account refreshes';
	run_out($user);
	is lend($user)->code, 409, 'then the third is the last';
	my $u = connection($user);
	is "$u->{status} $u->{reason}", 'needs_reauth refused', 'it says why';
	my $calls = $books->calls('POST /oauth/token');
	for (1 .. 3) {
		run_out($user);
		is lend($user)->code, 409, 'so for all who ask';
	}
	is $books->calls('POST /oauth/token'), $calls, 'nothing more is sent';
	$c->wait_for(sub { told($user) }, 'the event');
	is_deeply [told($user)], ['refused'], 'the host is told once';
	is connection($well)->{status}, 'connected', 'others are as they were';
	refuse('none');
	$c->connect($user, person => 'p7', browser => $c->new_browser);
	is connection($user)->{status}, 'connected', 'a consent mends it';
};

subtest 'every grant refused: the operator\'s, and no user is touched' => sub {
	my @user = map { connected($_) } 'p8', 'p9';
	refuse('html');
	nobody_refreshed();
	for my $user (@user) {
		tries($user, 3);
		an_hour_passes($user);
		tries($user, 2);
		is connection($user)->{status}, 'connected', 'stays connected';
		is_deeply [told($user)], [], 'nobody is told';
	}
	like $c->log_text(qr/^calendlyd\.log/),
	    qr/refused for over an hour, and no other account refreshed/,
	    'the log asks the operator to look';
	# Codes are exchanged all the while: that is no evidence.
	connected('p10');
	tries($user[0], 1);
	is connection($user[0])->{status}, 'connected', 'nor does a consent '
	    . 'of somebody else prove them wrong';
	refuse('none');
	run_out($_), is(lend($_)->code, 200, 'all is well by itself') for @user;
};

subtest 'a second grant of the same account is no evidence' => sub {
	my @user = (connected('p11'), connected('p11'));
	refuse('none');
	run_out($user[1]);
	is lend($user[1])->code, 200, 'the one refreshes';
	$c->db->do(q{UPDATE grants SET last_refresh_at = NULL
		WHERE id <> ?}, undef, grant($user[1])->{id});
	refuse('empty', 'p11');
	tries($user[0], 2);
	an_hour_passes($user[0]);
	tries($user[0], 1);
	is connection($user[0])->{status}, 'connected', 'of the other nothing '
	    . 'is concluded';
	refuse('none');
};

subtest 'client errors stay the operator\'s; others do not' => sub {
	my $user = connected('p12');
	for my $error (['invalid_client', 401, 'client_refused'],
	    ['unauthorized_client', 400, 'client_refused'],
	    ['invalid_request', 400, 'refused'],
	    ['temporarily_unavailable', 400, 'later']) {
		my ($name, $status, $outcome) = @$error;
		my $before = grant($user)->{refusals};
		$books->switch(token_error => "$status $name");
		run_out($user);
		is lend($user)->code, 503, "$name: not now";
		is grant($user)->{refusals} - $before,
		    $outcome eq 'refused' ? 1 : 0, $outcome;
		is grant($user)->{refresh_started_at}, undef, 'definite';
	}
	$books->switch(token_error => '');
	is connection($user)->{status}, 'connected', 'no user is touched';
};

subtest 'an error under 200 is as good as under 400' => sub {
	my $user = connected('p14');
	$books->switch(token_error => '200 invalid_grant');
	run_out($user);
	is lend($user)->code, 409, 'dead';
	is connection($user)->{reason}, 'invalid_grant', 'and it says so';
	$books->switch(token_error => '');
};

subtest 'a refused grant can be let go of' => sub {
	my $user = connected('p13');
	refuse('html', 'p13');
	tries($user, 2);
	is $c->api(DELETE => "/v1/connections/$user")->code, 202,
	    'in the background, for a while';
	refuse('none');
	$c->db->do('UPDATE grants SET refresh_not_before = NULL');
	$books->settle;
	is connection($user)->{status}, 'disconnected', 'then it is done';
	is $books->hooks('p13'), 0, 'with no subscription left';
};

done_testing;
