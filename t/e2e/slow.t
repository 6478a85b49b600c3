# Slow is not lost: a token endpoint that is silent for seconds, or whose answer
# comes in drops, is waited for, and no user has to consent anew because of it.

use Cal::Test;
use Cal::Test::Books;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c);
my $lender = $c->stack->ctl_must('key', 'add', 'test', '--allow-token');

$c->connect($_->[0], person => $_->[1], browser => $c->new_browser)
    for ['silent', 'olivia'], ['dripping', 'sam'];

# Runs out now, so that the next use of it refreshes.
sub run_out ($user)
{
	return $c->db->do(q{UPDATE grants
		SET access_expires_at = now() - interval '1 second'
		WHERE id = (SELECT grant_id FROM connections
			WHERE user_id = ?)}, undef, $user);
}

sub lend ($user)
{
	return $c->api(POST => "/v1/connections/$user/token", undef,
		{ Authorization => "Bearer $lender" });
}

# The answer comes in full, but no sooner than the client's patience with
# other calls (5 s) would have ended.
sub is_waited_for ($user, $fault, $value)
{
	run_out($user);
	my $minted = $books->minted;
	$books->fault($fault, POST => '/oauth/token', value => $value,
		times => 1);
	my $res = lend($user);
	is $res->code, 200, 'a token is lent' or diag $res->body;
	my $works = $c->agent->get($c->stack->sandbox_url . '/users/me',
		{ Authorization => 'Bearer ' . $res->json('/access_token') });
	is $works->res->code, 200, 'which works at Calendly';
	is $books->minted, $minted + 1, 'it was asked for once';
	my $u = $c->api(GET => "/v1/connections/$user")->json;
	is $u->{status}, 'connected', 'the user is as connected as before';
	return is_deeply [grep { $_->{type} eq 'connection.needs_reauth' }
		$c->events], [], 'nobody is asked to consent anew';
}

subtest 'silent for six and a half seconds' => sub {
	is_waited_for('silent', latency => 6500);
};

subtest 'an answer that drips for eight seconds' => sub {
	is_waited_for('dripping', slow_body => 8000);
};

subtest 'the exchange of a code is as patient' => sub {
	$books->fault(latency => POST => '/oauth/token', value => 6500,
		times => 1);
	my $end = $c->connect('late', person => 'marco',
		browser => $c->new_browser);
	like $end->url, qr{/connected\.html}, 'connected';
	is $books->live('marco'), 1, 'on the pair that came late';
};

done_testing;
