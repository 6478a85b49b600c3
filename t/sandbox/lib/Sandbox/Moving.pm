package Sandbox::Moving;

# Moving: by switch something happens on a calendar between any two pages of its
# events that are read, so that no list is read in one state.  The acts are as
# loud as any: their webhooks are sent.

use v5.36;
use Exporter 'import';

our @EXPORT_OK = qw(move);

use constant { DAY => 86_400, TRIES => 50 };

# Returns a booking by chance that is still active and suits, or undef if none
# is found soon.
sub _some ($calendar, $person, $suits) {
	my $events = $calendar->of_host($person)->events;
	my $n = @$events or return undef;
	for (1 .. TRIES) {
		my $event = $events->[ $calendar->cast->below($n) ];
		next if $event->{vanished};
		my ($one) = $calendar->cast->some(1, grep {
			$_->{shape}{status} eq 'active' && $suits->($_)
		} @{ $event->{invitees} });
		return $one if $one;
	}
	return undef;
}

# Returns a start within a month.
sub _start ($state) {
	my $quarter = 1 + $state->calendar->cast->below(30 * 96);
	return 900 * ($quarter + int $state->clock->now / 900);
}

my @ACTS = (
	sub ($state, $person) {
		my $calendar = $state->calendar;
		$calendar->book($calendar->add_event($calendar->cast->event(1),
		    person => $person, start_time => _start($state)),
		    $calendar->cast->invitee);
	},
	sub ($state, $person) {
		my $one = _some($state->calendar, $person, sub ($) { 1 });
		$state->calendar->cancel($one) if $one;
	},
	sub ($state, $person) {
		my $one = _some($state->calendar, $person, sub ($invitee) {
			$invitee->{event}{shape}{invitees_counter}{limit} == 1
		});
		$state->calendar->reschedule($one, _start($state)) if $one;
	},
	sub ($state, $person) {
		my $one = _some($state->calendar, $person, sub ($invitee) {
			!$invitee->{no_show}
			&& $invitee->{event}{start} < $state->clock->now });
		$state->calendar->mark_no_show($one) if $one;
	},
);

# Does as many acts on a person's calendar as the switch says.
sub move ($state, $person) {
	my $calendar = $state->calendar;
	for (1 .. $state->switches->{calendar_moves}) {
		my $n = $calendar->moves;
		$calendar->moves($n + 1);
		$ACTS[ $n % @ACTS ]->($state, $person);
	}
	return;
}

1;
