# Calendly accepts connections and then says nothing, not even in TLS, or
# refuses connections: background work for many users fails for all of them at
# once, not one after the other, and is tried again later.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Crowd;
use Cal::Test::Stopwatch;
use IO::Socket::INET;

my $n = 20;
my $c = Cal::Test->start(settings => { CALENDLYD_LOG_LEVEL => 'info' });
my $books = Cal::Test::Books->new(test => $c)->unlimited($n);
my $count = Cal::Test::Crowd->new(c => $c, n => $n)->connect_all;
is_deeply $count, { 'reconnect connected' => $n }, "$n are connected";

# So many connections are taken by the kernel, which is all they get.
my $hole = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 4 * $n)
    or die "no port: $!";
my $url = 'https://127.0.0.1:' . $hole->sockport;

sub failed
{
	return $books->one(q{SELECT count(*) FROM jobs
		WHERE last_error IS NOT NULL});
}

# Seconds until a reconcile of each user has failed.
sub all_fail
{
	$c->db->do(q{DELETE FROM jobs});
	my $watch = Cal::Test::Stopwatch->start($c);
	$c->db->do(q{INSERT INTO jobs (tenant_id, kind, subject)
		SELECT tenant_id, 'reconcile', id::text FROM connections});
	$c->wait_for(sub { failed() == $n }, 'all to fail');
	return $watch->seconds;
}

$c->configure(CALENDLY_API_URL => $url);
$c->calendlyd->restart;
$c->wait_ready;

subtest 'a handshake that is never answered' => sub {
	cmp_ok all_fail(), '<', 20, 'all fail together';
	is $books->one(q{SELECT count(*) FROM api_calls WHERE status IS NULL
		AND purpose <> 'event_list' AND error ILIKE '%time%'}), $n, 'by their time-outs';
};

subtest 'a connection that is refused' => sub {
	$hole->close;
	$c->db->do(q{UPDATE accounts SET slow_until = NULL});
	cmp_ok all_fail(), '<', 10, 'all fail at once';
};

subtest 'when Calendly is back' => sub {
	$c->configure(CALENDLY_API_URL => $c->stack->sandbox_url);
	$c->calendlyd->restart;
	$c->wait_ready;
	$books->settle;
	is $books->jobs, 0, 'all is done';
	is $books->one(q{SELECT count(*) FROM connections
		WHERE status <> 'connected'}), 0, 'and all are connected';
};

# Whether it hangs still is known from an answer alone.
subtest 'an account that is taken to hang' => sub {
	my $user = $c->db->selectrow_hashref(q{SELECT id, grant_id
		FROM connections WHERE user_id = 'u1'});
	$c->db->do(q{UPDATE accounts SET slow_until = now()
		+ interval '10 minutes'});
	my $hanging = sub {
		$c->db->do(q{SELECT job_ask(tenant_id, 'reconcile', id::text)
			FROM connections WHERE id = ?}, undef, $user->{id});
		$c->wait_for(sub { !$books->jobs }, 'the job');
		return $books->one(q{SELECT count(*) FROM accounts a
			JOIN grants g ON g.account_id = a.id
			WHERE g.id = ? AND slow_until > now()},
			$user->{grant_id});
	};
	$c->db->do(q{UPDATE grants SET status = 'needs_reauth' WHERE id = ?},
		undef, $user->{grant_id});
	is $hanging->(), 1, 'is so after a job that calls nobody';
	$c->db->do(q{UPDATE grants SET status = 'live' WHERE id = ?}, undef,
		$user->{grant_id});
	is $hanging->(), 0, 'and not after one that was answered';
};

done_testing;
