# Calendly's hosts have a wrong certificate (expired, of another host, of an
# unknown CA): each kind of call ends soon with a clear answer, nothing is sent,
# the reason is recorded, and afterwards everything goes on.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Certificates;
use Cal::Test::Stopwatch;

my %WHY = (expired => 'certificate has expired',
	name => 'no alternative certificate subject name matches',
	unknown => 'unable to get local issuer certificate');
my $tls = Cal::Test::Certificates->new->make(qw(auth api));
my $c = Cal::Test->start(sandbox => { listen => $tls->listen }, settings => {
	CALENDLY_AUTH_URL => $tls->url('auth'), CALENDLYD_CA_FILE => $tls->ca,
	CALENDLY_API_URL => $tls->url('api') });
my $books = Cal::Test::Books->new(test => $c)->unlimited(3);
my $lender = $c->stack->ctl_must(qw(key add test --allow-token));
my ($kind, $user, $person);

sub api ($method, $path = '') { return $c->api($method =>
	"/v1/connections/$user$path", undef, $path ne '/token' ? () :
	{ Authorization => "Bearer $lender" }) }
sub said { return $c->log_text(qr/^calendlyd\.log/) }
sub page ($b) { return $b->url->path =~ m{([^/]+)\.html$} && $1 }
sub allow ($b) { return page($b->visit($b->{session}{url})
	->press('Allow', fields => { person => $person })) }
sub good { $tls->good; $books->mend; return $books->settle }

# Connections that stand were verified when they were made: end them all.
sub go_bad { $tls->present(api => $kind); $c->calendlyd->restart;
	return $c->wait_ready }

# A call by its purpose and route, which $do makes calendlyd try in vain. What
# connecting needs is tried again for some seconds of the visit.
my %PATIENCE = (code_exchange => 8, user_me => 8);

sub refused ($purpose, $route, $answer, $do)
{
	my $calls = $books->calls($route);
	my $watch = Cal::Test::Stopwatch->start($c);
	is $do->(), $answer, "$purpose: the answer is $answer";
	cmp_ok $watch->seconds, '<', 5 + ($PATIENCE{$purpose} // 0),
	    'it comes soon';
	is $books->calls($route), $calls, 'nothing was sent';
	like said(), qr/: $purpose: .*: status 0 .*$WHY{$kind}/, 'logged, why';
}

# The API's certificate changes while it lists subscriptions: the call that
# comes next (not a GET, so by a connection of its own) meets the new one.
sub while_listing ($do)
{
	$books->fault(latency => GET => '/webhook_subscriptions', value => 1500,
		times => 1);
	return $tls->change(sub { $c->sandbox(GET => '/sandbox/faults')
		->{faults}[0]{hits} }, api => $kind, $do);
}

sub connecting
{
	my $b = $c->connect($user, person => $person, browser =>
		$tls->show($c->new_browser), until => qr{/calendly/callback});
	$tls->present(auth => $kind);
	refused('code_exchange', 'POST /oauth/token', 'failed',
		sub { page($b->visit($b->url)) });
	good();
	go_bad();
	refused('user_me', 'GET /users/me', 'failed', sub { allow($b) });
	is $c->api(GET => "/v1/connect-sessions/$b->{session}{id}")
	    ->json('/status'), 'failed', 'the session says so';
	like $c->run_ctl('errors')->{out}, qr/user_me .*$WHY{$kind}/, 'why';
	good();
	is $books->live($person), 0, 'good again: no token is left over';
	is allow($b), 'connected', 'and the same link connects';
	$books->settle;
}

sub connected
{
	go_bad();
	refused('subscription_list', 'GET /webhook_subscriptions', 202,
		sub { api(POST => '/reconcile')->code });
	good();
	$c->db->do(q{UPDATE grants SET refresh_not_before = NULL,
		access_expires_at = now() - interval '1 s'});
	$tls->present(auth => $kind);
	refused('token_refresh', 'POST /oauth/token', 503,
		sub { api(POST => '/token')->code });
	good();
	$c->db->do('UPDATE grants SET refresh_not_before = NULL');
	is api(POST => '/token')->code, 200, 'good again: a token';
	$books->unsubscribe($person, api('GET')->json('/webhook/uri'));
	refused('subscription_create', 'POST /webhook_subscriptions', 202, sub {
		while_listing(sub { api(POST => '/reconcile')->code }) });
	good();
	is api('GET')->json('/webhook/state'), 'active', 'good again: active';
}

sub disconnecting
{
	refused('subscription_delete', 'DELETE /webhook_subscriptions/{uuid}',
		202, sub { while_listing(sub { api('DELETE')->code }) });
	$tls->present(api => 'good')->present(auth => $kind);
	refused('token_revoke', 'POST /oauth/revoke', 202, sub {
		$c->wait_for(sub { $books->hurry; said() =~
			/token_revoke: .*$WHY{$kind}/ }, 'it to be tried');
		api('DELETE')->code });
	my %why = map { ($_->{purpose} => 1) } grep { ($_->{error} // '') =~
		$WHY{$kind} } @{ api(GET => '/log')->json('/data') };
	is_deeply [sort keys %why], [qw(subscription_create subscription_delete
		subscription_list token_refresh token_revoke)], 'GET .../log';
	good();
	is api('GET')->json('/status'), 'disconnected', 'good again: it ends';
	is $books->hooks($person) + $books->live($person), 0, 'nothing is left';
}

for (['expired', 'p1'], ['name', 'p2'], ['unknown', 'p3']) {
	($user, $kind, $person) = ("u-$_->[0]", @$_);
	subtest "$kind: connecting" => \&connecting;
	subtest "$kind: while connected" => \&connected;
	subtest "$kind: disconnecting" => \&disconnecting;
}

done_testing;
