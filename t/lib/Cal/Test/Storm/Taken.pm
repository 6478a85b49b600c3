package Cal::Test::Storm::Taken;

# Cal::Test::Storm::Taken: whether what Calendly sent in a storm was accepted:
# no booking that it had for us is lost, and each is in the feed once and in the
# meetings.

use Mojo::Base -base, -signatures;

use Cal::Test::Picture;

has storm => undef, weak => 1;
has picture => sub ($self) {
	Cal::Test::Picture->new(c => $self->storm->c) };

sub _state ($self, $part)
{
	return $self->storm->books->state($part)->{$part};
}

sub _ours ($self, $part)
{
	return grep { $_->{owner_app} eq 'app' } @{ $self->_state($part) };
}

my $KIND = qr/^invitee\.(?:created|canceled)$/;

# Returns each delivery with its user, its subscription, and what it is about.
sub _of_users ($self)
{
	my $storm = $self->storm;
	my %sub = map { $_->{id} => $_ } $self->_ours('subscriptions'),
	    $self->_ours('subscriptions_gone');
	my @all;
	for my $d (grep { $_->{event} =~ $KIND } @{ $self->_state('deliveries') }) {
		my $sub = $sub{ $d->{subscription} } // next;
		my $owner = $storm->owner_of($d->{url}) // next;
		next if $self->_was_forgotten($d);
		push @all, { %$d, sub => $sub, user => $owner->{user},
			about => "$owner->{user} $d->{event} $d->{subject}" };
	}
	return @all;
}

# Returns whether this came to a subscription after the database had forgotten
# it; whoever finds the subscription again gets the delivery.
sub _was_forgotten ($self, $d)
{
	my $storm = $self->storm;
	my $since = $storm->restored->{ $storm->hash_of($d->{url}) }
	    // return 0;
	return $d->{state} ne 'delivered' || $d->{last_attempt_at} ge $since;
}

sub broken ($self)
{
	my @all = $self->_of_users;
	my %taken = map { $_->{about} => 1 }
	    grep { $_->{state} eq 'delivered' } @all;
	my @lost = grep { $_->{state} ne 'delivered' && !$taken{ $_->{about} }
		&& !$self->_excused($_) } @all;
	return ((map { "lost: $_->{about} at $_->{at}, $_->{state}, answered " .
	    ($_->{last_status} // '-') . ', its subscription ' .
	    ($_->{sub}{by} // "is $_->{sub}{state}") } @lost),
	    $self->_feed(@all), $self->_meetings(@all));
}

# Returns whether its user was connected when it was sent.
sub _is_owed ($self, $d)
{
	my @until = grep { $_->[0] le $d->{at} }
	    @{ $self->storm->served->{ $d->{user} } // [] };
	return !@until || $until[-1][1];
}

# Returns whether somebody else deleted or disabled its subscription, or its
# user was let go of. (A subscription that was requested just before may be made
# just after.)
sub _excused ($self, $d)
{
	my ($storm, $sub) = ($self->storm, $d->{sub});
	return 1 if $storm->behind->{ $sub->{uri} };
	return 1 if !$self->_is_owed($d);
	return 1 if ($sub->{by} // '') =~ /^(?:move|revocation|somebody else)$/;
	my $end = $sub->{gone_at} // $storm->now;
	return 1 if $d->{at} gt $end;	# sent again by hand
	return scalar grep { my ($from, $to) = @$_;
		$from le $end && (!$to || $to ge $sub->{created_at}) }
	    @{ $storm->let_go->{ $d->{user} } // [] };
}

# Returns what was answered 200, unless its user was erased since then.
sub _kept ($self, @all)
{
	my $erased = $self->storm->erased;
	return grep { $_->{state} eq 'delivered' && $_->{last_attempt_at} gt
		($erased->{ $_->{user} } // '') } @all;
}

# Each must be in the feed once.
sub _feed ($self, @all)
{
	my %due = map { $_->{about} => $_ } $self->_kept(@all);
	my $seen = $self->storm->c->db->selectall_hashref("SELECT user_id ||
		' ' || type || ' ' || (data->>'uri') AS about,
		count(*) AS n FROM events WHERE source = 'webhook' AND type
		IN ('invitee.created', 'invitee.canceled') GROUP BY 1",
		'about');
	return map { my $n = $seen->{$_}{n} // 0; $n == 1 ? () :
	    "$_ (delivery $due{$_}{id}) is $n times in the feed" }
	    sort keys %due;
}

# Each must also be in the meetings, with one invitee, and canceled with that
# one. A meeting of whose cancellation no delivery told may have been read.
sub _meetings ($self, @all)
{
	my (%due, @broken);
	my %may = map { $_ => 1 } $self->_canceled_at_calendly;
	for my $d ($self->_kept(@all)) {
		my $event = _event_of($d);
		$due{ $d->{user} }{$event} //= 'active';
		$due{ $d->{user} }{$event} = 'canceled'
		    if $d->{event} eq 'invitee.canceled';
	}
	for my $user (sort keys %due) {
		my $is = $self->_status_of_meetings($user);
		for my $event (sort keys %{ $due{$user} }) {
			my $was = $is->{$event} // 'not there';
			push @broken, "meeting $event of $user is $was, not " .
			    $due{$user}{$event}
			    if $was ne $due{$user}{$event} &&
			    !($was eq 'canceled' && $may{$event});
		}
	}
	return @broken;
}

sub _canceled_at_calendly ($self)
{
	return map { $_->{uri} =~ m{([^/]+)/*$} } grep { $_->{status} eq
		'canceled' } map { values %{ $self->picture->books($_) } }
	    @{ $self->storm->persons };
}

sub _event_of ($d)
{
	my ($event) = $d->{subject} =~ m{/scheduled_events/([^/]+)};
	return $event;
}

sub _status_of_meetings ($self, $user)
{
	my (%is, $next);
	do {
		my $page = $self->storm->c->api(GET =>
			"/v1/meetings?user_id=$user&limit=100" .
			($next ? "&after=$next" : ''))->json;
		for my $m (@{ $page->{data} }) {
			my ($id) = ($m->{calendly_uri} // '') =~ m{([^/]+)/*$};
			$is{ $id // '' } = $m->{status};
		}
		$next = $page->{next};
	} while $next;
	return \%is;
}

1;
