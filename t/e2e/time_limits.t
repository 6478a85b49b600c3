# PostgreSQL itself limits calendlyd's statements, by settings of its role in
# this database: a statement whose process is gone holds no lock for long, and a
# lock that is held for long does not look like a server that hangs. But a
# COMMIT that waits for a synchronous standby is not cut short.

use Cal::Test;

use Cal::Test::Body qw(delivery invitee_uri uuid);
use Cal::Test::Metrics;
use DBD::Pg qw(:async);
use Time::HiRes qw(time sleep);

use constant WHILE => 3;	# s that are longer than a limit of one

my $c = Cal::Test->start(own_cluster => 1);
my $database = $c->stack->database;
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');

sub setting ($name) { return $c->cluster->db($database, 'calendlyd')
	->selectrow_array('SELECT current_setting(?)', undef, $name) }

sub stalls { return Cal::Test::Metrics->scrape($c)
	->value('calendlyd_database_stalls_total') // 0 }

sub migrate { return $c->run_ctl('migrate', '--dir',
	"$Cal::Test::Stack::TOP/migrations") }

sub doctor { return $c->run_ctl('doctor')->{out} =~ /^(time limits\s.*)/m
	? $1 : '' }

sub waits ($wait)
{
	return $c->db->selectrow_array('SELECT count(*) FROM pg_stat_activity' .
		q{ WHERE usename = 'calendlyd' AND wait_event = ?}, undef, $wait);
}

sub standby ($name)
{
	$c->db->do("ALTER SYSTEM SET synchronous_standby_names = '$name'");
	$c->db->do('SELECT pg_reload_conf()');
	return $c->wait_for(sub { $c->db->selectrow_array(
		'SHOW synchronous_standby_names') eq $name }, 'the setting');
}

subtest 'migrate sets the limits, and leaves others alone' => sub {
	is setting('statement_timeout'), '6s', 'for a statement';
	is setting('idle_in_transaction_session_timeout'), '30s',
	    'for a transaction in which nothing happens';
	like doctor(), qr/ok/, 'the doctor is content';
	my $alter = "ALTER ROLE calendlyd IN DATABASE $database";
	$c->db->do("$alter RESET ALL");
	like doctor(), qr/warn.*ALTER ROLE calendlyd IN DATABASE/,
	    'who has none is told how to set them';
	$c->db->do("$alter SET statement_timeout = '5s'");
	is migrate()->{status}, 0, 'migrated again';
	is setting('statement_timeout'), '5s', 'an operator\'s own stays';
	is setting('idle_in_transaction_session_timeout'), '30s',
	    'what was missing is there again';
	$c->db->do("$alter RESET statement_timeout");
	is migrate()->{status}, 0, 'migrated once more';
};

subtest 'who may not set them goes on without' => sub {
	$c->db->do("ALTER ROLE calendlyd IN DATABASE $database RESET ALL");
	$c->db->do('ALTER ROLE calendlyd_admin NOCREATEROLE');
	my $r = migrate();
	is $r->{status}, 0, 'migrated';
	like $r->{err}, qr/ALTER ROLE calendlyd IN DATABASE \w+ SET/,
	    'and told what somebody else must do';
	$c->db->do('ALTER ROLE calendlyd_admin CREATEROLE');
	is migrate()->{status}, 0, 'now it may';
	is setting('statement_timeout'), '6s', 'and does';
};

subtest 'a lock that is held for long is no server that hangs' => sub {
	$c->calendlyd->restart;
	$c->wait_ready;
	my $before = stalls();
	my $lock = $c->cluster->db($database);
	$lock->begin_work;
	$lock->do('LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE');
	is $c->api(GET => '/v1/connections')->code, 503, 'who needs it is told';
	my $at = time;
	$c->wait_for(sub { waits('relation') == 0 }, 'nobody to wait');
	$lock->rollback;
	is stalls(), $before, 'nobody leaves the server for it';
	is $c->api(GET => '/v1/connections')->code, 200, 'all goes on';
};

# PostgreSQL takes a new setting up a moment after it has read it.
sub until_commits_wait
{
	my $probe = $c->cluster->db($database);
	$probe->{PrintWarn} = 0;
	$c->wait_for(sub {
		$probe->do(q{SELECT pg_logical_emit_message(true, '', '')},
			{ pg_async => PG_ASYNC });
		sleep 0.3;
		return !$probe->pg_ready || !$probe->pg_result;
	}, 'commits to wait');
	$probe->pg_cancel;
	$probe->disconnect;
	return;
}

# As lib/db does both: in a transaction, and by a single statement.
subtest 'a COMMIT that waits for a standby is not cut short' => sub {
	$c->calendlyd->stop;	# they would wait, too
	$c->db->do('CREATE TABLE note (text text)');
	$c->db->do('GRANT INSERT ON note TO calendlyd');
	for my $in_one (0, 1) {
		my $db = $c->cluster->db($database, 'calendlyd');
		$db->do("SET statement_timeout = '1s'");
		standby('nowhere');
		until_commits_wait();
		my $warned = '';
		local $SIG{__WARN__} = sub ($why) { $warned .= $why };
		$db->{PrintWarn} = 1;
		if ($in_one) {
			$db->do("INSERT INTO note VALUES ('one')",
				{ pg_async => PG_ASYNC });
		} else {
			$db->do('BEGIN');
			$db->do("INSERT INTO note VALUES ('two')");
			$db->do('COMMIT', { pg_async => PG_ASYNC });
		}
		$c->wait_for(sub { waits('SyncRep') }, 'the standby');
		my $since = time;
		sleep 0.1 while time < $since + WHILE;
		ok !$db->pg_ready, 'it still waits, far beyond the limit';
		standby('');
		ok $db->pg_result, 'until the standby is no more';
		is $warned, '', 'without a warning';
	}
	is $c->db->selectrow_array('SELECT count(*) FROM note'), 2,
	    'both are there';
	$c->start_calendlyd;
};

subtest 'who is gone holds no lock for long' => sub {
	my $lock = $c->cluster->db($database);
	$lock->begin_work;
	$lock->do('LOCK TABLE endpoints IN ACCESS EXCLUSIVE MODE');
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		$c->deliver($url, delivery('invitee.created',
			uri => invitee_uri(uuid(14, 1))));
		POSIX::_exit(0);
	}
	$c->wait_for(sub { waits('relation') }, 'one who waits for it');
	kill KILL => $c->calendlyd->children(qr{^ingest/});
	my $since = time;
	$c->wait_for(sub { !waits('relation') || time > $since + 15 },
		'the server to stop');
	cmp_ok time - $since, '<', 15, 'the server has stopped by itself';
	$lock->rollback;
	waitpid $pid, 0;
};

done_testing;
