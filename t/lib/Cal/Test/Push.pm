package Cal::Test::Push;

# Cal::Test::Push: pushes, made and sent as the Standard Webhooks specification
# says, by another code than ours.
#
#	my $push = Cal::Test::Push->new(secret => new_secret());
#	my ($status) = $push->send($url, [{ %header }, $body], ...);
#	my ($status) = $push->send($url, $push->of({ id => ..., type => ... }));
# All that are given to one send() are sent at the same time. A push that gets
# no answer has the status 0.

use Mojo::Base -base, -signatures;

use Digest::SHA qw(hmac_sha256);
use Exporter qw(import);
use MIME::Base64 qw(decode_base64 encode_base64);
use Mojo::IOLoop;
use Mojo::JSON qw(encode_json);
use Mojo::Promise;
use Mojo::UserAgent;

our @EXPORT_OK = qw(new_secret signature);

has 'secret';
has agent => sub { Mojo::UserAgent->new(max_connections => 0,
	inactivity_timeout => $ENV{CAL_TEST_TIMEOUT} // 30) };

sub new_secret ()
{
	return 'whsec_' . encode_base64(join('', map { chr rand 256 } 1 .. 32),
		'');
}

sub signature ($secret, $id, $time, $body)
{
	my $key = decode_base64($secret =~ s/^whsec_//r);
	return 'v1,' . encode_base64(hmac_sha256("$id.$time.$body", $key), '');
}

# A push of an event. %with: body, time, id, secrets => [...], header => {...}
# (undef: not there).
sub of ($self, $event, %with)
{
	my $body = $with{body} // encode_json($event);
	my ($id, $time) = ($with{id} // $event->{id}, $with{time} // time);
	my %header = ('content-type' => 'application/json',
		'user-agent' => 'calendlyd/0', 'webhook-id' => $id,
		'webhook-timestamp' => $time,
		'webhook-signature' => join(' ', map {
			signature($_, $id, $time, $body)
		} @{ $with{secrets} // [$self->secret] }),
		%{ $with{header} // {} });
	delete @header{ grep { !defined $header{$_} } keys %header };
	return [\%header, $body];
}

sub send ($self, $url, @push)
{
	my @status;
	local $SIG{PIPE} = 'IGNORE';	# a receiver may refuse half-way
	Mojo::Promise->all(map {
		$self->agent->post_p($url, @$_)->then(
			sub ($tx) { $tx->res->code },
			sub ($why) { 0 })
	} @push)->then(sub (@all) { @status = map { $_->[0] } @all })->wait;
	return @status;
}

1;
