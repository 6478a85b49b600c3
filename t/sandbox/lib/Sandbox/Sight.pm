package Sandbox::Sight;

# Sight: events and invitees as the API shows them.
# An event or invitee that has vanished is not shown.  A conference whose room was not yet
# there when it was booked has it some time later, without an act.  By switch
# the API lags: it shows what was so some time ago, for which Sandbox::Calendar
# keeps the earlier shapes of what changes.

use v5.36;
use Exporter 'import';
use Storable qw(dclone);

our @EXPORT_OK = qw(event_now event_seen invitee_seen keep);

# Keeps the present shape of things that are about to change, while the API
# lags.
sub keep ($state, @things) {
	my $lag = $state->switches->{api_lag_seconds} or return;
	my $now = $state->clock->now;
	for my $thing (@things) {
		my $was = $thing->{was} //= [];
		shift @$was while @$was && $was->[0]{until} <= $now - $lag;
		push @$was, { until => $now,
		    shape => dclone($thing->{shape}) };
	}
	return;
}

sub _with_room ($event, $shape, $at) {
	my $room = $event->{room};
	return $shape unless $room && $at >= $room->{at};
	return { %$shape, location => $room->{location} };
}

# Returns the shape that something had at a time, or undef if it was not there
# yet.
sub _shape_at ($thing, $at) {
	return undef if $at < $thing->{made_at};
	for my $was (@{ $thing->{was} // [] }) {
		return $was->{shape} if $at < $was->{until};
	}
	return $thing->{shape};
}

# Returns the shape of an event as it is.
sub event_now ($state, $event) {
	return $event->{shape} unless $event->{room};
	return _with_room($event, $event->{shape}, $state->clock->now);
}

# Returns the shape in which the API shows an event, or undef.
sub event_seen ($state, $event) {
	return undef if $event->{vanished};
	my $lag = $state->switches->{api_lag_seconds}
	    or return event_now($state, $event);
	my $at = $state->clock->now - $lag;
	my $shape = _shape_at($event, $at) // return undef;
	return _with_room($event, $shape, $at);
}

# Returns the shape in which the API shows an invitee, or undef.
sub invitee_seen ($state, $invitee) {
	return undef if $invitee->{vanished} || $invitee->{event}{vanished};
	my $lag = $state->switches->{api_lag_seconds}
	    or return $invitee->{shape};
	return _shape_at($invitee, $state->clock->now - $lag);
}

1;
