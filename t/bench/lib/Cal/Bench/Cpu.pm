package Cal::Bench::Cpu;

# Cal::Bench::Cpu: who used how much of the processors, from /proc.
#
#	my $cpu = Cal::Bench::Cpu->start($c, also => { peer => $proc });
#	...
#	my $used = $cpu->used;		# { nginx => 1.07, ... } in seconds
#
# Backends are named by whom they serve. Those that came and went meanwhile
# (pgbench's) are "ended backends"; "client" are our own children that ended.

use Mojo::Base -base, -signatures;

use List::Util qw(sum);
use POSIX ();

has [qw(c before)];
has also => sub { {} };

my $TICKS = POSIX::sysconf(POSIX::_SC_CLK_TCK());

sub start ($class, $c, %arg)
{
	my $self = $class->new(c => $c, %arg);
	return $self->before($self->_sample);
}

my ($all, $ours) = (0, 0);

sub used ($self)
{
	my ($was, $is, %used) = ($self->before, $self->_sample);
	my $machine = delete($is->{machine}) - delete $was->{machine};
	for my $what (keys %$is) {
		my ($name) = split /\0/, $what;
		$used{$name} += $is->{$what} - ($was->{$what} // 0);
	}
	$all += $machine;
	$ours += sum(values %used);
	return \%used;
}

# How much of what the processors did, in per cent and over all samples, was
# not of those we look at: interrupts and kernel threads, and other people's
# programs, which make figures worthless.
sub others ($class)
{
	return $all > 0 ? 100 * (1 - $ours / $all) : 0;
}

# Seconds so far, by "name\0pid".
sub _sample ($self)
{
	my (%sample, @child) = (client => (times)[2] + (times)[3]);
	my $pids = $self->_pids;
	for my $name (keys %$pids) {
		$sample{"$name\0$_"} = (_seconds($_))[0]
		    for @{ $pids->{$name} };
	}
	my $postmaster = $self->c->cluster->postmaster;
	($sample{"postmaster\0"}, $sample{'ended backends'}) =
	    _seconds($postmaster);
	$sample{machine} = _machine();
	return \%sample;
}

sub _pids ($self)
{
	my $stack = $self->c->stack;
	my ($nginx, $daemon) = ($stack->nginx, $stack->calendlyd);
	my %pids;
	$pids{nginx} = [$nginx->pid, $nginx->children] if $nginx;
	if ($daemon && $daemon->running) {
		$pids{"$_ workers"} = [$daemon->children(qr{^$_/})]
		    for qw(app ingest);
		$pids{"${_}s"} = [$daemon->children(qr{^$_/})]
		    for qw(runner pusher);
	}
	my $also = $self->also;
	$pids{$_} = [$also->{$_}->pid, $also->{$_}->children] for keys %$also;
	push @{ $pids{ $_->[0] } }, $_->[1] for $self->_backends;
	return \%pids;
}

sub _backends ($self)
{
	return @{ $self->c->db->selectall_arrayref(q{
		SELECT CASE backend_type WHEN 'client backend' THEN
		       coalesce(nullif(application_name, ''), 'bench') ||
		       ' backends' ELSE backend_type END, pid
		  FROM pg_stat_activity
		 WHERE pid <> pg_backend_pid()}) };
}

# Used by a process, and by its children that ended.
sub _seconds ($pid)
{
	open my $in, '<', "/proc/$pid/stat" or return (0, 0);
	my @field = split ' ', <$in> =~ s/^.*\) //sr;
	return (($field[11] + $field[12]) / $TICKS,
	    ($field[13] + $field[14]) / $TICKS);
}

# All that the processors did, whoever for.
sub _machine ()
{
	open my $in, '<', '/proc/stat' or return 0;
	my (undef, $user, $nice, $system, undef, undef, @interrupt) =
	    split ' ', <$in>;
	return sum($user, $nice, $system, @interrupt[0, 1]) / $TICKS;
}

# The memory that is a process's own, shared pages by their share: in KiB.
sub pss ($class, @pid)
{
	return map { _pss($_) } @pid;
}

sub _pss ($pid)
{
	open my $in, '<', "/proc/$pid/smaps_rollup" or return 0;
	my ($pss) = join('', <$in>) =~ /^Pss:\s+(\d+) kB/m;
	return $pss;
}

1;
