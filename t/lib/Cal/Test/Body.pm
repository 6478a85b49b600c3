package Cal::Test::Body;

# Cal::Test::Body: bodies of deliveries as Calendly writes them, for tests that
# send their own.
#
#	my $body = delivery('invitee.created', uri => invitee_uri(uuid(1, 7)));
# Any other member of the payload may be given, too; undef becomes JSON's null.

use Mojo::Base -strict, -signatures;

use Exporter qw(import);
use Mojo::JSON qw(encode_json);

our @EXPORT_OK = qw(delivery envelope invitee_uri no_show_uri uuid);

# The same arguments always give the same UUID, and different ones different
# UUIDs.
sub uuid ($who, $n = 0)
{
	return sprintf '%08x-0000-4000-8000-%012x', $who, $n;
}

# Each invitee is booked into an event of their own.
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
