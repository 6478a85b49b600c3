package Sandbox::Bookings;

# Bookings: the control API's acts on calendars: what invitees and hosts do on
# Calendly's own pages.

use v5.36;
use Sandbox::Answer qw(bad_control);
use Sandbox::Control qw(body event_named invitee_named number outcome
    person_named);
use Sandbox::Samples;
use Sandbox::Scopes qw(event_kind event_kinds);
use Sandbox::Sight qw(event_now);

my @EVENT = qw(name minutes location guests limit);
my @INVITEE = qw(timezone questions_and_answers tracking payment
    text_reminder_number);

sub routes () {
	return (
		[POST => '/sandbox/book', \&_book],
		[POST => '/sandbox/cancel', \&_cancel],
		[POST => '/sandbox/reschedule', \&_reschedule],
		[POST => '/sandbox/no-show', \&_no_show],
		[POST => '/sandbox/change-host', \&_change_host],
		[POST => '/sandbox/emit', \&_emit],
	);
}

# Returns the requested time, else the next full hour from tomorrow on.
sub _start ($state, $json) {
	my $now = $state->clock->now;
	my $text = $json->{start_time}
	    // return 3600 * int(($now + 90_000) / 3600);
	return $state->clock->parse($text)
	    // bad_control('"start_time" takes a time such as '
	    . '2026-01-01T12:00:00Z');
}

sub _shown ($state, $invitee, %more) {
	return { event => event_now($state, $invitee->{event}),
	    invitee => $invitee->{shape}, %more };
}

sub _new_event ($state, $json) {
	my $person = person_named($state, $json);
	my @cohosts = map { person_named($state, { person => $_ }) }
	    @{ $json->{cohosts} // [] };
	return $state->calendar->add_event(
		(map { $_ => $json->{$_} } grep { defined $json->{$_} } @EVENT),
		person => $person, cohosts => \@cohosts,
		start_time => _start($state, $json),
	);
}

# Does an act whose deliveries are all lost if the request says "quiet".
sub _quietly ($state, $json, $act) {
	my $deliver = $state->deliver;
	local $deliver->{mode} = 'lose' if $json->{quiet};
	return $act->();
}

# Makes one booking, in a new event or in the one that is named.
sub _book_one ($state, $json) {
	my $event = defined $json->{event} ? event_named($state, $json)
	    : _new_event($state, $json);
	return $state->calendar->book($event,
	    (map { $_ => $json->{$_} } @INVITEE),
	    %{ $json->{invitee} // {} });
}

# With "event", adds one more invitee to an existing event.
sub _book ($state, $c, $) {
	my $json = body($c, qw(person invitee event start_time cohosts count
	    quiet wait), @EVENT, @INVITEE);
	my $count = number($json, 'count', 1);
	bad_control('"count" takes a number from 1 to 10000')
	    if $count < 1 || $count > 10_000 || $count =~ /\D/;
	bad_control('"invitee" takes {"name", "email"}')
	    if ref($json->{invitee} // {}) ne 'HASH';
	my ($invitee, @deliveries);
	for (1 .. $count) {
		($invitee, my @sent) = _quietly($state, $json,
		    sub { _book_one($state, $json) });
		push @deliveries, @sent;
	}
	return outcome($state, $json, _shown($state, $invitee), @deliveries);
}

sub _active ($state, $json) {
	my $invitee = invitee_named($state, $json);
	bad_control('this invitee is canceled already', 409)
	    if $invitee->{shape}{status} ne 'active';
	return $invitee;
}

sub _cancel ($state, $c, $) {
	my $json = body($c, qw(invitee reason by quiet wait));
	my $invitee = _active($state, $json);
	my $by = defined $json->{by}
	    ? person_named($state, $json, 'by') : undef;
	my @sent = _quietly($state, $json, sub {
		$state->calendar->cancel($invitee,
		    reason => $json->{reason}, by => $by) });
	return outcome($state, $json, _shown($state, $invitee), @sent);
}

sub _reschedule ($state, $c, $) {
	my $json = body($c, qw(invitee start_time quiet wait));
	my $old = _active($state, $json);
	my $start = defined $json->{start_time} ? _start($state, $json)
	    : $old->{event}{start} + 86_400;
	my ($new, @sent) = _quietly($state, $json,
	    sub { $state->calendar->reschedule($old, $start) });
	return outcome($state, $json,
	    _shown($state, $new, old_invitee => $old->{shape}), @sent);
}

sub _no_show ($state, $c, $) {
	my $json = body($c, qw(invitee undo quiet wait));
	my $invitee = invitee_named($state, $json);
	bad_control('this invitee is '
	    . ($json->{undo} ? 'not' : 'already') . ' marked a no-show', 409)
	    if !$json->{undo} != !$invitee->{no_show};
	my $calendar = $state->calendar;
	my @sent = _quietly($state, $json, sub {
		$json->{undo} ? $calendar->clear_no_show($invitee)
		    : $calendar->mark_no_show($invitee) });
	return outcome($state, $json, _shown($state, $invitee), @sent);
}

sub _change_host ($state, $c, $) {
	my $json = body($c, qw(event person));
	my $event = event_named($state, $json);
	$state->calendar->change_host($event, person_named($state, $json));
	return outcome($state, $json, { event => $event->{shape} });
}

# Sends a made-up event of any kind, for kinds that nothing in the sandbox
# causes.
sub _emit ($state, $c, $) {
	my $json = body($c, qw(person event payload wait));
	my $person = person_named($state, $json);
	my $kind = $json->{event} // '';
	bad_control("there is no event \"$kind\"; there are: "
	    . join ' ', event_kinds()) unless event_kind($kind);
	my $payload = $json->{payload}
	    // Sandbox::Samples::payload($state, $kind, $person);
	my @sent = $state->deliver->emit($kind, $payload, $person->{org},
	    $person);
	return outcome($state, $json, { payload => $payload }, @sent);
}

1;
