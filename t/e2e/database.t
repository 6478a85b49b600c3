# The database may stop, be killed and come back at any moment: nothing that was
# acknowledged is lost, nothing is doubled, and calendlyd recovers by itself.
#
# With sanitizers in every run.

use Cal::Test;

use Cal::Test::Body qw(delivery invitee_uri uuid);
use Cal::Test::Deliveries;

my $c = Cal::Test->start(own_cluster => 1);
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');
my $serial = 0;

sub deliver_one
{
	return $c->deliver($url, delivery('invitee.created',
		uri => invitee_uri(uuid(8, ++$serial))));
}

# Until each client is far past what it had in hand, so that what comes next
# meets no request for a second time: one is tried again once.
sub under_load ($load)
{
	my @done = $load->done_each;
	$c->wait_for(sub {
		my @now = $load->done_each;
		return !grep { $now[$_] < $done[$_] + 20 } 0 .. $#done;
	}, 'a load');
	return;
}

# The worst way to stop: nobody is told, nothing is flushed. What is left of
# it must be gone before another can start.
sub power_off
{
	delete $c->{db};
	$c->cluster->stop('KILL');
	my $data = $c->cluster->dir;
	$c->wait_for(sub { !grep { (readlink "$_/cwd" // '') =~ /^\Q$data\E/ }
		glob '/proc/[0-9]*' }, 'its processes to end');
	return;
}

sub back_again ($load)
{
	$c->cluster->start;
	my $taken = $load->done(200);
	$c->wait_for(sub { $load->done(200) > $taken + 60 },
		'deliveries to be taken again');
	return;
}

# Everything acknowledged is stored and in the feed, once; what was not is,
# once it is sent again.
sub nothing_lost ($load)
{
	my $count = $load->stop;
	note explain $count;
	is_deeply [grep { !/^(200|503)$/ } keys %$count], [],
	    'every answer was 200 or 503' or diag explain $count;
	ok $count->{503}, 'some were asked to come again';
	my %stored = map { $_->[0] => 1 } @{ $c->db->selectall_arrayref(
		q(SELECT convert_from(body, 'UTF8')::json -> 'payload' ->> 'uri')
		. ' FROM deliveries_in WHERE flaw IS NULL') };
	is_deeply [grep { !$stored{$_} } $load->sent(200)], [],
	    'each that was answered 200 is stored';
	is_deeply [grep { $load->again($c, $_) != 200 }
		$load->unacknowledged], [], 'the others are when they return';
	is_deeply [$load->not_once($c)], [], 'each is in the feed once';
	return;
}

subtest 'while it is away: 503, said in everybody\'s own way' => sub {
	my $session = $c->session('u2');
	delete $c->{db};
	$c->cluster->stop;
	my $res = deliver_one();
	is $res->code, 503, 'Calendly is asked to try again';
	ok $res->headers->header('Retry-After'), 'and when';
	for my $path (qw(/v1/events /v1/connections /v1/connections/u1)) {
		$res = $c->api(GET => $path);
		is $res->code, 503, $path;
		is $res->json('/code'), 'unavailable', 'as a problem';
	}
	is $c->api(POST => '/v1/connect-sessions',
		{ user_id => 'u3' })->code, 503, 'no session is promised';
	is $c->api(DELETE => '/v1/connections/u1')->code, 503,
	    'nor a disconnect';
	my $person = $c->new_browser->visit($session->{url});
	is $person->url, $session->{url}, 'people stay where they are';
	is $person->res->code, 503, 'told that it does not work now';
	is $person->res->dom->at('.actions a')->attr('href'), '',
	    'on a page that tries this very address again';
	is $c->agent->get($c->url('/healthz'))->res->code, 200,
	    '/healthz: the process is well';
	$res = $c->agent->get($c->url('/readyz'))->res;
	is $res->code, 503, '/readyz: it can do nothing';
	like $res->body, qr/database/i, 'and says what it lacks';
};

subtest 'once it is there again, all is well by itself' => sub {
	$c->cluster->start;
	is deliver_one()->code, 200, 'the first delivery is taken';
	is $c->api(GET => '/v1/connections/u1')->json('/status'),
	    'connected', 'the first question is answered';
	$c->wait_ready;
	$c->sandbox(POST => '/sandbox/book', { person => 'olivia' });
	$c->wait_for(sub { grep { $_->{source} eq 'webhook' } $c->events },
		'the feed to go on');
	pass 'runners too';
};

subtest 'restarted under load' => sub {
	my $load = Cal::Test::Deliveries->start($c, $url);
	for (1 .. 2) {
		under_load($load);
		delete $c->{db};
		$c->cluster->stop;
		under_load($load);
		back_again($load);
	}
	nothing_lost($load);
};

subtest 'killed under load' => sub {
	my $load = Cal::Test::Deliveries->start($c, $url);
	for (1 .. 2) {
		under_load($load);
		power_off();
		under_load($load);
		back_again($load);
	}
	nothing_lost($load);
};

subtest 'its processes killed under load' => sub {
	my $load = Cal::Test::Deliveries->start($c, $url);
	for (1 .. 3) {
		under_load($load);
		$c->db->do('SELECT pg_terminate_backend(pid)' .
			' FROM pg_stat_activity WHERE usename = $$calendlyd$$');
	}
	under_load($load);
	my $count = $load->stop;
	is_deeply [keys %$count], [200], 'nobody noticed'
	    or diag explain $count;
};

subtest 'full of connections: 503, then 200' => sub {
	my $db = $c->db;
	$db->do('ALTER ROLE calendlyd CONNECTION LIMIT 0');
	$db->do('SELECT pg_terminate_backend(pid) FROM pg_stat_activity' .
		' WHERE usename = $$calendlyd$$');
	is deliver_one()->code, 503, 'not now';
	$db->do('ALTER ROLE calendlyd CONNECTION LIMIT -1');
	is deliver_one()->code, 200, 'now';
};

done_testing;
