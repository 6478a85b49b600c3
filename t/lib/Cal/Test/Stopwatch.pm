package Cal::Test::Stopwatch;

# Cal::Test::Stopwatch: measures how long something took for which the program
# is responsible: it leaves out time in which a process was ready to run but the
# machine had no CPU for it.
#
#	my $watch = Cal::Test::Stopwatch->start($c);
#	... a deed ...
#	cmp_ok $watch->seconds, '<', 1, 'in time';
# The processes that count are the test, all that it has started, and
# PostgreSQL's processes for its database. The kernel counts for each process
# how long it waited in the run queue (/proc/PID/schedstat). The sum of these is
# subtracted, although some of them wait at the same time. So on a quiet machine
# the result is what the clock says; on a busy machine it is too small, possibly
# even negative, but never too large. A process that sleeps, polls or waits for
# an answer is not in the run queue, so that time counts in full.

use Mojo::Base -base, -signatures;

use Time::HiRes qw(time);

has 'c';
has [qw(begun queued)];

sub start ($class, $c)
{
	my $self = $class->new(c => $c);
	return $self->queued($self->_queued)->begun(time);
}

sub seconds ($self)
{
	my $took = time - $self->begun;
	my ($before, $now) = ($self->queued, $self->_queued);
	$took -= $now->{$_} - ($before->{$_} // 0) for keys %$now;
	return $took;
}

# Returns whether that many seconds are over. The kernel is asked only if they
# may be.
sub over ($self, $seconds)
{
	return time - $self->begun > $seconds && $self->seconds > $seconds;
}

# Returns { pid => seconds in the run queue so far }.
sub _queued ($self)
{
	my %queued;
	for my $pid (_descendants($$), $self->_backends) {
		open my $in, '<', "/proc/$pid/schedstat" or next;
		my $text = readline($in) // next;
		$queued{$pid} = (split / /, $text)[1] / 1e9;
	}
	return \%queued;
}

sub _backends ($self)
{
	return @{ $self->c->db->selectcol_arrayref('SELECT pid
	    FROM pg_stat_activity WHERE datname = current_database()') };
}

sub _descendants ($ancestor)
{
	my %child;
	for my $file (glob '/proc/[0-9]*/stat') {
		open my $in, '<', $file or next;
		my $text = readline($in) // next;
		push @{ $child{$2} }, $1 if $text =~ /^(\d+) .*\) \S (\d+)/;
	}
	my @all = ($ancestor);
	for (my $n = 0; $n < @all; $n++) {
		push @all, @{ $child{ $all[$n] } // [] };
	}
	return @all;
}

1;
