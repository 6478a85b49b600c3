# Even if revoking one token ends all tokens of a user, a disconnect harms no
# other connection of the same Calendly account: neither an existing one nor one
# that is being made at the same moment.

use Cal::Test;
use Cal::Test::Books;
use POSIX ();

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited(4);
$books->switch(revoke_kills_all_tokens_of_user => \1);

sub connection ($user) { return $c->api(GET => "/v1/connections/$user")->json }

# Disconnects while the test goes on; call what comes back to wait for it.
sub disconnecting ($user)
{
	my $pid = fork // die "fork: $!";
	my @curl = ('curl', '-sS', '--cacert', $c->stack->ca, '-o',
		'/dev/null', '-X', 'DELETE', '-H',
		'Authorization: Bearer ' . $c->key,
		$c->url("/v1/connections/$user"));
	$pid or exec @curl or POSIX::_exit(127);
	return sub { waitpid $pid, 0; return $? };
}

sub works ($user)
{
	return $c->api(GET => "/v1/connections/$user/webhooks")->code == 200;
}

subtest 'one that stands is left alone' => sub {
	$c->connect('a1', person => 'p1');
	$c->connect('a2', person => 'p1', browser => $c->new_browser);
	is $c->api(DELETE => '/v1/connections/a1')->code, 200, 'disconnected';
	ok works('a2'), 'the other one still works';
	is scalar $books->hooks('p1'), 1, 'with its subscription';
};

subtest 'one that is being made proves itself, or is not said to be made' => sub {
	$c->connect('b1', person => 'p2');
	# Past consent, just before our callback: the tokens come after this.
	my $browser = $c->new_browser;
	$c->connect('b2', person => 'p2', browser => $browser,
		until => qr{/oauth/calendly/callback});
	my $callback = $browser->url;
	$books->fault(latency => POST => '/oauth/revoke', value => 2000,
		times => 2);
	my $done = disconnecting('b1');
	$c->wait_for(sub { $books->one('SELECT count(*) FROM accounts
		WHERE revoking_until IS NOT NULL') }, 'the revoke under way');
	$browser->visit($callback);
	is $done->(), 0, 'the disconnect was answered';
	$books->mend;
	my $said = $c->api(GET => '/v1/connect-sessions/' .
		$browser->{session}{id})->json('/status');
	if ($said eq 'done') {
		ok works('b2'), 'said to be connected, and works';
	} else {
		like $browser->url, qr{/pages/failed\.html}, 'said to have failed';
		$c->connect('b2', person => 'p2', browser => $c->new_browser);
		ok works('b2'), 'and connects with the next try';
	}
	is connection('b2')->{status}, 'connected', 'connected in the end';
	is scalar $books->hooks('p2'), 1, 'with exactly one subscription';
};

done_testing;
