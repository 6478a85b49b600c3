package Sandbox::Sender;

# Sender: signs a webhook and posts it, once.

use Mojo::Base -base, -signatures;
use Digest::SHA qw(hmac_sha256_hex);
use Mojo::UserAgent;
use Mojo::Util qw(encode);

has ca => undef;
has sent => 0;
has ua => sub ($self) {
	my $ua = Mojo::UserAgent->new(max_redirects => 0,
	    connect_timeout => 10, inactivity_timeout => 15,
	    request_timeout => 25, max_connections => 64);
	$ua->ca($self->ca) if $self->ca;
	$ua->transactor->name('Calendly-Sandbox');
	return $ua;
};

# Returns the header's value: t, and the hex HMAC-SHA256 of "t.body".
sub sign ($self, $key, $body, $t) {
	my $v1 = hmac_sha256_hex("$t.$body", encode('UTF-8', $key));
	return "t=$t,v1=$v1";
}

# Posts once and promises (status, error); the promise never fails.
sub post ($self, $url, $headers, $body) {
	$self->sent($self->sent + 1);
	my $tx = $self->ua->build_tx(POST => $url, $headers, $body);
	return $self->ua->start_p($tx)->then(
	    sub ($done) { return (0 + $done->res->code, undef) },
	    sub ($error) { return (undef, "$error" =~ s/\s+\z//r) });
}

1;
