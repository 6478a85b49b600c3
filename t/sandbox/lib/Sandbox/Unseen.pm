package Sandbox::Unseen;

# Unseen: the control API's acts on meetings of which no webhook tells: events
# and invitees vanish, invitees are redacted, details change.

use v5.36;
use Sandbox::Answer qw(bad_control ok);
use Sandbox::Control qw(body event_named invitee_named);
use Sandbox::Sight qw(event_now keep);

sub routes () {
	return (
		[POST => '/sandbox/vanish', \&_vanish],
		[POST => '/sandbox/redact', \&_redact],
		[POST => '/sandbox/change', \&_change],
	);
}

sub _shown ($state, $event) {
	return ok({ event => event_now($state, $event),
	    vanished => $event->{vanished} ? \1 : \0 });
}

# Deletes an event or an invitee as Calendly does by law or for reasons of its
# own; "undo" brings it back as it was.  With "list_only" the lists omit the
# invitee, who is there all the same.
sub _vanish ($state, $c, $) {
	my $json = body($c, qw(event invitee list_only undo));
	my $what = defined $json->{invitee} ? 'invitee' : 'event';
	my $thing = $what eq 'event' ? event_named($state, $json)
	    : invitee_named($state, $json);
	my $how = $json->{list_only} ? 'unlisted' : 'vanished';
	bad_control("this $what has " . ($json->{undo} ? 'not' : 'already')
	    . " $how", 409) if !$json->{undo} != !$thing->{$how};
	$thing->{$how} = !$json->{undo};
	return _shown($state, $thing) if $what eq 'event';
	return ok({ invitee => $thing->{shape}, $how => $thing->{$how}
	    ? \1 : \0 });
}

# Puts another word in the place of what is known of an invitee.
sub _redact ($state, $c, $) {
	my $json = body($c, qw(invitee with));
	my $invitee = invitee_named($state, $json);
	my ($shape, $with) = ($invitee->{shape}, 'redacted');
	$with = $json->{with} if exists $json->{with};
	bad_control('"with" takes a text or null') if ref $with;
	delete $invitee->{was};
	@$shape{qw(name first_name last_name email)} = ($with) x 4;
	$shape->{text_reminder_number} = undef;
	$shape->{questions_and_answers} = [map { { %$_, answer => $with } }
	    @{ $shape->{questions_and_answers} }];
	$shape->{cancellation} = { %{ $shape->{cancellation} },
	    reason => $with, canceled_by => $with } if $shape->{cancellation};
	return ok({ invitee => $shape });
}

# Changes the status of a conference's room, which moves no updated_at.
sub _set_status ($event, $status) {
	my $location = $event->{room} ? $event->{room}{location}
	    : $event->{shape}{location};
	bad_control('the location of this event has no status')
	    unless exists $location->{status};
	bad_control('"location_status" takes a text')
	    if ref $status || $status !~ /\A\w+\z/a;
	delete $event->{room};
	my $url = $event->{url} //= $location->{join_url};
	$event->{shape}{location} = { %$location, status => $status,
	    join_url => $status eq 'pushed' ? $url : undef };
	return;
}

sub _start ($state, $json) {
	return $state->clock->parse($json->{start_time})
	    // bad_control('"start_time" takes a time such as '
	    . '2026-01-01T12:00:00Z');
}

# Changes what the host, Calendly or a calendar changes without a webhook.
sub _change ($state, $c, $) {
	my $json = body($c, qw(event location_status start_time name
	    keep_updated_at));
	my $event = event_named($state, $json);
	my ($name, $status) = @$json{qw(name location_status)};
	my $start = defined $json->{start_time}
	    ? _start($state, $json) : undef;
	bad_control('say "location_status", "start_time" or "name"')
	    unless grep { defined } $name, $status, $start;
	bad_control('"name" takes a text') if ref $name;
	keep($state, $event);
	_set_status($event, $status) if defined $status;
	$event->{shape}{name} = $name if defined $name;
	$state->calendar->move_start($event, $start) if defined $start;
	$event->{shape}{updated_at} = $state->clock->text
	    if !$json->{keep_updated_at} && (defined $name || defined $start);
	return _shown($state, $event);
}

1;
