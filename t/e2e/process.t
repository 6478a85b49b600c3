# Whatever happens to a worker, the others go on serving; a reload, a recycled
# worker and an orderly stop lose no request.
#
# With sanitizers in every run.

use Cal::Test;

use Cal::Test::Load;
use Mojo::File qw(path);
use POSIX qw(sysconf _SC_CLK_TCK);

use constant GRACE => 30;	# seconds that an orderly stop may take
my %WORKERS = (app => 3, ingest => 2, runner => 1, pusher => 1, health => 1,
	watch => 1);
my $c = Cal::Test->start;

sub workers (@pool) { return $c->calendlyd->workers(@pool) }

sub full_again ($n, @without)
{
	return sub {
		my $now = workers();
		return keys %$now == $n && !grep { $now->{$_} } @without;
	};
}

sub total { my $n = 0; $n += $_ for values %WORKERS; return $n }

# Both pools under load: browsers and hosts, and Calendly.
sub load_all
{
	my $nobody = '/webhooks/calendly/' . 'x' x 43;
	return map { Cal::Test::Load->start($c, clients => 3, request => $_) }
	    [GET => '/v1/connections'], [POST => $nobody,
		{ 'Calendly-Webhook-Signature' => $c->sign('{}') }, '{}'];
}

# What nginx says when a worker did not answer.
sub lost ($count)
{
	my $n = 0;
	$n += $count->{$_} for grep { !/^[234]/ } keys %$count;
	return $n;
}

# Requests that wait for a lock which we hold until it is let go.
sub in_hand ($n)
{
	my $lock = $c->cluster->db($c->stack->database);
	$lock->begin_work;
	$lock->do('LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE');
	my $load = Cal::Test::Load->start($c, clients => $n, times => 1,
		request => [GET => '/v1/connections',
		    { Authorization => 'Bearer ' . $c->key }]);
	$c->wait_for(sub {
		($c->db->selectrow_array('SELECT count(*)' .
		    ' FROM pg_stat_activity WHERE datname = current_database()' .
		    " AND wait_event_type = 'Lock'"))[0] >=
		    ($n < $WORKERS{app} ? $n : $WORKERS{app})
	}, 'requests to be in hand');
	$c->wait_for(sub { waiting() >= $n }, 'the others to wait');
	return ($lock, $load);
}

sub restart
{
	$c->stack->start_calendlyd;
	$c->wait_ready;
	$c->wait_for(full_again(total()), 'all workers');
	return;
}

$c->wait_for(full_again(total()), 'all workers');

# Seconds since the machine was started, now and when a process was: the
# kernel's word, which does not depend on when we look.
sub uptime { return (split / /, path('/proc/uptime')->slurp)[0] }
sub started ($pid)
{
	my ($after_name) = path("/proc/$pid/stat")->slurp =~ /.*\) (.*)/s;
	return (split / /, $after_name)[19] / sysconf(_SC_CLK_TCK);
}

subtest 'kill -9 of any worker: another is there within a second' => sub {
	my @load = load_all();
	my $kills = 0;
	for my $pid (sort keys %{ workers() }) {
		my ($name, $done) = (workers()->{$pid}, $load[0]->done);
		my $since = uptime();
		kill KILL => $pid;
		$c->wait_for(full_again(total(), $pid), "a new $name");
		my %new = reverse %{ workers() };
		cmp_ok started($new{$name}) - $since, '<', 1,
		    "$name is back in time";
		$kills++;
		$c->wait_for(sub { $load[0]->done > $done + 100 },
			'others to serve on');
	}
	my @count = map { $_->stop } @load;
	is $kills, total(), 'each was killed';
	cmp_ok lost($count[0]), '<=', $kills,
	    'no more lost than was in the killed hands' or
	    diag explain $count[0];
	is lost($count[1]), 0, 'no webhook, because nginx sends it once more'
	    or diag explain $count[1];
};

subtest 'SIGHUP under load loses no request' => sub {
	my @load = load_all();
	for (1 .. 5) {
		my @old = keys %{ workers() };
		$c->calendlyd->signal('HUP');
		$c->wait_for(full_again(total(), @old), 'a new generation');
	}
	for my $count (map { $_->stop } @load) {
		is lost($count), 0, 'none lost' or diag explain $count;
	}
};

subtest 'SIGHUP takes new settings, and says what it cannot' => sub {
	my @old = keys %{ workers() };
	$c->configure(CALENDLYD_APP_WORKERS => 5,
		CALENDLYD_APP_SOCKET => $c->stack->run . '/other.sock');
	$c->calendlyd->signal('HUP');
	$c->wait_for(full_again(total() + 2, @old), 'two more workers');
	is keys %{ workers('app') }, 5, 'five app workers';
	like $c->log_text(qr/^calendlyd/),
	    qr/only a restart changes CALENDLYD_APP_SOCKET/, 'it is said';
	is $c->agent->get($c->url('/healthz'))->res->code, 200,
	    'the old socket serves';
	$c->configure(CALENDLYD_APP_WORKERS => undef,
		CALENDLYD_APP_SOCKET => $c->stack->run . '/app.sock');
};

