package Cal::Bench::Run;

# Cal::Bench::Run: one run of wrk or pgbench, and what it cost.
#
#	my $run = Cal::Bench::Run->new(c => $c, seconds => 10,
#	    connections => 16);
#	my $got = $run->wrk($file);
#	$got->{rate}, $got->{p99}, $got->{cpu}{nginx}, $got->{wal} ...
#
# Times are in milliseconds, "cpu" in seconds and "wal" in bytes for all of it.
# A run with an answer that is not 200 is no run: it dies.

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use File::Temp qw(tempdir);
use Mojo::File qw(path);
use Mojo::JSON qw(decode_json);

use Cal::Bench::Cpu;
use Cal::Test::Proc;

has [qw(c seconds connections)];
has also => sub { {} };		# programs to look at, as in Cal::Bench::Cpu
has script => sub { path(__FILE__)->to_abs->dirname->dirname->dirname->dirname
	->child('wrk.lua')->to_string };

sub _wal ($self)
{
	return ($self->c->db->selectrow_array(
		q{SELECT pg_current_wal_insert_lsn() - '0/0'}))[0];
}

# Runs "code", with all before it on disk; adds what it cost to its result.
sub measure ($self, $code)
{
	$self->c->db->do('CHECKPOINT');
	my $wal = $self->_wal;
	my $cpu = Cal::Bench::Cpu->start($self->c, also => $self->also);
	my $got = $code->();
	$got->{cpu} = $cpu->used;
	$got->{wal} = $self->_wal - $wal;
	return $got;
}

sub _run ($self, @argv)
{
	my $r = Cal::Test::Proc->run(\@argv, $self->seconds + 60);
	croak "$argv[0]: exit $r->{status}: $r->{err}$r->{out}"
	    if $r->{status};
	return $r->{out};
}

# "pause" is how many milliseconds a connection rests before each request, on
# average; "url" is another server than calendlyd's.
sub wrk ($self, $file, %arg)
{
	my @argv = ('wrk', '-t1', '-c', $self->connections, '-d',
		$self->seconds . 's', '--timeout', '30s', '-s', $self->script,
		$arg{url} // $self->c->url, '--', $file, $arg{pause} // 0);
	return $self->measure(sub {
		my $out = $self->_run(@argv);
		my ($json) = $out =~ /^RESULT (.*)/m
		    or croak "wrk: no result:\n$out";
		return $self->_checked(decode_json($json));
	});
}

sub _checked ($self, $got)
{
	croak 'wrk: answers that were errors: ' . $got->{status}
	    if $got->{status};
	croak "wrk: connections broke ($got->{broken}) or timed out " .
	    "($got->{timeout})" if $got->{broken} || $got->{timeout};
	croak "wrk: there were too few requests in the file by " .
	    $got->{ran_out} if $got->{ran_out};
	$got->{rate} = $got->{requests} / $got->{microseconds} * 1e6;
	$got->{$_} /= 1000 for qw(p50 p99 max);
	return $got;
}

# "sql" is prepared once; a :name in it is a parameter, with the same value
# every time.
sub pgbench ($self, $sql, %value)
{
	my $dir = tempdir('cal-pgbench-XXXXXX', TMPDIR => 1, CLEANUP => 1);
	path("$dir/script.sql")->spurt($sql);
	my ($cluster, $stack) = ($self->c->cluster, $self->c->stack);
	my @argv = ('pgbench', '-n', '-M', 'prepared', '-j', 2,
		'-c', $self->connections, '-T', $self->seconds,
		'-f', "$dir/script.sql", '-l', '--log-prefix', "$dir/log",
		'--sampling-rate', '0.1', '-h', $cluster->dir,
		'-U', 'postgres', (map { ('-D', "$_=$value{$_}") } keys %value),
		$stack->database);
	return $self->measure(sub {
		my $out = $self->_run(@argv);
		my ($n) = $out =~ /actually processed: (\d+)/;
		my ($rate) = $out =~ /^tps = ([\d.]+)/m;
		croak "pgbench:\n$out" if !$rate || $out !~
		    /failed transactions: 0 /;
		return { requests => $n, rate => $rate, _times($dir) };
	});
}

sub _times ($dir)
{
	my @ms = sort { $a <=> $b } map { (split / /)[2] / 1000 }
	    map { split /\n/, path($_)->slurp } glob "$dir/log.*";
	return (p50 => $ms[@ms * 0.5], p99 => $ms[@ms * 0.99],
	    max => $ms[-1]);
}

1;
