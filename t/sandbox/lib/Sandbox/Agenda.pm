package Sandbox::Agenda;

# Agenda: the scheduled events of one person or one organization, in the order
# in which the API lists them: by start, then by the order in which they were
# made.
# A list of thousands is put in order once after a change, and not for each
# page of it that is read.

use v5.36;

sub new ($class) { return bless { events => [], mixed => 0 }, $class }

# Returns what an event is sorted by, which page tokens also hold.
sub key_of ($event) {
	return sprintf '%014d.%012d', @$event{qw(start seq)};
}

sub add ($self, $event) {
	push @{ $self->{events} }, $event;
	$self->{mixed} = 1;
	return;
}

sub remove ($self, $event) {
	my $events = $self->{events};
	@$events = grep { $_ != $event } @$events;
	return;
}

# Says that the start of one of the events has changed.
sub moved ($self) { $self->{mixed} = 1 }

sub events ($self) {
	my $events = $self->{events};
	@$events = sort { $a->{page_key} cmp $b->{page_key} } @$events
	    if $self->{mixed};
	$self->{mixed} = 0;
	return $events;
}

# Returns the index of the first event whose key is not below this one.
sub _first ($events, $key) {
	my ($low, $high) = (0, scalar @$events);
	while ($low < $high) {
		my $mid = ($low + $high) >> 1;
		$events->[$mid]{page_key} lt $key
		    ? ($low = $mid + 1) : ($high = $mid);
	}
	return $low;
}

# Returns the events that start from one second to another, both included; a
# bound may be undef.
sub between ($self, $from, $to) {
	my $events = $self->events;
	my $first = defined $from
	    ? _first($events, sprintf '%014d', $from) : 0;
	my $end = defined $to
	    ? _first($events, sprintf '%014d', int($to) + 1) : @$events;
	return @$events[$first .. $end - 1];
}

1;
