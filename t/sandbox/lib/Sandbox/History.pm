package Sandbox::History;

# History: fills a person's calendar at once with thousands of meetings that are
# over or still to come, as somebody has who used Calendly for years.
# Each booking, cancellation and so on is done as people do it, with the clock
# set to the moment at which they would have done it.  The same request and seed
# make the same calendar, but for ids and links.

use v5.36;
use Sandbox::Answer qw(bad_control ok);
use Sandbox::Control qw(body person_named);
use Sandbox::History::Cast;
use Time::HiRes ();

use constant {
	DAY   => 86_400,
	START => 900,	# starts are on the quarter of an hour
};

# What a request may say, and what is taken if it does not.
my @COUNTS = qw(seed past ahead group invitees canceled rescheduled no_shows
    same_start days_back days_ahead);

sub routes () {
	return [POST => '/sandbox/history', \&_history];
}

sub _counts ($json) {
	my ($wrong) = grep { defined $json->{$_}
	    && $json->{$_} !~ /\A\d{1,6}\z/ } @COUNTS;
	bad_control("\"$wrong\" takes a number") if defined $wrong;
	my %n = (seed => 1, past => 100, ahead => 20, same_start => 0,
	    days_back => 365, days_ahead => 90,
	    map { $_ => $json->{$_} } grep { defined $json->{$_} } @COUNTS);
	$n{events} = $n{past} + $n{ahead};
	$n{invitees} //= $n{events};
	$n{group} //= int(($n{invitees} - $n{events} + 2) / 3);
	$n{canceled} //= int($n{invitees} / 10);
	$n{rescheduled} //= int(($n{events} - $n{group}) / 25);
	$n{no_shows} //= int($n{past} / 25);
	return \%n;
}

# Returns why the numbers do not go together, or undef.
sub _contradiction ($n) {
	return 'a calendar takes 1 to 20000 events, "past" and "ahead"'
	    if $n->{events} < 1 || $n->{events} > 20_000;
	return '"invitees" takes at least one for each event, at most 50000'
	    if $n->{invitees} < $n->{events} || $n->{invitees} > 50_000;
	return '"invitees" beyond one for each event need "group" events'
	    if $n->{invitees} > $n->{events} && !$n->{group};
	return '"group" and twice "rescheduled" are more than all events'
	    if $n->{group} + 2 * $n->{rescheduled} > $n->{events};
	return '"same_start" takes at most "past" or "ahead"'
	    if $n->{same_start} > $n->{past}
	    && $n->{same_start} > $n->{ahead};
	return '"days_back" and "days_ahead" take 1 or more'
	    if !$n->{days_back} || !$n->{days_ahead};
	return undef;
}

# Returns so many starts within so many days, backwards if that is negative; the
# first ones are the same.
sub _starts ($cast, $now, $count, $days, $same) {
	my $slots = int(abs($days) * DAY / START);
	my $base = START * int($now / START);
	my $start = sub () {
		my $slot = 1 + $cast->below($slots);
		return $base + START * ($days < 0 ? -$slot : $slot);
	};
	my $one = $start->();
	return map { $_ <= $same ? $one : $start->() } 1 .. $count;
}

# Runs an act with the clock at a time.
sub _at ($state, $time, $act) {
	my $clock = $state->clock;
	local $clock->{offset} = $time - Time::HiRes::time();
	return $act->();
}

# Returns a moment between the last act on a meeting and the latest at which
# there can be another, and remembers it as the last.
sub _moment ($cast, $meeting, $latest) {
	my $left = $latest - $meeting->{last};
	return $meeting->{last} += $left * (1 + $cast->below(900)) / 1000;
}

# Books an event and all of its invitees.  Returns what is remembered of it:
# {invitees, last, until}, until being the last moment before it starts.
sub _meeting ($self, $start, $invitees = 1, $limit = 1) {
	my ($state, $cast, $now) = @$self{qw(state cast now)};
	my $until = $start < $now ? $start : $now;
	my $meeting = { until => $until,
	    last => $until - DAY / 2 - $cast->below(30 * DAY) };
	my $event = _at($state, $meeting->{last}, sub {
		$state->calendar->add_event($cast->event($limit),
		    person => $self->{person}, start_time => $start) });
	for (1 .. $invitees) {
		my $at = _moment($cast, $meeting, $until - DAY / 4);
		my ($invitee) = _at($state, $at, sub {
			$state->calendar->book($event, $cast->invitee) });
		push @{ $meeting->{invitees} }, $invitee;
	}
	return $meeting;
}

