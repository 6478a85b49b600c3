package Sandbox::Ids;

# Ids: names and secrets that cannot be guessed.
#
# The random device stays open and is read in blocks, because minting is on
# the path of every booking when the sandbox serves a load test.

use v5.36;
use Exporter 'import';
use MIME::Base64 qw(encode_base64url);

our @EXPORT_OK = qw(random_bytes random_text short_id uuid);

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

# Exactly $n characters of the base64url alphabet.
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

1;
