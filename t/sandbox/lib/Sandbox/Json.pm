package Sandbox::Json;

# Json: encoding as Calendly does it, without escaping slashes, which
# Mojo::JSON always does.

use v5.36;
use Exporter 'import';
use Mojo::JSON ();

our @EXPORT_OK = qw(encode_json);

sub encode_json ($value) {
	return Mojo::JSON::encode_json($value)
	    =~ s{(\\\\)|\\/}{$1 // '/'}ger;
}

1;
