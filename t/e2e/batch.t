# Requests that come together are stored in one commit, and each gets its own
# answer, whatever the others are. Nothing is acknowledged that is not stored.
#
# With sanitizers in every run.

use Cal::Test;

use Cal::Test::Body qw(delivery envelope invitee_uri uuid);
use Mojo::File qw(path);
use Mojo::Promise;

use Cal::Test::Proc;

my $c = Cal::Test->start(own_cluster => 1,
	settings => { CALENDLYD_INGEST_WORKERS => 1 });
$c->connect('u1', person => 'olivia');
$c->connect('u2', person => 'marco', browser => $c->new_browser);
my ($one, $two) = map { $c->endpoint($_) } qw(u1 u2);
my $other = in_another_tenant();
my $retired = retired();
my $nobody = $c->url('/webhooks/calendly/' . 'x' x 43);
my $serial = 0;

sub in_another_tenant
{
	my $key = $c->key;
	$c->stack->ctl_must(qw(tenant add other --origin https://b.example));
	$c->key($c->stack->ctl_must(qw(key add other)));
	$c->connect('u1', person => 'frida', browser => $c->new_browser);
	my $url = $c->endpoint('u1');
	$c->key($key);
	return $url;
}

sub retired
{
	$c->connect('u3', person => 'olivia', browser => $c->new_browser);
	my $url = $c->endpoint('u3');
	$c->api(DELETE => '/v1/connections/u3')->code == 200 or die;
	return $url;
}

sub fresh (%more)
{
	return delivery($more{kind} // 'invitee.created',
		uri => invitee_uri(uuid(11, ++$serial)));
}

sub worker
{
	return (keys %{ $c->calendlyd->workers('ingest') })[0];
}

# Requests that no worker has taken: by connections that it has not accepted,
# which the kernel shows as SS_CONNECTING, 02; and by those that it has kept, at
# which there is something to receive.
sub waiting
{
	my $socket = $c->stack->run . '/ingest.sock';
	my @new = grep { / 02 +\d+ \Q$socket\E$/ }
	    split /\n/, path('/proc/net/unix')->slurp;
	my @kept = grep { /ESTAB +[1-9]\d* +\d+ +\Q$socket\E / }
	    split /\n/, Cal::Test::Proc->run([qw(ss -xn)], 10)->{out};
	return @new + @kept;
}

# Sends [url, body, header...] to a worker that is stopped until all of them
# wait; "200" or "401 signature_invalid" of each. $meanwhile is called while
# they wait, $then once the worker goes on. A request is sent only when the
# one before it waits: else each would arrive whenever its TLS handshake ends,
# and the worker would take them in an order that nobody knows.
sub together ($requests, $meanwhile = sub { }, $then = sub { })
{
	my $pid = $c->wait_for(\&worker, 'a worker');
	kill STOP => $pid;
	my (@promise, @answer);
	my $tick = Mojo::IOLoop->recurring(0.01 => sub { });
	for my $request (@$requests) {
		push @promise, answer_p(@$request);
		$c->wait_for(sub { Mojo::IOLoop->one_tick;
			waiting() == @promise }, 'the request to wait');
	}
	Mojo::IOLoop->remove($tick);
	$meanwhile->();
	kill CONT => $pid;
	$then->($pid);
	Mojo::Promise->all(@promise)
	    ->then(sub (@each) { @answer = map { $_->[0] } @each })->wait;
	return @answer;
}

# What the ingest worker asked of the database waits for a lock.
sub in_hand
{
	return $c->db->selectrow_array("SELECT count(*) FROM pg_stat_activity
		WHERE application_name = 'calendlyd ingest'
		AND wait_event_type = 'Lock'");
}

sub answer_p ($url, $body, %header)
{
	my %all = ('Calendly-Webhook-Signature' => $c->sign($body), %header);
	delete @all{ grep { !defined $all{$_} } keys %all };
	my $tx = $c->agent->build_tx(POST => $url, \%all, $body);
	return $c->agent->start_p($tx)->then(sub ($done) {
		$c->check_contract($done);
		return join ' ', $done->res->code,
		    $done->res->json('/code') // ();
	});
}

sub stored { return $c->db->selectrow_array(
	'SELECT count(*), count(DISTINCT xmin::text) FROM deliveries_in') }

sub reset_stored
{
	$c->wait_for(sub { !$c->db->selectrow_array(
		'SELECT count(*) FROM delivery_queue') }, 'all to be applied');
	$c->db->do('TRUNCATE deliveries_in');
	return;
}

my $SIGNATURE = 'Calendly-Webhook-Signature';

subtest 'each its own answer, all in one commit' => sub {
	my $known = fresh();
	is $c->deliver($one, $known)->code, 200, 'one is here already';
	my ($first, $late) = (fresh(), fresh());
	my @case = (
		['200', $one, $first],
		['404 endpoint_unknown', $nobody, fresh()],
		['200', $two, fresh()],
		['401 signature_invalid', $one, fresh(),
		    $SIGNATURE => $c->sign('x', key => 'wrong')],
		['200', $other, fresh()],
		['410 endpoint_retired', $retired, fresh()],
		['410 endpoint_retired', $retired, fresh(),
		    $SIGNATURE => $c->sign('x', key => 'wrong')],
		['200', $one, 'not JSON'],
		['400 signature_missing', $one, fresh(), $SIGNATURE => undef],
		['200', $one, $known],
		['400 signature_malformed', $one, fresh(), $SIGNATURE => 'x'],
		['200', $one, $first],
		['401 signature_stale', $one, $late,
		    $SIGNATURE => $c->sign($late, t => 1)],
		['404 endpoint_unknown', $nobody, fresh(),
		    $SIGNATURE => $c->sign('x', key => 'wrong')],
		['200', $two, $first],
		['200', $one, envelope('invitee.levitated', { a => 1 })],
		['200', $one, fresh()],
	);
	my @answer = together([map { [@$_[1 .. $#$_]] } @case]);
	is_deeply \@answer, [map { $_->[0] } @case], 'each its own answer';
	my ($n, $commits) = stored();
	is $n, 8, 'what is new is stored, once, by what was here';
	is $commits, 2, 'in one commit more';
};

subtest 'one that the database refuses costs the others nothing' => sub {
	for my $place (0 .. 2) {
		reset_stored();
		$c->db->do('ALTER TABLE deliveries_in ADD CONSTRAINT moody' .
			q{ CHECK (kind <> 'invitee.canceled')});
		my @kind = ('invitee.created') x 3;
		my @want = map { [$_, 0] } @kind;
		$kind[$place] = 'invitee.canceled';
		$want[$place] = [undef, 1];
		my @answer = together([map { [$one, fresh(kind => $_)] } @kind]);
		is_deeply \@answer, [('200') x 3], 'all are taken';
		is_deeply $c->db->selectall_arrayref('SELECT kind, flaw IS' .
			' NOT NULL FROM deliveries_in ORDER BY id'), \@want,
		    "number $place without what was refused, and flagged";
		$c->db->do('ALTER TABLE deliveries_in DROP CONSTRAINT moody');
	}
};

subtest 'killed before the commit: none is acknowledged' => sub {
	reset_stored();
	my @request = map { [$one, fresh()] } 1 .. 5;
	my $lock = $c->cluster->db($c->stack->database);
	$lock->begin_work;
	$lock->do('LOCK TABLE deliveries_in IN ACCESS EXCLUSIVE MODE');
	my @answer = together(\@request, sub { }, sub ($pid) {
		$c->wait_for(\&in_hand, 'the batch to be in hand');
		kill KILL => $pid;
	});
	is_deeply \@answer, [('503 unavailable') x 5], 'each is to come again';
	$c->db->do('SELECT pg_terminate_backend(pid) FROM pg_locks' .
		' WHERE NOT granted');
	$lock->rollback;
	is +(stored())[0], 0, 'nothing is stored';
	is_deeply [together(\@request)], [('200') x 5], 'and when it does';
	is_deeply [stored()], [5, 1], 'it is stored once';
};

subtest 'the database away: none is acknowledged' => sub {
	my @request = (map({ [$one, fresh()] } 1 .. 4),
		[$two, fresh(), $SIGNATURE => $c->sign('x', key => 'wrong')],
		[$one, fresh(), $SIGNATURE => undef]);
	my @answer = together(\@request, sub {
		delete $c->{db};
		$c->cluster->stop;
	});
	is_deeply \@answer, [('503 unavailable') x 5, '400 signature_missing'],
	    'each is to come again';
	$c->cluster->start;
	is_deeply [(together(\@request))[0 .. 3]], [('200') x 4],
	    'and when it does, it is taken';
};

done_testing;
