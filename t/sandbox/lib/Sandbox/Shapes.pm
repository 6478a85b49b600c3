package Sandbox::Shapes;

# Shapes: scheduled events and invitees with every field, as Calendly's API and
# its webhooks show them.

use Mojo::Base -base, -signatures;
use Sandbox::Ids qw(random_text uuid);

has state => undef, weak => 1;

my @TRACKING = qw(utm_campaign utm_source utm_medium utm_content utm_term
    salesforce_uuid);

my %CONFERENCE = (
	google_conference          => 'https://meet.google.com/',
	zoom                       => 'https://zoom.us/j/',
	gotomeeting                => 'https://gotomeet.me/',
	microsoft_teams_conference => 'https://teams.microsoft.com/l/',
	webex_conference           => 'https://webex.com/meet/',
);

sub _conference ($self, $type) {
	my $number = 10_000_000_000 + int rand 80_000_000_000;
	my $zoom = $type eq 'zoom';
	return {
		type => $zoom ? $self->state->switches->{zoom_kind} : $type,
		status   => 'pushed',
		join_url => $CONFERENCE{$type} . $number,
		data     => $zoom ? { id => $number,
		    password => random_text(8), extra => undef,
		    settings => { global_dial_in_numbers => [] } } : undef,
	};
}

# Takes the name of a kind, or a whole location; the default is Zoom.
sub location ($self, $want) {
	return $want if ref $want;
	my $type = $want // 'zoom';
	$type = 'zoom' if $type eq 'zoom_conference';
	return $self->_conference($type) if $CONFERENCE{$type};
	return { type => $type, location => '+420 601 123 456' }
	    if $type =~ /\A(?:in|out)bound_call\z/;
	return { type => $type, location => 'Main Street 1, Springfield',
	    additional_info => undef } if $type eq 'physical';
	return { type => $type, location => 'As agreed' };
}

sub memberships ($self, @hosts) {
	my $people = $self->state->people;
	return [map { {
		user       => $people->uri($_),
		user_email => $_->{email},
		user_name  => $_->{name},
	} } @hosts];
}

sub _guest ($self, $email) {
	my $now = $self->state->clock->text;
	return { email => $email, created_at => $now, updated_at => $now };
}

sub event ($self, $id, %want) {
	my ($state, $clock) = ($self->state, $self->state->clock);
	my $now = $clock->text;
	my ($host, $minutes) = ($want{person}, $want{minutes} // 30);
	return {
		uri        => $state->uri('scheduled_events', $id),
		name       => $want{name} // "$minutes Minute Meeting",
		status     => 'active',
		start_time => $clock->text($want{start_time}),
		end_time   => $clock->text($want{start_time} + 60 * $minutes),
		event_type => $state->uri('event_types', $host->{event_type}),
		location   => $self->location($want{location}),
		invitees_counter => { total => 0, active => 0,
		    limit => $want{limit} // 1 },
		created_at => $now,
		updated_at => $now,
		event_memberships => $self->memberships($host,
		    @{ $want{cohosts} // [] }),
		event_guests =>
		    [map { $self->_guest($_) } @{ $want{guests} // [] }],
		calendar_event => { kind => 'google',
		    external_id => random_text(26) },
		meeting_notes_plain => undef,
		meeting_notes_html  => undef,
	};
}

sub _payment ($self, $want) {
	return undef unless $want;
	my $amount = $want->{amount} // 25.5;
	my $text = $self->state->switches->{payment_amount_as_string};
	return {
		external_id => 'ch_' . random_text(24),
		provider    => 'stripe',
		currency    => 'USD',
		terms       => undef,
		successful  => \1,
		%$want,
		amount      => $text ? "$amount" : 0 + $amount,
	};
}

sub _answers ($want) {
	my $n = 0;
	return [map { {
		question => $_->{question},
		answer   => $_->{answer},
		position => $n++,
	} } @{ $want // [] }];
}

# Returns the invitee's own data, which a reschedule copies.
sub _who (%want) {
	my $old = $want{old} // {};
	my $name = $want{name} // $old->{name} // 'Ivy Invitee';
	my ($first, $last) = split / /, $name, 2;
	return (
		name       => $name,
		first_name => $first,
		last_name  => $last,
		email => $want{email} // $old->{email} // 'ivy@guests.example',
		timezone => $want{timezone} // $old->{timezone}
		    // 'Europe/London',
		text_reminder_number => $want{text_reminder_number},
		questions_and_answers => $old->{questions_and_answers}
		    // _answers($want{questions_and_answers}),
		tracking => $old->{tracking} // { (map { $_ => undef }
		    @TRACKING), %{ $want{tracking} // {} } },
		old_invitee => $old->{uri},
	);
}

sub invitee ($self, $id, $event, %want) {
	my ($state, $now) = ($self->state, $self->state->clock->text);
	return {
		_who(%want),
		uri => $state->uri('scheduled_events', $event->{id},
		    'invitees', $id),
		status         => 'active',
		event          => $event->{shape}{uri},
		created_at     => $now,
		updated_at     => $now,
		rescheduled    => \0,
		new_invitee    => undef,
		cancel_url     => "https://calendly.com/cancellations/$id",
		reschedule_url => "https://calendly.com/reschedulings/$id",
		routing_form_submission => undef,
		payment              => $self->_payment($want{payment}),
		no_show              => undef,
		reconfirmation       => undef,
		scheduling_method    => undef,
		invitee_scheduled_by => undef,
	};
}

1;
