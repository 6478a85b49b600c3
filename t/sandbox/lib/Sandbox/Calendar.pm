package Sandbox::Calendar;

# Calendar: scheduled events and the people who are booked into them.
# Events and invitees are kept in the shape in which the API shows them; what it
# does not show (hosts, organization, the invitees of an event) is kept beside.

use Mojo::Base -base, -signatures;
use Sandbox::Agenda;
use Sandbox::History::Cast;
use Sandbox::Ids ();
use Sandbox::Shapes;
use Sandbox::Sight qw(event_now keep);

has [qw(events invitees no_shows by_host by_org)] => sub { {} };
has made => sub { [] };
has moves => 0;
has cast => sub { Sandbox::History::Cast->new(1) };
has state => undef, weak => 1;
has shapes => sub ($self) { Sandbox::Shapes->new(state => $self->state) };

# Returns the agenda of a host, or of an organization.
sub of_host ($self, $person) {
	return $self->by_host->{ $person->{id} } //= Sandbox::Agenda->new;
}

sub of_org ($self, $org) {
	return $self->by_org->{ $org->{id} } //= Sandbox::Agenda->new;
}

sub _agendas ($self, $event) {
	return ($self->of_org($event->{org}),
	    map { $self->of_host($_) } @{ $event->{hosts} });
}

sub _index ($self, $event) {
	push @{ $self->made }, $event;
	$self->events->{ $event->{id} } = $event;
	$event->{page_key} = Sandbox::Agenda::key_of($event);
	$_->add($event) for $self->_agendas($event);
	return;
}

# Takes the room out of a conference that is processing, until it is there.
sub _without_room ($self, $event) {
	my $seconds = $self->state->switches->{conference_processing_seconds};
	my $location = $event->{shape}{location};
	return if !$seconds || $location->{type} ne 'google_conference';
	$event->{room} = { at => $event->{made_at} + $seconds,
	    location => $location };
	$event->{shape}{location} = { type => $location->{type},
	    status => 'processing', join_url => undef };
	return;
}

