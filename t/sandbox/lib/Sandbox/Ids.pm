package Sandbox::Ids;

# Ids: names and secrets that cannot be guessed.
# The random device stays open and is read in blocks, because every booking
# needs ids, also when the sandbox serves a load test.

use v5.36;
use Exporter 'import';
use MIME::Base64 qw(encode_base64url);

our @EXPORT_OK = qw(id_of_style random_bytes random_text short_id uuid);

my ($device, $pool) = (undef, '');

sub random_bytes ($n) {
	open $device, '<:raw', '/dev/urandom'
	    or die "cannot open /dev/urandom: $!\n" unless $device;
	while (length $pool < $n) {
		read $device, my $more, 4096
		    or die "cannot read /dev/urandom: $!\n";
		$pool .= $more;
	}
	return substr $pool, 0, $n, '';
}

# Returns exactly $n characters of the base64url alphabet.
sub random_text ($n) {
	my $text = encode_base64url(random_bytes(int($n * 3 / 4) + 3));
	return substr $text, 0, $n;
}

sub uuid () {
	my $b = random_bytes(16);
	vec($b, 6, 8) = vec($b, 6, 8) & 0x0f | 0x40;
	vec($b, 8, 8) = vec($b, 8, 8) & 0x3f | 0x80;
	return join '-', unpack 'H8 H4 H4 H4 H12', $b;
}

# Calendly's older objects are named by 16 upper-case letters and digits.
sub short_id () {
	my @set = ('A' .. 'Z', 2 .. 7);
	return join '', map { $set[$_ & 31] } unpack 'C16', random_bytes(16);
}

# The forms of ids by the switch id_style; ids are opaque and have up to 255
# visible characters.
my %STYLE = (
	uuid       => \&uuid,
	slash      => \&uuid,
	upper_uuid => sub () { return uc uuid() },
	dashless   => sub () { return uuid() =~ tr/-//dr },
	short      => \&short_id,
	lower16    => sub () { return lc short_id() },
	word => sub () { return join '',
	    random_text(4), '_', random_text(4), '-', random_text(4) },
	punctuated => sub () { return join '',
	    random_text(4), q(.~!$'), random_text(4), '(*),:;@=&+' },
	twenty  => sub () { return random_text(20) },
	long    => sub () { return random_text(200) },
	longest => sub () { return random_text(255) },
);

sub id_of_style ($style) { return $STYLE{$style}->() }

1;
