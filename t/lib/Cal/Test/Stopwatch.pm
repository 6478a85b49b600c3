package Cal::Test::Stopwatch;

# Cal::Test::Stopwatch: how long something took that the product is responsible
# for: not for the time in which a process that takes part was ready to run and
# the machine had no CPU for it.
#
#	my $watch = Cal::Test::Stopwatch->start($c);
#	... a deed ...
#	cmp_ok $watch->seconds, '<', 1, 'in time';
#
# Those who take part are the test, all that it has started, and PostgreSQL's
# processes for its database. The kernel counts for each how long it stood in
# the run queue (/proc/PID/schedstat). All of it is taken off, though some of
# them wait at the same time: on a quiet machine the result is what the clock
# says, on a busy one it is too small, even below zero, but never too large. What
# sleeps, polls or waits for an answer stands in no queue and counts in full.

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

# Are as many seconds over? The kernel is asked only if they may be.
sub over ($self, $seconds)
{
	return time - $self->begun > $seconds && $self->seconds > $seconds;
}

# { pid => seconds in the run queue so far }
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