# Takes person, and optionally start_time, minutes, name, location, guests,
# cohosts, limit.
sub add_event ($self, %want) {
	my $id = $self->state->new_id;
	my $event = {
		id => $id, seq => 1 + @{ $self->made },
		org => $want{person}{org},
		hosts => [$want{person}, @{ $want{cohosts} // [] }],
		invitees => [], start => $want{start_time},
		minutes => $want{minutes} // 30,
		made_at => $self->state->clock->now,
		shape => $self->shapes->event($id, %want),
	};
	$self->_without_room($event);
	$self->_index($event);
	return $event;
}

sub add_invitee ($self, $event, %want) {
	my $id = $self->state->new_id;
	my $invitee = {
		id => $id, event => $event,
		made_at => $self->state->clock->now,
		shape => $self->shapes->invitee($id, $event, %want),
	};
	keep($self->state, $event);
	push @{ $event->{invitees} }, $invitee;
	$self->invitees->{$id} = $invitee;
	$self->_touch($event, +1, +1);
	return $invitee;
}

sub _touch ($self, $event, $total, $active) {
	my $counter = $event->{shape}{invitees_counter};
	$counter->{total} += $total;
	$counter->{active} += $active;
	$event->{shape}{updated_at} = $self->state->clock->text;
	return;
}

sub _emit ($self, $kind, $invitee, %over) {
	my $event = $invitee->{event};
	my $payload = { %{ $invitee->{shape} },
	    scheduled_event => event_now($self->state, $event), %over };
	return $self->state->deliver->emit($kind, $payload, $event->{org},
	    @{ $event->{hosts} });
}

# Each act below returns the deliveries that it caused.

sub book ($self, $event, %want) {
	my $invitee = $self->add_invitee($event, %want);
	return ($invitee, $self->_emit('invitee.created', $invitee));
}

# Takes by (a person; undef for the invitee) and reason.
sub _cancel ($self, $invitee, %why) {
	my ($now, $shape) = ($self->state->clock->text, $invitee->{shape});
	my $event = $invitee->{event};
	keep($self->state, $invitee, $event);
	$shape->{status} = 'canceled';
	$shape->{updated_at} = $now;
	$shape->{cancellation} = {
		canceled_by   => $why{by} ? $why{by}{name} : $shape->{name},
		reason        => $why{reason},
		canceler_type => $why{by} ? 'host' : 'invitee',
		created_at    => $now,
	};
	$self->_touch($event, 0, -1);
	return if $event->{shape}{invitees_counter}{active};
	$event->{shape}{status} = 'canceled';
	$event->{shape}{cancellation} = $shape->{cancellation};
	return;
}

sub cancel ($self, $invitee, %why) {
	$self->_cancel($invitee, %why);
	return $self->_emit('invitee.canceled', $invitee);
}

sub cancel_event ($self, $event, %why) {
	my @active = grep { $_->{shape}{status} eq 'active' }
	    @{ $event->{invitees} };
	$self->_cancel($_, %why) for @active;
	return map { $self->_emit('invitee.canceled', $_) } @active;
}

# Returns the location of an event in the form in which it can be booked again.
sub _location_again ($event) {
	my $location = $event->{shape}{location};
	return $location->{type} eq 'google_conference'
	    ? 'google_conference' : $location;
}

# Makes a new event and a new invitee; the old ones are canceled and point to
# them.
sub reschedule ($self, $old, $start_time) {
	my $from = $old->{event};
	my ($host, @cohosts) = @{ $from->{hosts} };
	my $event = $self->add_event(person => $host, cohosts => \@cohosts,
	    name => $from->{shape}{name}, location => _location_again($from),
	    start_time => $start_time, minutes => $from->{minutes},
	    guests => [map { $_->{email} } @{ $from->{shape}{event_guests} }]);
	my $new = $self->add_invitee($event, old => $old->{shape});
	keep($self->state, $old);
	$old->{shape}{rescheduled} = \1;
	$old->{shape}{new_invitee} = $new->{shape}{uri};
	$self->_cancel($old, reason => 'Rescheduled');
	my @deeds = (['invitee.canceled', $old], ['invitee.created', $new]);
	@deeds = reverse @deeds if $self->state->switches->{reschedule_order}
	    eq 'created_first';
	return ($new, map { $self->_emit(@$_) } @deeds);
}

sub _touch_for_no_show ($self, $invitee) {
	return unless $self->state->switches->{no_show_moves_updated_at};
	$invitee->{shape}{updated_at} = $self->state->clock->text;
	return;
}

sub mark_no_show ($self, $invitee) {
	my ($id, $now) = ($self->state->new_id, $self->state->clock->text);
	keep($self->state, $invitee);
	$invitee->{no_show} = $id;
	$self->no_shows->{$id} = $invitee;
	$invitee->{shape}{no_show} = { created_at => $now,
	    uri => $self->state->uri('invitee_no_shows', $id) };
	$self->_touch_for_no_show($invitee);
	return $self->_emit('invitee_no_show.created', $invitee);
}

sub clear_no_show ($self, $invitee) {
	my $was = $invitee->{shape}{no_show};
	keep($self->state, $invitee);
	delete $self->no_shows->{ delete $invitee->{no_show} };
	$invitee->{shape}{no_show} = undef;
	$self->_touch_for_no_show($invitee);
	my $kept = $self->state->switches->{no_show_deleted_has_uri};
	return $self->_emit('invitee_no_show.deleted', $invitee,
	    $kept ? (no_show => $was) : ());
}

# Lets another host take over an event; Calendly sends nothing for that.
sub change_host ($self, $event, $person) {
	my $was = shift @{ $event->{hosts} };
	keep($self->state, $event);
	unshift @{ $event->{hosts} }, $person;
	$self->of_host($was)->remove($event);
	$self->of_host($person)->add($event);
	$event->{shape}{event_memberships} =
	    $self->shapes->memberships(@{ $event->{hosts} });
	$self->_touch($event, 0, 0);
	return;
}

# Moves an event to another start; what the API shows does not lag then, because
# its lists are in the order of the present starts.
sub move_start ($self, $event, $start) {
	my $shape = $event->{shape};
	my $clock = $self->state->clock;
	my $length = $clock->parse($shape->{end_time})
	    - $clock->parse($shape->{start_time});
	delete $event->{was};
	$event->{start} = $start;
	$event->{page_key} = Sandbox::Agenda::key_of($event);
	$shape->{start_time} = $clock->text($start);
	$shape->{end_time} = $clock->text($start + $length);
	$_->moved for $self->_agendas($event);
	return;
}

1;
