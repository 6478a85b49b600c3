package Sandbox::Samples;

# Samples: makes up a body of each kind of webhook.

use v5.36;
use Sandbox::Shapes;

sub _invitee ($state, $kind, $person) {
	my $shapes = $state->calendar->shapes;
	my $event = { id => $state->new_id };
	$event->{shape} = $shapes->event($event->{id}, person => $person,
	    start_time => 86_400 + int $state->clock->now);
	my $invitee = $shapes->invitee($state->new_id, $event);
	my $now = $invitee->{created_at};
	$event->{shape}{invitees_counter} =
	    { total => 1, active => 1, limit => 1 };
	if ($kind eq 'invitee.canceled') {
		$invitee->{status} = $event->{shape}{status} = 'canceled';
		$invitee->{cancellation} = $event->{shape}{cancellation} = {
			canceled_by   => $person->{name},
			reason        => 'A sample',
			canceler_type => 'host',
			created_at    => $now,
		};
	}
	$invitee->{no_show} = { created_at => $now,
	    uri => $state->uri('invitee_no_shows', $state->new_id) }
	    if $kind eq 'invitee_no_show.created';
	return { %$invitee, scheduled_event => $event->{shape} };
}

sub _event_type ($state, $kind, $person) {
	my $now = $state->clock->text;
	my $people = $state->people;
	return {
		uri => $state->uri('event_types', $person->{event_type}),
		name => '30 Minute Meeting', active => \1, slug => '30min',
		scheduling_url => "https://calendly.com/$person->{key}/30min",
		duration => 30, kind => 'solo', pooling_type => undef,
		type => 'StandardEventType', color => '#0069ff',
		created_at => $now, updated_at => $now,
		internal_note => undef, description_plain => undef,
		description_html => undef, secret => \0,
		booking_method => 'instant', custom_questions => [],
		profile => { type => 'User', name => $person->{name},
		    owner => $people->uri($person) },
		deleted_at => $kind =~ /deleted/ ? $now : undef,
		admin_managed => \0, locations => undef,
		position => 0, locale => 'en',
	};
}

sub _routing_form ($state, $kind, $person) {
	my $now = $state->clock->text;
	return {
		uri => $state->uri('routing_form_submissions', $state->new_id),
		routing_form => $state->uri('routing_forms', $state->new_id),
		questions_and_answers => [{ question_uuid => $state->new_id,
		    question => 'How many are you?', answer => '12' }],
		tracking => { map { $_ => undef } qw(utm_campaign utm_source
		    utm_medium utm_content utm_term salesforce_uuid) },
		result => { type => 'external_url',
		    value => 'https://www.example.com/' },
		submitter => undef, submitter_type => undef,
		created_at => $now, updated_at => $now,
	};
}

sub _contact ($state, $kind, $person) {
	my $now = $state->clock->text;
	return {
		user_uuid => $person->{id},
		contact => {
			uri => $state->uri('contacts', $state->new_id),
			name => 'Cleo Contact',
			email => 'cleo@guests.example',
			created_at => $now, updated_at => $now,
		},
	};
}

sub _recap ($state, $kind, $person) {
	my $now = $state->clock->text;
	return {
		event => { name => '30 Minute Meeting',
		    uri => $state->uri('scheduled_events', $state->new_id) },
		recap => {
		    uri => $state->uri('meeting_recaps', $state->new_id),
		    summary => 'All agreed.', created_at => $now,
		    updated_at => $now },
	};
}

my %FAMILY = (
	invitee                 => \&_invitee,
	invitee_no_show         => \&_invitee,
	event_type              => \&_event_type,
	routing_form_submission => \&_routing_form,
	contact                 => \&_contact,
	meeting_recap           => \&_recap,
);

sub payload ($state, $kind, $person) {
	my ($family) = split /\./, $kind;
	return $FAMILY{$family}->($state, $kind, $person);
}

sub body ($state, $kind, $person) {
	return {
		event      => $kind,
		created_at => $state->clock->text,
		created_by => $state->people->uri($person),
		payload    => payload($state, $kind, $person),
	};
}

1;
