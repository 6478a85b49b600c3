# The host application gets an access token that works, or is told why not;
# however often it asks, no more tokens are minted than Calendly allows.

use Cal::Test;
use Cal::Test::Books;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c);
my $lender = $c->stack->ctl_must('key', 'add', 'test', '--allow-token');

sub token ($user, $key = $lender)
{
	return $c->api(POST => "/v1/connections/$user/token", undef,
		{ Authorization => "Bearer $key" });
}

sub expire { return $c->db->do(q{UPDATE grants
	SET access_expires_at = now() + interval '50 seconds',
	    refresh_not_before = NULL WHERE status = 'live'}) }

sub works ($token)
{
	my $tx = $c->agent->get($c->stack->sandbox_url . '/users/me',
		{ Authorization => "Bearer $token" });
	return $tx->res->code == 200;
}

$c->connect('u1', person => 'olivia');

subtest 'only for keys that may, and users that are' => sub {
	my $res = token('u1', $c->key);
	is $res->code, 403, 'an ordinary key may not';
	is $res->json('/code'), 'forbidden', 'and is told so';
	is token('nobody')->code, 404, 'a user never seen';
};

subtest 'a good token is lent as it is' => sub {
	my $minted = $books->minted;
	my @token = map { token('u1') } 1 .. 3;
	is $_->code, 200, 'answered' for @token;
	like $token[0]->headers->cache_control, qr/no-store/, 'not cached';
	ok works($token[0]->json('/access_token')), 'it works at Calendly';
	is $token[0]->json('/access_token'), $token[2]->json('/access_token'),
	    'the same each time';
	is $books->minted, $minted, 'nothing was minted for it';
};

subtest 'one that is about to expire is refreshed first' => sub {
	my $old = token('u1')->json('/access_token');
	expire();
	my $res = token('u1');
	isnt $res->json('/access_token'), $old, 'another one';
	ok works($res->json('/access_token')), 'which works';
	cmp_ok $res->json('/expires_at'), 'gt', $c->db->selectrow_array(
		q{SELECT rfc3339(now() + interval '1 hour')}), 'for long';
};

subtest 'Calendly away: later; the old one serves to its end' => sub {
	expire();
	$books->fault(status => POST => '/oauth/token', value => 503);
	my $res = token('u1');
	is $res->code, 200, 'an old one with seconds to go still serves';
	$c->db->do(q{UPDATE grants SET access_expires_at = now()
		- interval '1 second'});
	$res = token('u1');
	is $res->code, 503, 'a dead one does not';
	ok $res->headers->header('Retry-After'), 'when to ask again';
	$books->mend;
	$c->db->do('UPDATE grants SET refresh_not_before = NULL');
	is token('u1')->code, 200, 'and then all is well again';
};

subtest 'no more than eight are minted in a minute' => sub {
	for (1 .. 12) {
		expire();
		is token('u1')->code, 200, "asked $_ times";
	}
	my $state = $books->state('tokens')->{tokens};
	is $state->{limited}, 0, 'Calendly never had to refuse';
	is $state->{used_twice}, 0, 'no refresh token was sent twice';
};

subtest 'a dead grant asks for a new consent' => sub {
	$c->sandbox(POST => '/sandbox/revoke-app', { person => 'olivia' });
	$c->db->do(q{UPDATE accounts SET mints = '{}'});
	$c->db->do(q{UPDATE grants SET access_expires_at = now()
		- interval '1 second', refresh_not_before = NULL});
	my $res = token('u1');
	is $res->code, 409, 'refused';
	is $res->json('/code'), 'needs_reauth', 'with the reason';
	is $c->api(GET => '/v1/connections/u1')->json('/status'),
	    'needs_reauth', 'the connection says so';
	$c->wait_for(sub { grep { $_->{type} eq 'connection.needs_reauth' }
		$c->events }, 'the event in the feed');
};

done_testing;
