package Cal::Test::Body;

# Cal::Test::Body: bodies of deliveries as Calendly writes them, where a test
# wants to send its own.
#
#	my $body = delivery('invitee.created', uri => invitee_uri(uuid(1, 7)));
#
# Everything else in the payload may be given too; undef is JSON's null.

use Mojo::Base -strict, -signatures;

use Exporter qw(import);
use Mojo::JSON qw(encode_json);

our @EXPORT_OK = qw(delivery envelope invitee_uri no_show_uri uuid);

# Distinct for distinct numbers, and the same ones for the same.
sub uuid ($who, $n = 0)
{
	return sprintf '%08x-0000-4000-8000-%012x', $who, $n;
}

# Each is booked into an event of its own.
sub invitee_uri ($uuid)
{
	my $event = $uuid =~ s/-4000-8/-4000-9/r;
	return "https://api.calendly.com/scheduled_events/$event/invitees/$uuid";
}

sub no_show_uri ($uuid)
{
	return "https://api.calendly.com/invitee_no_shows/$uuid";
}

sub envelope ($kind, $payload, %more)
{
	return encode_json({ event => $kind,
		created_at => '2026-11-20T10:00:00.000000Z',
		created_by => 'https://api.calendly.com/users/' . uuid(9),
		payload => $payload, %more });
}

sub delivery ($kind, %payload)
{
	return envelope($kind, { uri => invitee_uri(uuid(0)),
		email => 'ivy@example.org', name => 'Ivy', status => 'active',
		updated_at => '2026-11-20T10:00:00.000000Z', no_show => undef,
		%payload });
}

1;
