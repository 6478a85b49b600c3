package Cal::Test::Client;

# Cal::Test::Client: the other ends of the wire: the host application's
# requests, Calendly's deliveries, and the sandbox's controls. It is the base of
# Cal::Test, which provides "stack".

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use Digest::SHA qw(hmac_sha256_hex);
use Mojo::JSON ();
use Mojo::URL;
use Mojo::UserAgent;
use Test::More ();
use Time::HiRes qw(time);

use Cal::Test::Stack;

has [qw(stack key)];
has agent => sub ($self) {
	return Mojo::UserAgent->new(connect_timeout => 10,
		inactivity_timeout => 60)->ca($self->stack->ca);
};
has contract => sub { _contract() };

sub url ($self, $path = '') { return $self->stack->backend . $path }

# Sends a request of the host application and returns the answer, a
# Mojo::Message::Response with ->code, ->json('/a/b') and ->headers. $header may
# set Authorization to another key, or to undef for none.
sub api ($self, $method, $path, $json = undef, $header = {})
{
	my %header = (Authorization => 'Bearer ' . $self->key, %$header);
	delete @header{ grep { !defined $header{$_} } keys %header };
	return $self->_ask($method, $self->url($path), \%header,
		defined $json ? (json => $json) : ());
}

sub _ask ($self, $method, $url, $header, @body)
{
	my $tx = $self->agent->start($self->agent->build_tx($method, $url,
		$header, @body));
	my $err = $tx->error;
	croak "$method $url: no answer: $err->{message}"
	    if $err && !$err->{code};
	$self->check_contract($tx);
	return $tx->res;
}

# Fails the test for every way in which the answer is not as documented.
sub check_contract ($self, $tx)
{
	my ($req, $res) = ($tx->req, $tx->res);
	my $path = $req->url->path->to_string;
	return if !$self->contract || $req->url !~ /^\Q${\ $self->url}\E/ ||
	    $path =~ m{^/pages/};
	my $type = $res->headers->content_type;
	my $body = ($type // '') =~ /\bjson\b/ ? _decode($res->body) : $res->body;
	my @fault = $self->contract->check($req->method, $path, $res->code,
		$type, $body, $res->headers->to_hash);
	return if !@fault;
	Test::More::fail("answer as documented: $req->{method} $path");
	Test::More::diag("$_\n") for @fault, $res->code . ' ' . $res->body;
	return;
}

# Returns undef for what is not JSON, which the contract then rejects.
sub _decode ($bytes)
{
	return eval { Mojo::JSON::decode_json($bytes) };
}

sub _contract ()
{
	require Cal::Contract;
	state $contract = Cal::Contract->new(
		"$Cal::Test::Stack::TOP/docs/openapi.yaml");
	return $contract;
}

# Sends one request to the sandbox, to its control API or as the host
# application never would. Returns the answer's decoded JSON. Any answer but 2xx
# is a fault of the test.
sub sandbox ($self, $method, $path, $json = undef)
{
	my $url = $self->stack->sandbox_url . $path;
	my $tx = $self->agent->start($self->agent->build_tx($method, $url, {},
		defined $json ? (json => $json) : ()));
	croak "sandbox: $method $path: " . ($tx->res->code // 'no answer') .
	    ' ' . $tx->res->body if !$tx->res->is_success;
	return $tx->res->json;
}

sub sandbox_state ($self) { return $self->sandbox(GET => '/sandbox/state') }

# Returns the value of the signature header as Calendly computes it.
sub sign ($self, $body, %arg)
{
	my $t = $arg{t} // int time;
	return "t=$t,v1=" . hmac_sha256_hex("$t.$body",
		$arg{key} // $Cal::Test::Stack::OAUTH{key});
}

# Sends a delivery of raw bytes to a callback URL. It is rightly signed unless
# the header is given (undef for none).
sub deliver ($self, $url, $body, $header = {})
{
	my %header = ('Content-Type' => 'application/json',
		'Calendly-Webhook-Signature' => $self->sign($body), %$header);
	delete @header{ grep { !defined $header{$_} } keys %header };
	return $self->_ask(POST => $url, \%header, $body);
}

# Reads the feed from a cursor, or from its beginning, to its end.
sub events ($self, $after = undef)
{
	my @event;
	for (;;) {
		my $query = Mojo::URL->new('/v1/events')->query(limit => 100,
			defined $after ? (after => $after) : ());
		my $res = $self->api(GET => "$query");
		$res->code == 200 or croak '/v1/events: ' . $res->body;
		push @event, @{ $res->json('/data') };
		return @event if !$res->json('/more');
		$after = $res->json('/next');
	}
}

1;
