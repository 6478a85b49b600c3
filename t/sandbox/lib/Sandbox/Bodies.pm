package Sandbox::Bodies;

# Bodies: the bytes of a webhook.
# A payload is first changed as a structure and then as text, because a JSON
# encoder would not write some of what Calendly was seen to send (numbers such
# as 1.0, odd bytes).

use v5.36;
use Exporter 'import';
use POSIX qw(strftime);
use Sandbox::Clock;
use Sandbox::Json qw(encode_json);

our @EXPORT_OK = qw(body_of);

# Returns the same moment on a clock that is two hours ahead.
sub _elsewhere ($text, $zone) {
	my $time = Sandbox::Clock->parse($text) // return $text;
	my ($fraction) = $text =~ /(\.\d+)/;
	return strftime('%Y-%m-%dT%H:%M:%S', gmtime int $time + 7200)
	    . ($fraction // '') . $zone;
}

# Returns a full minute as the sixtieth second of the minute before.
sub _leap ($text) {
	my $time = Sandbox::Clock->parse($text) // return $text;
	return $text if int($time) % 60;
	return strftime('%Y-%m-%dT%H:%M:60', gmtime int $time - 60)
	    . ($text =~ s/\A[^.Z]+//r);
}

# Turns a time as Calendly writes it into forms in which it was or might be
# seen.  Each still names the same second, except the forms without seconds.
my %TIME = (
	micros      => sub ($t) { $t },
	seconds     => sub ($t) { $t =~ s/\.\d+//r },
	no_seconds  => sub ($t) { $t =~ s/:\d\d(?:\.\d+)?Z/Z/r },
	blank       => sub ($t) { $t =~ tr/T/ /r },
	lower       => sub ($t) { lc $t },
	offset      => sub ($t) { _elsewhere($t, '+0200') },
	offset_hour => sub ($t) { _elsewhere($t, '+02') },
	colon       => sub ($t) { _elsewhere($t, '+02:00') },
	leap        => \&_leap,
);

sub _time ($form, $text) { return $TIME{$form}->($text) }

my $WHEN = qr/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/;

sub _respelled ($switches, $json) {
	my $form = $switches->{body_time};
	$json =~ s{("\w+_(?:at|time)":)"($WHEN)"}
	    {$1 . '"' . _time($form, $2) . '"'}ge if $form ne 'micros';
	$json =~ s{("(?:total|active|limit|position)":\d+)(?=[,\}])}{$1.0}g
	    if $switches->{body_numbers} eq 'doubles';
	return $json;
}

# Puts a byte that is not UTF-8 at the start of the first name, or a byte order
# mark before the body.
sub _garbled ($switches, $body) {
	$body =~ s/("name":)"/$1"\xff/ if $switches->{body_bad_byte};
	$body = "\xef\xbb\xbf$body" if $switches->{body_bom};
	return $body;
}

# The envelope's members come first, whatever a payload holds.
sub body_of ($state, $kind, $creator, $at, $payload) {
	my $head = encode_json({ event => $kind,
	    created_at => _time($state->switches->{envelope_time}, $at),
	    created_by => $state->people->uri($creator) });
	chop $head;
	my $json = encode_json(_reshaped($state->switches, $payload));
	return _garbled($state->switches,
	    qq($head,"payload":) . _respelled($state->switches, $json) . '}');
}

sub _reshaped ($switches, $payload) {
	my $event = $payload->{scheduled_event} or return $payload;
	my %copy = %$payload;
	return { %copy, scheduled_event => undef }
	    if $switches->{body_shape} eq 'null_event';
	if ($switches->{body_shape} eq 'old') {
		delete $copy{scheduled_event};
		return \%copy;
	}
	my $hosts = $event->{event_memberships};
	$copy{scheduled_event} = { %$event,
	    event_memberships => [@$hosts, $hosts->[0]] }
	    if $switches->{host_twice} && @$hosts;
	return \%copy;
}

1;
