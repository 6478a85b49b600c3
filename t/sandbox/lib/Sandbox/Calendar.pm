package Sandbox::Calendar;

# Calendar: scheduled events and the people who are booked into them.
# Events and invitees are kept in the shape in which the API shows them; what it
# does not show (hosts, organization, the invitees of an event) is kept beside.

use Mojo::Base -base, -signatures;
use Sandbox::Ids ();
use Sandbox::Shapes;

has [qw(events invitees no_shows by_host by_org)] => sub { {} };
has last_seq => 0;
has state => undef, weak => 1;
has shapes => sub ($self) { Sandbox::Shapes->new(state => $self->state) };

sub _index ($self, $event) {
	$self->events->{ $event->{id} } = $event;
	push @{ $self->by_host->{ $_->{id} } }, $event
	    for @{ $event->{hosts} };
	push @{ $self->by_org->{ $event->{org}{id} } }, $event;
	return;
}

# Takes person, and optionally start_time, minutes, name, location, guests,
# cohosts, limit.
sub add_event ($self, %want) {
	$self->last_seq(my $seq = $self->last_seq + 1);
	my $id = $self->state->new_id;
	my $event = {
		id => $id, seq => $seq, org => $want{person}{org},
		hosts => [$want{person}, @{ $want{cohosts} // [] }],
		invitees => [], start => $want{start_time},
		shape => $self->shapes->event($id, %want),
	};
	$self->_index($event);
	return $event;
}

sub add_invitee ($self, $event, %want) {
	my $id = $self->state->new_id;
	my $invitee = {
		id => $id, event => $event,
		shape => $self->shapes->invitee($id, $event, %want),
	};
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
	    scheduled_event => $event->{shape}, %over };
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

# Makes a new event and a new invitee; the old ones are canceled and point to
# them.
sub reschedule ($self, $old, $start_time) {
	my $from = $old->{event};
	my ($host, @cohosts) = @{ $from->{hosts} };
	my $event = $self->add_event(person => $host, cohosts => \@cohosts,
	    name => $from->{shape}{name}, location => $from->{shape}{location},
	    start_time => $start_time, minutes => $from->{minutes},
	    guests => [map { $_->{email} } @{ $from->{shape}{event_guests} }]);
	my $new = $self->add_invitee($event, old => $old->{shape});
	$old->{shape}{rescheduled} = \1;
	$old->{shape}{new_invitee} = $new->{shape}{uri};
	$self->_cancel($old, reason => 'Rescheduled');
	my @deeds = (['invitee.canceled', $old], ['invitee.created', $new]);
	@deeds = reverse @deeds if $self->state->switches->{reschedule_order}
	    eq 'created_first';
	return ($new, map { $self->_emit(@$_) } @deeds);
}

sub mark_no_show ($self, $invitee) {
	my ($id, $now) = ($self->state->new_id, $self->state->clock->text);
	$invitee->{no_show} = $id;
	$self->no_shows->{$id} = $invitee;
	$invitee->{shape}{no_show} = { created_at => $now,
	    uri => $self->state->uri('invitee_no_shows', $id) };
	$invitee->{shape}{updated_at} = $now;
	return $self->_emit('invitee_no_show.created', $invitee);
}

sub clear_no_show ($self, $invitee) {
	my $was = $invitee->{shape}{no_show};
	delete $self->no_shows->{ delete $invitee->{no_show} };
	$invitee->{shape}{no_show} = undef;
	$invitee->{shape}{updated_at} = $self->state->clock->text;
	my $kept = $self->state->switches->{no_show_deleted_has_uri};
	return $self->_emit('invitee_no_show.deleted', $invitee,
	    $kept ? (no_show => $was) : ());
}

# Lets another host take over an event; Calendly sends nothing for that.
sub change_host ($self, $event, $person) {
	my $was = shift @{ $event->{hosts} };
	unshift @{ $event->{hosts} }, $person;
	my $mine = $self->by_host->{ $was->{id} };
	@$mine = grep { $_ != $event } @$mine;
	push @{ $self->by_host->{ $person->{id} } }, $event;
	$event->{shape}{event_memberships} =
	    $self->shapes->memberships(@{ $event->{hosts} });
	$self->_touch($event, 0, 0);
	return;
}

1;
