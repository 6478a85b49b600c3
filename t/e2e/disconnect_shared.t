# Several users of one tenant or two share a Calendly account: when one
# disconnects, the others are not harmed, also if somebody reconnects meanwhile.

use Cal::Test;
use Cal::Test::Books;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited(20);
$books->switch(revoke_kills_all_tokens_of_user => \1);

my ($first, $second) = ($c->key, do {
	$c->stack->ctl_must(qw(tenant add other));
	$c->stack->ctl_must(qw(key add other));
});

sub as ($key, $deed)
{
	$c->key($key);
	my @got = $deed->();
	$c->key($first);
	return wantarray ? @got : $got[0];
}

sub connection ($user) { return $c->api(GET => "/v1/connections/$user")->json }
sub disconnect ($user) { return $c->api(DELETE => "/v1/connections/$user") }

# Its token still opens Calendly, its subscription still delivers.
sub works ($user, $title)
{
	return subtest $title => sub {
		my $listed = $c->api(GET => "/v1/connections/$user/webhooks");
		is $listed->code, 200, 'its token is good';
		my @mine = grep { $_->{current} } @{ $listed->json('/data') };
		is scalar @mine, 1, 'its subscription is there';
		$c->db->do("UPDATE grants SET refreshed_at = NULL");
		my $end = $c->connect($user);
		like $end->url, qr/calendly_result=reconnected/,
		    'its refresh token is good';
		is $c->deliver($c->endpoint($user), '{}')->code, 200,
		    'its deliveries are taken';
	};
}

subtest 'two users of one tenant' => sub {
	$c->connect($_, person => 'p1') for qw(a b);
	is $books->hooks('p1'), 2, 'each has a subscription of its own';
	my $gone = $c->endpoint('a');
	is disconnect('a')->code, 200, 'one disconnects';
	is $books->calls('POST /oauth/revoke'), 0, 'nothing is revoked';
	is $books->hooks('p1'), 1, 'its subscription is gone';
	is $c->deliver($gone, '{}')->code, 410, 'its endpoint is retired';
	works('b', 'the other one works on');
	is disconnect('b')->code, 200, 'the last one disconnects';
	cmp_ok $books->calls('POST /oauth/revoke'), '>', 0, 'now it is revoked';
	is $books->live('p1'), 0, 'no token of theirs is good';
	is $books->hooks('p1'), 0, 'no subscription is left';
	is $books->sealed, 0, 'no secret is left';
};

subtest 'one user each of two tenants' => sub {
	$c->connect('u', person => 'p2');
	as($second, sub { $c->connect('u', person => 'p2') });
	is $books->hooks('p2'), 2, 'each tenant has its subscription';
	is disconnect('u')->code, 200, 'one tenant disconnects';
	as($second, sub { works('u', 'the other tenant works on') });
	is as($second, sub { disconnect('u')->code }), 200, 'it follows';
	is $books->hooks('p2') + $books->live('p2'), 0, 'nothing is left';
};

subtest 'the wrong account may be the right one of another user' => sub {
	$c->connect('c', person => 'p3');
	my $end = $c->connect('d', person => 'p3',
		expected_email => 'p4@else.example');
	like $end->url, qr/wrong-account/, 'refused for this user';
	$books->settle;
	works('c', 'the other user works on');
};

subtest 'a switch of accounts harms nobody on the account left' => sub {
	$c->connect($_, person => 'p5') for qw(e f);
	$c->connect('e', person => 'p6', force => \1);
	$books->settle;
	is $books->hooks('p5'), 1, 'only the other one is subscribed there';
	works('f', 'and works on');
	works('e', 'as does the one that switched');
};

subtest 'coming back while the teardown still runs' => sub {
	$c->connect('back', person => 'p7');
	my $old = $c->endpoint('back');
	$books->fault('status', DELETE => '/webhook_*', value => 503);
	is disconnect('back')->code, 202, 'disconnecting';
	my $end = $c->connect('back', person => 'p7');
	like $end->url, qr/calendly_result=connected/, 'connected anew';
	is connection('back')->{status}, 'connected', 'and shown so';
	$books->mend;
	$books->settle;
	is connection('back')->{status}, 'connected', 'also when all is done';
	is $books->hooks('p7'), 1, 'with one subscription';
	is $c->deliver($old, '{}')->code, 410, 'the old endpoint is retired';
	is $books->one(q{SELECT count(*) FROM grants WHERE status = 'erased'
		AND access_sealed IS NULL AND refresh_sealed IS NULL
		AND connection_id = (SELECT id FROM connections
		WHERE user_id = 'back')}), 1, 'the old tokens are erased';
	works('back', 'it works');
	is scalar(grep { $_->{user_id} eq 'back' &&
	    $_->{type} eq 'connection.disconnected' } $c->events), 0,
	    'the feed never said that it is disconnected';
};

subtest 'coming back with another account while the teardown runs' => sub {
	$c->connect('new', person => 'p8');
	$books->fault('status', GET => '/webhook_subscriptions', value => 503,
		times => 2);
	is disconnect('new')->code, 202, 'disconnecting';
	$c->connect('new', person => 'p9');
	$books->mend;
	$books->settle;
	like connection('new')->{calendly}{email}, qr/^p9@/, 'the new one';
	is $books->hooks('p8') + $books->live('p8'), 0, 'the old is gone';
	works('new', 'it works');
};

done_testing;
