package Cal::Bench;

# Cal::Bench: what benchmarks are written with: ratios of things that are
# measured in turn, in one run, on one machine.
#
#	use Cal::Bench;
#	my $o = options(seconds => 10, rounds => 5);
#	my $c = world(settings => { CALENDLYD_RUNNERS => 0 });
#	my $endpoint = users($c, 100);
#	...
#	report('ingest', $text);	# printed, and var/bench/ingest.md
#
# A world is Cal::Test's: nginx as shipped, TLS, calendlyd's build, sandbox;
# but PostgreSQL is durable, with the settings below for all who are measured,
# and one address may send more webhooks than nginx usually lets it.

use Mojo::Base 'Exporter', -signatures;

use Carp qw(croak);
use File::Path qw(make_path);
use Getopt::Long ();
use List::Util qw(max min sum);
use Mojo::File qw(path);

use Cal::Bench::Cpu;
use Cal::Test;
use Cal::Test::Cluster;
use Cal::Test::Stack;

our @EXPORT = qw(options world users backlog median spread per cpu_table
    table report);

my @POSTGRES = qw(fsync=on synchronous_commit=on full_page_writes=on
    shared_buffers=512MB max_wal_size=16GB min_wal_size=4GB
    checkpoint_timeout=30min);

use constant OTHERS_MOST => 10;	# per cent

my ($cluster, @world, $command);
my $owner = $$;

sub import ($class, @)
{
	$_->import for qw(strict warnings utf8);
	feature->import('signatures', ':5.28');
	warnings->unimport('experimental::signatures');
	$SIG{$_} = sub { exit 130 } for qw(INT TERM HUP);
	binmode $_, ':encoding(UTF-8)' for \*STDOUT, \*STDERR;
	STDOUT->autoflush(1);
	$class->export_to_level(1);
	return;
}

# The options that a program has, with their defaults: --name VALUE.
sub options (%default)
{
	$command = join ' ', 'perl', $0, @ARGV;
	my %value = %default;
	Getopt::Long::GetOptions(\%value, map {"$_=s"} keys %default) &&
	    !@ARGV or die "usage: $0" . join('', map {" [--$_ " .
	    "$default{$_}]"} sort keys %default) . "\n";
	return \%value;
}

