package Cal::Bench::Body;

# Cal::Bench::Body: what Calendly sends, as long and as varied as the real
# thing: bookings and cancellations of about 3 kB, no two alike.
#
#	my $text = body($n, $owner);	# the n-th of the user numbered $owner
#
# Of every five, the last cancels the first; of every ten, the sixth books a
# second invitee into the fourth's meeting.

use Mojo::Base -strict, -signatures;

use Exporter qw(import);
use Mojo::JSON qw(encode_json);
use Mojo::Util qw(encode);

our @EXPORT_OK = qw(body);

my $API = 'https://api.calendly.com';

my @GIVEN  = map { encode('UTF-8', $_) } qw(Ada Bo Carmen Dmitri Élodie
    Fatima Gustav Hana Ivy Jørgen);
my @FAMILY = map { encode('UTF-8', $_) } qw(Almeida Brown Castellanos Dvořák
    Eriksen Fischer Grünwald Haddad Ivanova Jones);
my @ZONE   = qw(Europe/Prague America/New_York Asia/Tokyo America/Sao_Paulo
    Australia/Sydney Europe/London);

my $PROSE = join ' ', (
	'We are a team of eleven that sells refurbished lab equipment, and',
	'would like to understand how the premium plan handles several',
	'warehouses. Our present tool loses orders whenever two people edit',
	'the same quote; we need an audit trail and an export for our',
	'accountant. Could you show the approval steps, and say how long a',
	'migration of about forty thousand products takes? I will bring our',
	'operations lead, who asks about single sign-on and the price per',
	'seat. If the time does not suit you, any afternoon of the week will.',
);

# What stands between two @ is filled in.
sub _invitee ()
{
	return {
		uri => "$API/scheduled_events/\@event\@/invitees/\@invitee\@",
		event => "$API/scheduled_events/\@event\@",
		email => '@email@', name => '@given@ @family@',
		first_name => '@given@', last_name => '@family@',
		status => '@status@', timezone => '@zone@',
		created_at => '@created@', updated_at => '@updated@',
		text_reminder_number => undef, rescheduled => \0,
		old_invitee => undef, new_invitee => undef, no_show => undef,
		payment => undef, reconfirmation => undef,
		routing_form_submission => undef, scheduling_method => undef,
		invitee_scheduled_by => undef,
		cancel_url => 'https://calendly.com/cancellations/@invitee@',
		reschedule_url =>
		    'https://calendly.com/reschedulings/@invitee@',
		questions_and_answers => [_answers()],
		tracking => { utm_campaign => 'autumn', utm_source => 'site',
			utm_medium => 'email', utm_content => undef,
			utm_term => undef, salesforce_uuid => undef },
		scheduled_event => _meeting(),
	};
}

sub _answers ()
{
	my @question = ('What would you like to talk about?',
		'How many people work in your company?',
		'Please share anything that helps us prepare.');
	return map { { question => $question[$_], answer => "\@answer$_\@",
		position => $_ } } 0 .. $#question;
}

sub _meeting ()
{
	return {
		uri => "$API/scheduled_events/\@event\@",
		name => 'Product introduction, 30 minutes', status => 'active',
		start_time => '@start@', end_time => '@end@',
		event_type => "$API/event_types/\@kind\@",
		location => { type => 'zoom', status => 'pushed',
			join_url => 'https://zoom.us/j/@number@?pwd=@invitee@',
			data => { id => '@number@', password => 'k7Wq2p',
				settings => { global_dial_in_numbers => [] } } },
		invitees_counter => { total => 1, active => 1, limit => 2 },
		created_at => '@created@', updated_at => '@created@',
		event_memberships => [{ user => "$API/users/\@owner\@",
			user_email => 'host-@owner@@sales.example',
			user_name => 'Olivia Owner' }],
		event_guests => [{ email => 'guest-@number@@guests.example',
			created_at => '@created@', updated_at => '@created@' }],
		meeting_notes_plain => undef, meeting_notes_html => undef,
		calendar_event => { kind => 'google',
			external_id => 'c@number@q8s7d6f5g4h3' },
	};
}

sub _template ($kind, $payload)
{
	my $text = encode_json({ event => $kind, created_at => '@updated@',
		created_by => "$API/users/\@owner\@", payload => $payload });
	return [split /@(\w+)@/, $text =~ s{\\/}{/}gr];
}

my $CREATED  = _template('invitee.created', _invitee());
my $CANCELED = _template('invitee.canceled', { %{ _invitee() },
	cancellation => { canceled_by => '@given@ @family@',
		canceler_type => 'invitee', reason => '@answer0@',
		created_at => '@updated@' } });

sub _uuid ($kind, $owner, $n)
{
	return sprintf '%08x-%04x-4000-8000-%012x', $owner, $kind, $n;
}

sub _time ($seconds)
{
	my ($s, $m, $h, $d, $mon, $y) = gmtime $seconds;
	return sprintf '%04d-%02d-%02dT%02d:%02d:%02d.%06dZ', $y + 1900,
	    $mon + 1, $d, $h, $m, $s, $seconds * 7919 % 1_000_000;
}

# Some of the prose, as long as $n says.
sub _some ($n, $most)
{
	return substr $PROSE, $n * 31 % 97, 10 + $n * 7919 % $most;
}

my $EPOCH = 1_795_000_000;

sub _values ($n, $owner)
{
	my $start = $EPOCH + 86_400 + $n % 5000 * 1800;
	my ($given, $family) = ($GIVEN[$n % 10], $FAMILY[$n / 10 % 10]);
	return (
		owner	=> _uuid(1, $owner, 0),
		kind	=> _uuid(2, $owner, $n % 4),
		event	=> _uuid(3, $owner, $n % 10 == 5 ? $n - 2 : $n),
		invitee => _uuid(4, $owner, $n),
		given	=> $given, family => $family,
		email	=> "invitee.$n\@guests.example",
		zone	=> $ZONE[$n % @ZONE], number => 80_000_000_000 + $n,
		created => _time($EPOCH + $n), updated => _time($EPOCH + $n),
		start	=> _time($start), end => _time($start + 1800),
		answer0 => _some($n, 200), answer1 => $n % 90,
		answer2 => _some($n + 3, 500), status => 'active',
	);
}

sub body ($n, $owner)
{
	my $cancels = $n % 5 == 4;
	my %value = _values($cancels ? $n - 4 : $n, $owner);
	@value{qw(status updated)} = ('canceled', _time($EPOCH + 60 + $n))
	    if $cancels;
	my $name = 0;
	return join '', map { $name++ % 2 ? $value{$_} : $_ }
	    @{ $cancels ? $CANCELED : $CREATED };
}

1;
