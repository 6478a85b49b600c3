package Cal::Test::Kinds;

# Cal::Test::Kinds: payloads of each kind of webhook with every field, as
# Calendly writes them.
#
#	for my $kind (kinds()) { envelope($kind, payload($kind)) }
#	invitee(uri => ..., scheduled_event => scheduled_event(...))
# Members that are given replace those of the sample.

use Mojo::Base -strict, -signatures;

use Exporter qw(import);

use Cal::Test::Body qw(invitee_uri no_show_uri uuid);

our @EXPORT_OK = qw(api_uri invitee kinds payload scheduled_event);

my $AT = '2026-11-20T10:00:00.000000Z';
my $HTML = '<p>Bring <b>cake</b></p>';

sub api_uri ($what, $id) { return "https://api.calendly.com/$what/$id" }

sub scheduled_event (%field)
{
	return {
		uri => api_uri('scheduled_events', uuid(0xe1)),
		name => '30 Minute Meeting', status => 'active',
		start_time => '2026-12-01T09:00:00.000000Z',
		end_time => '2026-12-01T09:30:00.000000Z',
		event_type => api_uri('event_types', uuid(0xe7)),
		location => { type => 'zoom', status => 'pushed',
		    join_url => 'https://zoom.us/j/98765432101',
		    data => { id => 98765432101, password => 'hush',
			extra => undef, settings => {
			    global_dial_in_numbers => [] } } },
		invitees_counter => { total => 1, active => 1, limit => 1 },
		created_at => $AT, updated_at => $AT,
		event_memberships => [{ user => api_uri('users', uuid(1)),
		    user_email => 'olivia@acme.example',
		    user_name => 'Olivia Owner' }],
		event_guests => [{ email => 'guest@guests.example',
		    created_at => $AT, updated_at => $AT }],
		calendar_event => { kind => 'google',
		    external_id => '8suu9k3hj00mni03ss12ba0ce0' },
		meeting_notes_plain => 'Bring cake',
		meeting_notes_html => $HTML,
		%field,
	};
}

sub _tracking (%field)
{
	return { (map { $_ => undef } qw(utm_campaign utm_source utm_medium
		utm_content utm_term salesforce_uuid)), %field };
}

sub invitee (%field)
{
	my $event = $field{scheduled_event} // scheduled_event();
	return {
		uri => invitee_uri(uuid(0xa1)), event => $event->{uri},
		email => 'ivy@guests.example', name => 'Ivy Invitee',
		first_name => 'Ivy', last_name => 'Invitee',
		status => 'active', timezone => 'Europe/Prague',
		questions_and_answers => [{ question => 'What about?',
		    answer => "Žofie – 会議 😀\nand more", position => 0 }],
		tracking => _tracking(utm_source => 'newsletter'),
		created_at => $AT, updated_at => $AT,
		text_reminder_number => '+420 601 123 456',
		rescheduled => \0, old_invitee => undef, new_invitee => undef,
		cancel_url => 'https://calendly.com/cancellations/x',
		reschedule_url => 'https://calendly.com/reschedulings/x',
		routing_form_submission => undef,
		payment => { external_id => 'ch_AAAAAAAAAAAAAAAAAAAAAAAA',
		    provider => 'stripe', amount => 1234.56,
		    currency => 'USD', terms => undef, successful => \1 },
		no_show => undef,
		reconfirmation => { created_at => $AT, confirmed_at => undef },
		scheduling_method => undef, invitee_scheduled_by => undef,
		scheduled_event => $event,
		%field,
	};
}

sub _canceled (%field)
{
	my %why = (canceled_by => 'Ivy Invitee', reason => 'Ill',
		canceler_type => 'invitee', created_at => $AT);
	return invitee(status => 'canceled', cancellation => {%why},
		scheduled_event => scheduled_event(status => 'canceled',
		    cancellation => {%why}), %field);
}

sub _no_show (%field)
{
	return invitee(no_show => { uri => no_show_uri(uuid(0xb1)),
		created_at => $AT }, %field);
}

sub _event_type (%field)
{
	return {
		uri => api_uri('event_types', uuid(0xe7)),
		name => '30 Minute Meeting', active => \1, slug => '30min',
		scheduling_url => 'https://calendly.com/olivia/30min',
		duration => 30, duration_options => [15, 30], kind => 'solo',
		pooling_type => undef, type => 'StandardEventType',
		color => '#0069ff', created_at => $AT, updated_at => $AT,
		internal_note => undef, description_plain => 'Bring cake',
		description_html => $HTML, secret => \0,
		booking_method => 'instant', custom_questions => [],
		profile => { type => 'User', name => 'Olivia Owner',
		    owner => api_uri('users', uuid(1)) },
		deleted_at => undef, admin_managed => \0, locations => undef,
		position => 0, locale => 'en',
		%field,
	};
}

sub _routing_form (%field)
{
	return {
		uri => api_uri('routing_form_submissions', uuid(0xf1)),
		routing_form => api_uri('routing_forms', uuid(0xf2)),
		questions_and_answers => [{ question_uuid => uuid(0xf3),
		    question => 'How many are you?', answer => '12' }],
		tracking => _tracking(),
		result => { type => 'external_url',
		    value => 'https://www.example.com/' },
		submitter => undef, submitter_type => undef,
		created_at => $AT, updated_at => $AT,
		%field,
	};
}

sub _contact (%field)
{
	return { user_uuid => uuid(1), contact => {
		uri => api_uri('contacts', uuid(0xcc)),
		name => 'Cleo Contact', email => 'cleo@guests.example',
		created_at => $AT, updated_at => $AT }, %field };
}

sub _recap (%field)
{
	return { event => { uri => api_uri('scheduled_events', uuid(0xe1)),
		name => '30 Minute Meeting' }, recap => {
		uri => api_uri('meeting_recaps', uuid(0xdd)),
		summary => 'All agreed.', created_at => $AT,
		updated_at => $AT }, %field };
}

my %OF = (
	'invitee.created' => \&invitee,
	'invitee.canceled' => \&_canceled,
	'invitee_no_show.created' => \&_no_show,
	'invitee_no_show.deleted' => \&invitee,
	'routing_form_submission.created' => \&_routing_form,
	'event_type.deleted' => sub (%field) {
		_event_type(deleted_at => $AT, %field) },
	(map { ("event_type.$_" => \&_event_type) } qw(created updated)),
	(map { ("contact.$_" => \&_contact) } qw(created updated deleted)),
	(map { ("meeting_recap.$_" => \&_recap) } qw(created updated deleted)),
);

sub kinds () { return sort keys %OF }

sub payload ($kind, %field) { return $OF{$kind}->(%field) }

1;
