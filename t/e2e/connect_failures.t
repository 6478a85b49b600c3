# Calendly is down, slow or answers nonsense at each step of connecting: the
# outcome is clear and comes in bounded time, and nothing is left half done.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Stopwatch;
use POSIX ();

my $c = Cal::Test->start(settings => { CALENDLYD_APP_WORKERS => 5 });
my $books = Cal::Test::Books->new(test => $c)->unlimited(40);
my @STEP = (
	[POST => '/oauth/token'],
	[GET  => '/users/me'],
	[GET  => '/webhook_subscriptions'],
	[POST => '/webhook_subscriptions'],
);
my $next = 0;

sub page ($browser) { return $browser->url->path =~ m{([^/]+)\.html$} && $1 }

sub outcome ($session)
{
	my $s = $c->api(GET => "/v1/connect-sessions/$session->{id}")->json;
	return join ' ', $s->{status}, $s->{result} // '-';
}

sub connection ($user) { return $c->api(GET => "/v1/connections/$user")->json }

# Connected, with exactly one good subscription; or nothing at all.
sub is_whole ($user, $person, $connected)
{
	$books->settle;
	return is_connected($user, $person) if $connected;
	is $c->api(GET => "/v1/connections/$user")->code, 404,
	    'there is no connection';
	is $books->hooks($person), 0, 'nor a subscription';
	return is $books->one(q{SELECT count(*) FROM grants g
		WHERE status <> 'erased' AND connection_id IS NULL}), 0,
	    'nor a grant without one';
}

sub is_connected ($user, $person)
{
	my $u = connection($user);
	is "$u->{status} $u->{webhook}{state} $u->{webhook}{capability}",
	    'connected active ok', 'it is connected, with a webhook';
	my @hook = grep { $_->{state} eq 'active' } $books->hooks($person);
	is scalar @hook, 1, 'Calendly holds one subscription';
	is $hook[0]{uri}, $u->{webhook}{uri}, 'the one that we rely on';
	return is $c->deliver($hook[0]{callback_url}, '{}')->code, 200,
	    'which is taken from';
}

# One fault, once, at one step of one connect; then the same link again.
sub survives ($kind, $step, %rule)
{
	my ($method, $path) = @$step;
	my ($user, $person) = ('f' . ++$next, "p$next");
	my $what = join ' ', $kind, $rule{value} // (), 'at', $method, $path;
	return subtest $what => sub {
		$books->fault($kind, $method, $path, times => 1, %rule);
		my $watch = Cal::Test::Stopwatch->start($c);
		my $end = $c->connect($user, person => $person);
		cmp_ok $watch->seconds, '<', 5,
		    'the browser is not kept waiting';
		my $late = $path eq '/webhook_subscriptions' ||
		    ($rule{value} // '') eq '429';
		is page($end), $late ? 'connected' : 'failed', 'a clear page';
		is outcome($end->{session}), $late ? 'done connected'
		    : 'failed error', 'a clear outcome';
		is_whole($user, $person, $late);
		return if $late;
		is $books->live($person), $kind eq 'drop' ? 1 : 0,
		    'no token lives but what a lost answer took along';
		$end->choose('again')
		    ->press('Allow', fields => { person => $person });
		is page($end), 'connected', 'the same link then connects';
		is_whole($user, $person, 1);
	};
}

for my $step (@STEP) {
	survives('status', $step, value => 503);
	survives('not_json', $step, commit => \0);
	survives('redirect', $step, value => 'https://elsewhere.invalid/');
}
survives('huge_body', $STEP[1]);
survives('huge_body', $STEP[2]);
survives('drop', $STEP[0]);
survives('drop', $STEP[3]);
survives('not_json', $STEP[3], commit => \1);

subtest 'a slow Calendly is waited for' => sub {
	$books->fault('latency', @$_, value => 700, times => 1) for @STEP;
	my $end = $c->connect('slow', person => 'p40');
	is page($end), 'connected', 'it connects all the same';
	is_whole('slow', 'p40', 1);
	$books->mend;
};

# Nothing was done, and Calendly says so: we try again within the visit.
subtest 'a limit that is reached (429) is waited out' => sub {
	survives('status', $_, value => 429) for @STEP;
};

# Four browsers at once: each fault holds one of them at another step.
subtest 'a Calendly that never answers is given up at its limit' => sub {
	my @user = map { "h$_" } 1 .. 4;
	my @session = map { $c->session($_) } @user;
	$books->fault('hang', @$_, times => 1) for @STEP;
	my $watch = Cal::Test::Stopwatch->start($c);
	my @pid = map { visitor($user[$_], $session[$_], 'p' . (31 + $_)) }
	    0 .. 3;
	waitpid $_, 0 for @pid;
	cmp_ok $watch->seconds, '<', 36,
	    'no browser waits much longer than the 30 s of a token call';
	$books->mend;
	my @end = map { outcome($_) } @session;
	is join(', ', sort @end), 'done connected, done connected, ' .
	    'failed error, failed error', 'each has its outcome';
	$books->settle;
	for my $i (0 .. 3) {
		my $person = 'p' . (31 + $i);
		my $done = $end[$i] =~ /^done/ ? 1 : 0;
		is_whole($user[$i], $person, $done);
		is $books->live($person), $done,
		    'as many live grants as connections';
	}
};

sub visitor ($user, $session, $person)
{
	my $pid = fork // die "cannot fork: $!";
	return $pid if $pid;
	Mojo::IOLoop->reset;
	$c->connect($user, person => $person, session => $session,
		browser => $c->new_browser);
	POSIX::_exit(0);
}

subtest 'Calendly down: a healthy connection says so and stays' => sub {
	my $user = 'f11';
	$c->db->do("UPDATE grants SET refreshed_at = now() - interval '2 min'");
	my ($before, $visits) = (connection($user), $books->consents);
	$books->fault('status', POST => '/oauth/token', value => 502);
	my $end = $c->connect($user);
	is page($end), 'failed', 'the page says that Calendly has a problem';
	is outcome($end->{session}), 'failed error', 'the session, too';
	is $books->consents, $visits, 'it never starts a consent';
	is_deeply connection($user), $before, 'the connection is as it was';
	$books->mend;
};

done_testing;
