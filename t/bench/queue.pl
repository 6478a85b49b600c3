#!/usr/bin/perl
# queue.pl: what it costs to take deliveries and jobs while many rows are in the
# way that nobody may take: due later, parked, or taken just now and dead, in
# relation to none.
#
#	perl t/bench/queue.pl [--front 300000] [--backlog 20000] [--jobs 1000]
#
# One process takes batches as a runner does, and removes them; nothing is
# applied, so what is measured is the taking: processor time of the one backend
# that does it, whatever the disk and others are about. What is in the way has been
# vacuumed and analyzed, but for what is dead: that is there while somebody
# holds an old snapshot, and is just so after the snapshot has gone.

use lib 't/lib', 't/bench/lib';
use Cal::Bench;
use Mojo::File qw(path);
use POSIX ();

my $o = options(front => 300_000, backlog => 20_000, jobs => 1000);
my $c = world(settings => { CALENDLYD_RUNNERS => 0 });
my $db = $c->db;
users($c, 100);
my $runner = $c->cluster->db($c->stack->database, 'calendlyd');

$runner->do('SET synchronous_commit = off');
my ($backend) = $runner->selectrow_array('SELECT pg_backend_pid()');

# What the backend has used so far, in microseconds.
sub cpu ()
{
	my ($user, $system) = (split ' ', path("/proc/$backend/stat")->slurp
	    =~ s/.*\)//sr)[11, 12];
	return ($user + $system) * 1e6 / POSIX::sysconf(POSIX::_SC_CLK_TCK);
}

# What lies in front of all others, by its name.
my @FRONT = (
	['nothing'],
	['due later', q{3, now() + interval '1 day', NULL}],
	['parked', q{12, now() - interval '1 day', now()}],
	['dead, under a snapshot', undef, 1],
	['dead', undef, 0],
);

sub fill ($times, $what, $size = 1)
{
	$db->do("WITH d AS (
		INSERT INTO deliveries_in (event_id, tenant_id, connection_id,
		       endpoint_id, kind, signed_with, body)
		SELECT gen_random_uuid(), c.tenant_id, c.id, 1,
		       'invitee.created', 0, convert_to(repeat('x', $size),
		       'UTF8')
		  FROM (SELECT tenant_id, id, row_number() OVER () AS n
			  FROM connections) c
		  JOIN generate_series(1, $times) g (i) ON g.i % 100 = c.n % 100
		RETURNING id, tenant_id, event_id)
		INSERT INTO delivery_queue (delivery_id, tenant_id, event_id,
		       tries, next_run_at, parked_at)
		SELECT id, tenant_id, event_id, $what FROM d");
	return;
}

sub fill_jobs ($times, $name, $what)
{
	$db->do("INSERT INTO jobs (tenant_id, kind, subject, tries,
		       next_run_at, parked_at)
		SELECT (SELECT min(id) FROM tenants), 'x', '$name-' || n,
		       $what
		  FROM generate_series(1, $times) n");
	return;
}

# All that may be taken; microseconds each.
sub take ()
{
	my ($since, $n, $start) = ('-infinity', 0, cpu());
	while (1) {
		$runner->begin_work;
		my $got = $runner->selectall_arrayref('SELECT id, due, tenant_id
			FROM delivery_take(128, 4194304, ?)', {},
			$since);
		if (!@$got) {
			$runner->rollback;
			last;
		}
		$since = $got->[0][1];
		$runner->do(q{SELECT set_config('calendlyd.tenant', ?, true)},
			{}, $got->[0][2]);
		$runner->do('DELETE FROM delivery_queue WHERE delivery_id = ANY
			(?::bigint[])', {}, [map { $_->[0] } @$got]);
		$runner->commit;
		$n += @$got;
	}
	return (cpu() - $start) / $n;
}

sub claim ()
{
	my ($n, $start) = (0, cpu());
	while (my @job = $runner->selectrow_array('SELECT id, attempt, wanted
		FROM job_take(gen_random_uuid(), 300, false, false, 0)
		WHERE id IS NOT NULL')) {
		$runner->do('SELECT job_finish(?, ?, ?)', {}, @job);
		$n++;
	}
	return (cpu() - $start) / $n;
}

# Rows that are taken and removed while $reader looks on, if anybody does.
sub die_in_front ($reader)
{
	my $due = q{0, now() - interval '1 hour', NULL};
	$reader->do('BEGIN ISOLATION LEVEL REPEATABLE READ');
	$reader->selectrow_array('SELECT count(*) FROM tenants');
	fill($o->{front}, $due);
	fill_jobs($o->{front}, 'front', $due);
	$db->do('DELETE FROM delivery_queue');
	$db->do('DELETE FROM jobs');
	return;
}

sub measure ($name, $what = undef, $snapshot = undef)
{
	my $reader = $c->cluster->db($c->stack->database);
	$db->do('TRUNCATE delivery_queue, deliveries_in, jobs');
	if ($what) {
		fill($o->{front}, $what);
		fill_jobs($o->{front}, 'front', $what);
	}
	$db->do("VACUUM ANALYZE $_") for qw(delivery_queue deliveries_in jobs);
	die_in_front($reader) if defined $snapshot;
	$reader->do('ROLLBACK') if defined $snapshot && !$snapshot;
	fill($o->{backlog}, '0, now(), NULL', 1500);
	fill_jobs($o->{jobs}, 'x', '0, now(), NULL');
	my %got = (name => $name, take => take(), claim => claim());
	printf "%s: %.0f us a delivery, %.0f us a job\n",
	    @got{qw(name take claim)};
	return \%got;
}

my @result = map { measure(@$_) } @FRONT;
my $base = $result[0];
report('queue',
	table(["$o->{front} in the way", 'µs a delivery', 'to none',
		'µs a job', 'to none'],
	    map { my $r = $_; [$r->{name}, map { (sprintf('%.0f', $r->{$_}),
		sprintf('**%.2f**', $r->{$_} / $base->{$_})) }
		qw(take claim)] } @result));