# As Cal::Test->start; all worlds of a run share one cluster.
sub world (%arg)
{
	$cluster //= Cal::Test::Cluster->own($Cal::Test::Stack::TOP, @POSTGRES);
	local $ENV{CAL_TEST_CLUSTER} = $cluster->dir;
	my $c = Cal::Test->start(%arg, settings => {
		CALENDLYD_LOG_LEVEL	  => 'info',
		CALENDLYD_WORKER_REQUESTS => 0,	# none leaves while we look
		%{ $arg{settings} // {} } });
	lift_limit($c);
	push @world, $c;
	return $c;
}

# All that wrk sends comes from one address.
sub lift_limit ($c)
{
	my $file = path($c->stack->dir, 'nginx', 'site.conf');
	my $text = $file->slurp;
	$text =~ s/(zone=calendlyd_webhook:\S+ rate=)5000r/${1}100000r/
	    or croak "$file: no limit of webhooks";
	$file->spurt($text);
	kill HUP => $c->nginx->pid;
	return;
}

# So many users more, connected; their endpoints' names. Nothing of it is at
# Calendly, so nobody is to look there.
sub users ($c, $times)
{
	my $db = $c->db;
	my ($have) = $db->selectrow_array('SELECT count(*) FROM connections');
	my @range = ($have + 1, $have + $times);
	$db->begin_work;
	$db->do('SET LOCAL session_replication_role = replica');
	$db->do(q{CREATE OR REPLACE FUNCTION pg_temp.uuid_of(kind int, n int)
		RETURNS uuid LANGUAGE sql IMMUTABLE AS
		$$ SELECT md5('bench-' || kind || '-' || n)::uuid $$});
	$db->do(q{INSERT INTO accounts (user_uuid)
		SELECT 'bench-' || n FROM generate_series(?::int, ?) n},
		undef, @range);
	$db->do(q{INSERT INTO connections (id, tenant_id, user_id, status,
			grant_id, connected_at, capability, next_check_at)
		SELECT pg_temp.uuid_of(1, n), t.id, 'user-' || n, 'connected',
		       pg_temp.uuid_of(2, n), now(), 'ok', 'infinity'
		  FROM generate_series(?::int, ?) n, tenants t}, undef, @range);
	$db->do(q{INSERT INTO grants (id, tenant_id, connection_id,
			account_id, status, user_uri, organization_uri)
		SELECT pg_temp.uuid_of(2, n), c.tenant_id, c.id, a.id, 'live',
		       'https://api.calendly.com/users/' || c.id,
		       'https://api.calendly.com/organizations/' || c.id
		  FROM generate_series(?::int, ?) n
		  JOIN connections c ON c.id = pg_temp.uuid_of(1, n)
		  JOIN accounts a ON a.user_uuid = 'bench-' || n}, undef, @range);
	$db->do(q{INSERT INTO endpoints (tenant_id, connection_id, grant_id,
			hash)
		SELECT c.tenant_id, c.id, c.grant_id, sha256(convert_to(
		       'bench-' || lpad(n::text, 37, '0'), 'UTF8'))
		  FROM generate_series(?::int, ?) n
		  JOIN connections c ON c.id = pg_temp.uuid_of(1, n)}, undef, @range);
	$db->commit;
	$db->do('VACUUM ANALYZE');
	return [map { sprintf 'bench-%037d', $_ } $range[0] .. $range[1]];
}

# How much waits to be applied, or for its number in the feed.
sub backlog ($db)
{
	return ($db->selectrow_array('SELECT (SELECT count(*)
		FROM delivery_queue) + (SELECT count(*) FROM event_queue)'))[0];
}

sub median (@value)
{
	my @sorted = sort { $a <=> $b } @value;
	my $half = @sorted / 2;
	return @sorted % 2 ? $sorted[$half]
	    : ($sorted[$half - 1] + $sorted[$half]) / 2;
}

# "0.93 (0.91 to 0.96)"
sub spread ($format, @value)
{
	return sprintf "$format ($format to $format)", median(@value),
	    min(@value), max(@value);
}

# How much of "wal" or so one request took, in the median of runs.
sub per ($runs, $key)
{
	return median(map { $_->{$key} / ($_->{requests} || 1) } @$runs);
}

# Microseconds of each process for one request: a row for each [name, runs].
# "Together" is theirs, which says more than times do while others use the
# machine, too.
sub cpu_table ($what, @row)
{
	my (%total, %mean);
	for my $row (@row) {
		my ($name, $runs) = @$row;
		my $mean = $mean{$name} = _mean_cpu($runs);
		$total{$_} += $mean->{$_} for keys %$mean;
	}
	my @who = sort { $total{$b} <=> $total{$a} }
	    grep { $total{$_} >= @row } keys %total;
	return table([$what, @who], map { my $mean = $mean{ $_->[0] };
		[$_->[0], map { sprintf '%.0f', $mean->{$_} // 0 } @who]
	} @row);
}

sub _mean_cpu ($runs)
{
	my %seconds;
	for my $run (@$runs) {
		$seconds{$_} += $run->{cpu}{$_} for keys %{ $run->{cpu} };
	}
	$seconds{together} = sum(values %seconds);
	my $requests = sum(map { $_->{requests} } @$runs) || 1;
	return { map { ($_ => 1e6 * $seconds{$_} / $requests) } keys %seconds };
}

# Markdown: a table of rows, the first its head.
sub table (@row)
{
	splice @row, 1, 0, [('---') x @{ $row[0] }];
	return join '', map { '| ' . join(' | ', @$_) . " |\n" } @row;
}

# Printed as it comes, and kept under var/bench; but not if others were at work.
sub report ($name, @text)
{
	my $others = Cal::Bench::Cpu->others;
	die sprintf "%s: %.0f %% of the processors' work was not ours, so the" .
	    " figures say nothing. Measure again while nothing else runs; or" .
	    " set CAL_BENCH_BUSY=1 to have them all the same.\n", $name,
	    $others if $others > OTHERS_MOST && !$ENV{CAL_BENCH_BUSY};
	my $text = join "\n", "# $name\n", _circumstances(), @text;
	my $dir = "$Cal::Test::Stack::TOP/var/bench";
	make_path($dir);
	path("$dir/$name.md")->spurt(Mojo::Util::encode('UTF-8', $text));
	print "\n$text\nwritten to $dir/$name.md\n";
	return;
}

sub _circumstances ()
{
	my ($os) = path('/etc/os-release')->slurp =~ /^PRETTY_NAME="(.*)"/m;
	my $cpus = () = path('/proc/cpuinfo')->slurp =~ /^processor\s/mg;
	my ($memory) = path('/proc/meminfo')->slurp =~ /^MemTotal:\s+(\d+)/;
	my ($postgres) = $world[0]->db->selectrow_array('SHOW server_version');
	my ($commit) = `git -C $Cal::Test::Stack::TOP describe --always --dirty`
	    =~ /(\S+)/;
	return sprintf "`%s`, commit %s\n\n%s, %d processors, %d GB, " .
	    "PostgreSQL %s with %s. %.0f %% of the processors' work was not " .
	    "ours.\n", $command, $commit // 'unknown', $os,
	    $cpus, $memory / 1024 ** 2 + 0.5, $postgres,
	    join(', ', map {"`$_`"} @POSTGRES), Cal::Bench::Cpu->others;
}

# Before Cal::Test's own, which would find its databases' server gone.
END {
	if ($$ == $owner && $cluster) {
		my $status = $?;
		$_->stop for reverse @world;
		$cluster->release;
		$? = $status;
	}
}

1;
