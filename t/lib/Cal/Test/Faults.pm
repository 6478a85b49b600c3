package Cal::Test::Faults;

# Cal::Test::Faults: the points at which calendlyd of build-fault can be killed
# (lib/fault.h): which ones were passed, and a kill at one of them.
#
#	my $faults = Cal::Test::Faults->new(dir => $dir)->prepare;
#	... calendlyd is started ...
#	$faults->trace;
#	... something is done ...
#	# [name, n]: its n-th passing
#	for my $point ($faults->points($faults->passed)) {
#		$faults->arm(@$point);
#		... the same again ...
#		print "killed" if $faults->disarm;
#	}

use Mojo::Base -base, -signatures;

use Mojo::File qw(path);

has 'dir';
has armed => undef;		# [name, n]

# Must be called before calendlyd is started, which finds the files by its
# environment.
sub prepare ($self)
{
	$ENV{FAULT_TRACE} = $self->_file('trace');
	$ENV{FAULT_KILL} = $self->_file('kill');
	return $self;
}

sub _file ($self, $name) { return $self->dir . "/fault.$name" }

# Traces from here on.
sub trace ($self)
{
	path($self->_file('trace'))->spurt('');
	return $self->armed(undef);
}

# Returns the names of the points that were passed since trace(), in order.
sub passed ($self)
{
	return split /\n/, path($self->_file('trace'))->slurp;
}

# An idle process passes its points at any time, so only the first passing of
# such a point is told apart from others.
sub points ($self, @passed)
{
	my (%seen, @point);
	for my $name (@passed) {
		my $n = ++$seen{$name};
		push @point, [$name, $n] if $n == 1 || $name !~ /^\w+, idle/;
	}
	return @point;
}

sub arm ($self, $name, $n)
{
	$self->trace->armed([$name, $n]);
	path($self->_file('kill.new'))->spurt("$n $name");
	rename $self->_file('kill.new'), $self->_file('kill')
	    or die $self->_file('kill') . ": $!";
	return $self;
}

sub waits ($self) { return -e $self->_file('kill') }
sub waits_for_idle ($self)
{
	return $self->waits && $self->armed->[0] =~ /^\w+, idle/;
}

# Returns true if the process was killed.
sub disarm ($self) { return !unlink $self->_file('kill') }

# Returns whether the process was killed after it sent a request for tokens and
# before the answer was committed. Then nobody can know what Calendly did.
sub in_the_dark ($self)
{
	my ($name, $n) = @{ $self->armed };
	my ($who) = $name =~ /^(\S+)/;
	my ($dark, $seen) = (0, 0);
	for my $at (grep { /^\Q$who\E / } $self->passed) {
		return $dark if $at eq $name && ++$seen == $n &&
		    $at =~ / before /;
		$dark = 1 if $at =~ m{ before call POST /oauth/token$};
		$dark = 0 if $at =~ / after commit /;
		return $dark if $at eq $name && $seen == $n;
	}
	return 0;
}

1;