subtest 'SIGHUP with a fault changes nothing' => sub {
	my %before = %{ workers() };
	$c->configure(CALENDLYD_APP_WORKERS => 'many');
	$c->calendlyd->signal('HUP');
	$c->wait_for(sub { $c->log_text(qr/^calendlyd/) =~ /reload refused/ },
		'the refusal');
	like $c->log_text(qr/^calendlyd/), qr/CALENDLYD_APP_WORKERS.*whole/,
	    'it says why';
	is_deeply workers(), \%before, 'the same processes serve on';
	$c->configure(CALENDLYD_APP_WORKERS => $WORKERS{app});
};

subtest 'recycling loses no request' => sub {
	my @old = keys %{ workers() };
	$c->configure(CALENDLYD_WORKER_REQUESTS => 20);
	$c->calendlyd->signal('HUP');
	$c->wait_for(full_again(total(), @old), 'a new generation');
	my @load = load_all();
	$c->wait_for(sub { my $log = $c->log_text(qr/^calendlyd\.log/);
		(() = $log =~ m{\bapp/\d.* fresh process}g) > 15 &&
		(() = $log =~ m{\bingest/\d.* fresh process}g) > 5
	}, 'many to be recycled');
	for my $count (map { $_->stop } @load) {
		is lost($count), 0, 'none lost' or diag explain $count;
	}
	$c->configure(CALENDLYD_WORKER_REQUESTS => undef);
};

subtest 'SIGTERM finishes what is in hand and what waits' => sub {
	my $n = $WORKERS{app} + 2;
	my ($lock, $load) = in_hand($n);
	$c->calendlyd->signal('TERM');
	$c->wait_for(sub { !-e $c->stack->run . '/app.sock' }, 'no new ones');
	ok $c->calendlyd->running, 'it waits';
	$lock->rollback;
	my $count = $load->wait_end;
	is_deeply $count, { 200 => $n }, 'all are answered' or
	    diag explain $count;
	is $c->calendlyd->wait_end(GRACE), 0, 'exit status 0';
	ok !-e $c->stack->run . "/$_", "no $_ is left"
	    for qw(app.sock ingest.sock app.sock.health);
	restart();
};

subtest 'a second SIGTERM means now' => sub {
	my ($lock, $load) = in_hand(1);
	my $since = time;
	$c->calendlyd->signal('TERM');
	$c->wait_for(sub { !-e $c->stack->run . '/app.sock' }, 'the stop');
	$c->calendlyd->signal('TERM');
	my $status = $c->calendlyd->wait_end(GRACE);
	cmp_ok time - $since, '<', GRACE, 'it is gone before its time';
	isnt $status, 0, 'and says that it was not orderly';
	$lock->rollback;
	is lost($load->wait_end), 1, 'the request in hand was lost';
	restart();
};

subtest 'without a master no worker lives on' => sub {
	my @orphan = keys %{ workers() };
	kill KILL => $c->calendlyd->pid;
	$c->wait_for(sub { !grep { alive($_) } @orphan }, 'all to leave');
	$c->calendlyd->kill9;
	ok -e $c->stack->run . '/app.sock', 'the socket is left over';
	restart();
	is $c->agent->get($c->url('/healthz'))->res->code, 200,
	    'a new master takes its place';
};

subtest 'a second calendlyd disturbs nobody' => sub {
	my $r = Cal::Test::Proc->run([$c->stack->build . '/calendlyd', '-c',
		$c->stack->conf], 20);
	is $r->{status}, 1, 'it does not start';
	like $r->{err}, qr/another process listens there; stop it first/,
	    'and says why';
	is $c->agent->get($c->url('/healthz'))->res->code, 200,
	    'the first one serves on';
};

# As with a version from before it, that one went back to.
subtest 'without a process for health checks any worker answers' => sub {
	path($c->stack->run . '/app.sock.health')->remove;
	is $c->agent->get($c->url("/$_"))->res->code, 200, "/$_, each time"
	    for qw(healthz readyz) x 2;
};

# A zombie that nobody has reaped yet is not alive.
sub alive ($pid)
{
	my $stat = eval { path("/proc/$pid/stat")->slurp } // return 0;
	return $stat !~ /\) [ZX] /;
}

# Connections to the app's socket, taken or still waiting to be.
sub waiting
{
	my $socket = $c->stack->run . '/app.sock';
	return scalar grep { / \Q$socket\E$/ && !/ 00010000 / }
	    split /\n/, path('/proc/net/unix')->slurp;
}

done_testing;