sub _groups ($self, @starts) {
	my ($n, $cast) = @$self{qw(n cast)};
	my @sizes = (1) x @starts;
	$sizes[ $cast->below(scalar @starts) ]++
	    for 1 .. $n->{invitees} - $n->{events};
	return map {
		my $size = shift @sizes;
		$self->_meeting($_, $size, $size + 1 + $cast->below(5))
	} @starts;
}

# Books a meeting at the earlier start and moves it to the later one.
sub _moved ($self, @two) {
	my ($state, $cast, $now) = @$self{qw(state cast now)};
	my ($from, $to) = sort { $a <=> $b } @two;
	my $old = $self->_meeting($from);
	my $at = _moment($cast, $old, $old->{until});
	my ($new) = _at($state, $at, sub {
		$state->calendar->reschedule($old->{invitees}[0], $to) });
	return ($old, { invitees => [$new], last => $at,
	    until => $to < $now ? $to : $now });
}

# Returns so many [meeting, invitee] of those that are still booked.
sub _some ($self, $meetings, $count, $wanted = sub ($) { 1 }) {
	my @all = map {
		my $meeting = $_;
		map { [$meeting, $_] }
		    grep { $_->{shape}{status} eq 'active' && $wanted->($_) }
		    @{ $meeting->{invitees} };
	} @$meetings;
	return $self->{cast}->some($count, @all);
}

sub _cancel ($self, $meetings) {
	my ($state, $cast, $n) = @$self{qw(state cast n)};
	for ($self->_some($meetings, $n->{canceled})) {
		my ($meeting, $invitee) = @$_;
		my $host = $cast->below(3) ? undef : $self->{person};
		_at($state, _moment($cast, $meeting, $meeting->{until}), sub {
			$state->calendar->cancel($invitee, by => $host,
			    reason => $cast->reason) });
	}
	return;
}

sub _no_shows ($self, $meetings) {
	my ($state, $cast, $now, $n) = @$self{qw(state cast now n)};
	my $over = sub ($invitee) { $invitee->{event}{start} < $now - 60 };
	for ($self->_some($meetings, $n->{no_shows}, $over)) {
		my $start = $_->[1]{event}{start};
		my $latest = $start + DAY < $now ? $start + DAY : $now;
		my $part = $cast->below(1000) / 1000;
		_at($state, $start + ($latest - $start) * $part, sub {
			$state->calendar->mark_no_show($_->[1]) });
	}
	return;
}

sub _fill ($self) {
	my ($cast, $now, $n) = @$self{qw(cast now n)};
	my $past = $n->{same_start} <= $n->{past} ? $n->{same_start} : 0;
	my @starts = (
		_starts($cast, $now, $n->{past}, -$n->{days_back}, $past),
		_starts($cast, $now, $n->{ahead}, $n->{days_ahead},
		    $n->{same_start} - $past),
	);
	@starts = $cast->some(scalar @starts, @starts);
	my @meetings = $self->_groups(splice @starts, 0, $n->{group});
	push @meetings, $self->_moved(splice @starts, 0, 2)
	    for 1 .. $n->{rescheduled};
	push @meetings, map { $self->_meeting($_) } @starts;
	$self->_cancel(\@meetings);
	$self->_no_shows(\@meetings);
	return;
}

sub _history ($state, $c, $) {
	my $json = body($c, 'person', 'webhooks', @COUNTS);
	my ($person, $n) = (person_named($state, $json), _counts($json));
	my $wrong = _contradiction($n);
	bad_control($wrong) if $wrong;
	my $self = bless { state => $state, person => $person, n => $n,
	    now => $state->clock->now,
	    cast => Sandbox::History::Cast->new($n->{seed}) };
	my $deliver = $state->deliver;
	local $deliver->{mode} = $json->{webhooks} ? 'send' : 'omit';
	$self->_fill;
	return ok({ person => $person->{key}, %$n });
}

1;
