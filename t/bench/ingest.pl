#!/usr/bin/perl
# ingest.pl: how fast webhooks are taken in, through nginx, in relation to what
# PostgreSQL can commit on this machine: pgbench inserting the same body by a
# prepared statement, a row a transaction, into a table with a primary key and
# one unique index, with as many connections.
#
#	perl t/bench/ingest.pl [--connections 8,16,32,64] [--seconds 10]
#	    [--rounds 5] [--workers auto] [--endpoints 100]
#	    [--memory 100000]
#
# All run in turn, in each round on empty tables; a ratio is the median of the
# rounds'. All answers must be 200 and all rows be there. "memory" is after how
# many requests of each worker its memory is looked at.
#
# Two limits frame us: an nginx that answers by itself what it would have passed
# on, and pgbench inserting batches of our size over as many connections as
# there are ingest workers.

use lib 't/lib', 't/bench/lib';
use Cal::Bench;
use Cal::Bench::Cpu;
use Cal::Bench::Nginx;
use Cal::Bench::Pool;
use Cal::Bench::Run;
use Cal::Test::Metrics;
use Carp qw(croak);
use List::Util qw(max);

# "plain" is the bar: what anyone would write. "lean" stores a body as we do,
# which spares PostgreSQL some work.
my %YARDSTICK = (
	plain => { type => 'bytea', with => '' },
	lean  => { type => 'text',
		with => 'ALTER TABLE yardstick ALTER body SET STORAGE MAIN,
		    ALTER body SET COMPRESSION lz4' },
);

my $o = options(connections => '8,16,32,64', seconds => 10, rounds => 5,
	workers => 'auto', endpoints => 100, memory => 100_000);
my $c = world(settings => { CALENDLYD_RUNNERS => 0,
	CALENDLYD_INGEST_WORKERS => $o->{workers} });
my $workers = () = $c->calendlyd->children(qr{^ingest/});
my $db = $c->db;
my ($idle, $served) = (memory(), 0);
my ($webhooks, $batches) = (0, 0);	# at the last look
my $bare = Cal::Bench::Nginx->start($c, 'bare',
	"return 200 '{\"stored\":true}';");
my $pool = Cal::Bench::Pool->new;
my $file = $pool->enough($c, users($c, $o->{endpoints}), $o->{seconds},
	max(split /,/, $o->{connections}));
my $text = $pool->median_body;
$YARDSTICK{plain}{body} = '\x' . unpack 'H*', $text;
$YARDSTICK{lean}{body} = $text;

sub memory ()
{
	return median(Cal::Bench::Cpu->pss(
		$c->calendlyd->children(qr{^ingest/})));
}

sub rows ($table)
{
	return ($db->selectrow_array("SELECT count(*) FROM $table"))[0];
}

# What was in flight when the time was over may or may not be stored.
sub ingest ($run)
{
	$db->do('TRUNCATE deliveries_in, delivery_queue');
	my $got = $run->wrk($file);
	my $late = rows('deliveries_in') - $got->{requests};
	croak "$got->{requests} answers of 200, but $late rows more"
	    if $late < 0 || $late > $run->connections;
	$served += $got->{requests};
	return $got;
}

# Inserts "batch" rows a transaction.
sub yardstick ($run, $yard, $batch = 1)
{
	$db->do('DROP TABLE IF EXISTS yardstick');
	$db->do("CREATE TABLE yardstick (
		id	bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		key	uuid NOT NULL UNIQUE,
		body	$yard->{type} NOT NULL)");
	$db->do($yard->{with}) if $yard->{with};
	my $got = $run->pgbench('INSERT INTO yardstick (key, body)' .
		" VALUES (gen_random_uuid(), :body);\n",
		body => $yard->{body});
	my $rows = rows('yardstick');
	croak "$got->{requests} transactions, but $rows rows"
	    if $rows != $got->{requests};
	return $got;
}

# Webhooks that share a commit, on average, since the last look.
sub batch_size ()
{
	my $metrics = Cal::Test::Metrics->scrape($c);
	my ($was, $were) = ($webhooks, $batches);
	($webhooks, $batches) = map {
		$metrics->value("calendlyd_ingest_batch_size_$_") // 0
	} qw(sum count);
	return ($webhooks - $was) / (($batches - $were) || 1);
}

sub limits ($connections)
{
	batch_size();
	ingest(Cal::Bench::Run->new(c => $c, seconds => $o->{seconds},
		connections => $connections));
	my $batch = batch_size();
	# It is several times as fast, and the file is for us.
	my $alone = Cal::Bench::Run->new(c => $c, seconds => max(1,
		int($o->{seconds} / 4)), connections => $connections)
	    ->wrk($file, url => $bare->url);
	my $run = Cal::Bench::Run->new(c => $c, seconds => $o->{seconds},
		connections => $workers);
	my $rows = int($batch + 0.5) || 1;
	my $commits = yardstick($run, $YARDSTICK{lean}, $rows);
	return [$connections, sprintf('%.0f', $alone->{rate}),
		sprintf('%.1f', $batch), sprintf '%.0f', $rows *
		$commits->{rate}];
}

sub compare ($connections)
{
	my $run = Cal::Bench::Run->new(c => $c, seconds => $o->{seconds},
		connections => $connections);
	my %result = (n => $connections);
	for my $round (1 .. $o->{rounds}) {
		my %got = (ours => ingest($run), map {
			($_ => yardstick($run, $YARDSTICK{$_}))
		} sort keys %YARDSTICK);
		push @{ $result{$_} }, $got{$_} for keys %got;
		push @{ $result{"to $_"} }, $got{ours}{rate} / $got{$_}{rate}
		    for keys %YARDSTICK;
		printf "%d connections, round %d: %.0f/s, pgbench %.0f/s " .
		    "(lean %.0f/s)\n", $connections, $round,
		    map { $got{$_}{rate} } qw(ours plain lean);
	}
	return \%result;
}

sub middle ($runs, $key)
{
	return median(map { $_->{$key} } @$runs);
}

sub rates (@result)
{
	my @side = qw(ours plain lean);
	return table(['connections', 'ratio to pgbench (of all rounds)',
		'to lean', 'webhooks/s', 'pgbench/s', 'lean/s',
		'p50, p99 ms', 'pgbench', 'WAL bytes each', 'pgbench'],
	    map { my $r = $_; [
		$r->{n}, '**' . spread('%.2f', @{ $r->{'to plain'} }) . '**',
		spread('%.2f', @{ $r->{'to lean'} }),
		(map { sprintf '%.0f', middle($r->{$_}, 'rate') } @side),
		(map { sprintf '%.1f, %.1f', middle($r->{$_}, 'p50'),
			middle($r->{$_}, 'p99') } qw(ours plain)),
		(map { sprintf '%.0f', per($r->{$_}, 'wal') }
			qw(ours plain))] } @result);
}

# Grows with every request until the allocator has seen the largest batch.
sub memory_line ()
{
	my $run = Cal::Bench::Run->new(c => $c, seconds => $o->{seconds},
		connections => 32);
	ingest($run) while $served < $o->{memory} * $workers;
	sleep 1;		# what a batch took is given back when idle
	my $now = memory();
	return sprintf "PSS of an ingest worker: %.2f MiB before its first " .
	    "request, %.2f MiB idle after %d (all %d workers had %d): %.2f of it.\n",
	    $idle / 1024, $now / 1024, $served / $workers,
	    $workers, $served, $now / $idle;
}

my @connections = split /,/, $o->{connections};
my @result = map { compare($_) } @connections;
my @limits = map { limits($_) } @connections;
my $memory = memory_line();
$bare->proc->stop;
report('ingest', rates(@result), table(['connections',
	'nginx alone, answers/s', 'webhooks a commit',
	'rows/s in such batches, pgbench'], @limits), $memory,
	map { my $side = $_; ("CPU, microseconds each, " .
		($side eq 'ours' ? 'webhooks' : 'pgbench') . ":\n",
		cpu_table('connections', map { [$_->{n}, $_->{$side}] }
		    @result)) } qw(ours plain));
