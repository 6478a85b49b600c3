# Every webhook request gets the true answer: stored, or exactly why not; and
# nothing is accepted that was not signed with the right key.
#
# With sanitizers in every run.

use Cal::Test;

use Cal::Test::Body qw(delivery invitee_uri uuid);
use Mojo::JSON qw(decode_json);

my ($KEY, $OLD_KEY) = ($Cal::Test::Stack::OAUTH{key}, 'the-key-before-7b1c');
my $c = Cal::Test->start(settings => {
	CALENDLY_WEBHOOK_SIGNING_KEY => "$KEY,$OLD_KEY" });
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');
my $nobody = $c->url('/webhooks/calendly/' . 'x' x 43);
my $serial = 0;

sub fresh
{
	return delivery('invitee.created',
		uri => invitee_uri(uuid(1, ++$serial)));
}

sub stored
{
	return $c->db->selectrow_array('SELECT count(*) FROM deliveries_in');
}

# "200" or "401 signature_invalid".
sub answer_to ($to, $body, $header = {})
{
	my $res = $c->deliver($to, $body, $header);
	return join ' ', $res->code, $res->json('/code') // ();
}

sub signature ($value) { return { 'Calendly-Webhook-Signature' => $value } }

sub without_storing ($deed)
{
	my $before = stored();
	$deed->();
	is stored(), $before, 'nothing was stored';
	return;
}

subtest 'what Calendly signed is stored, byte for byte, once' => sub {
	my ($body, $before) = (" \n" . fresh() . "\r\n ", stored());
	is answer_to($url, $body), '200', 'stored';
	my ($raw) = $c->db->selectrow_array('SELECT encode(body, $$hex$$)' .
	    ' FROM deliveries_in ORDER BY id DESC LIMIT 1');
	is pack('H*', $raw), $body, 'as it came';
	is answer_to($url, $body), '200', 'a repeated one is fine too';
	is stored(), $before + 1, 'and stored once';
};

subtest 'a request without a signature, or with nonsense for one' => sub {
	without_storing(sub {
		is answer_to($url, fresh(), signature(undef)),
		    '400 signature_missing', 'no header';
		my ($t, $mac) = (time, 'a' x 64);
		for my $header ('', ' ', 't', 't=', "t=$t", "v1=$mac",
		    "t=$t,v1=", "t=$t,v1=" . 'a' x 63, "t=$t,v1=" . 'a' x 65,
		    "t=$t,v1=" . 'g' x 64, "t=-$t,v1=$mac", "t=+$t,v1=$mac",
		    "t=0x1,v1=$mac", "t=1e9,v1=$mac", "t=$t,t=$t,v1=$mac",
		    "t=$t;v1=$mac", "t=$t,v1=$mac,", "t =$t,v1=$mac",
		    "t=" . '9' x 40 . ",v1=$mac", "t=$t,v0=$mac",
		    "t=$t,V1=$mac") {
			like answer_to($url, fresh(), signature($header)),
			    qr/^400 signature_m/, "\"$header\"";
		}
	});
};

subtest 'a header in another order, with blanks or more in it' => sub {
	for my $form ('v1=%2$s,t=%1$s', ' t=%1$s , v1=%2$s ',
	    't=%1$s,v0=abc,v1=%2$s', 't=%1$s,v1=' . 'a' x 64 . ',v1=%2$s') {
		my $body = fresh();
		my ($t, $mac) = $c->sign($body) =~ /t=(\d+),v1=(\w+)/;
		is answer_to($url, $body, signature(sprintf $form, $t, $mac)),
		    '200', "\"$form\"";
	}
};

subtest 'what the right key did not sign is refused' => sub {
	without_storing(sub {
		my ($body, $other) = (fresh(), fresh());
		for my $key ('wrong', '', $KEY . 'x', $OLD_KEY . "\n",
		    "$KEY,$OLD_KEY", 'test-client-secret-5d1f2b') {
			is answer_to($url, $body, signature($c->sign($body,
				key => $key))), '401 signature_invalid',
			    'another key';
		}
		is answer_to($url, $body, signature($c->sign($other))),
		    '401 signature_invalid', 'another body';
		my $moved = $c->sign($body) =~ s/t=(\d+)/'t=' . ($1 + 1)/er;
		is answer_to($url, $body, signature($moved)),
		    '401 signature_invalid', 'another time';
		is answer_to($url, "$body ", signature($c->sign($body))),
		    '401 signature_invalid', 'a blank more';
	});
};

subtest 'the app\'s current and its previous key count' => sub {
	for my $key ($KEY, $OLD_KEY) {
		my $body = fresh();
		is answer_to($url, $body, signature($c->sign($body,
			key => $key))), '200', 'a key of the app';
	}
};

subtest 'the time of the signature must be near' => sub {
	my %answer = (0 => '200', 150 => '200', -89_900 => '200',
		240 => '401 signature_stale', 86_400 => '401 signature_stale',
		-90_060 => '401 signature_stale');
	for my $ahead (sort { $a <=> $b } keys %answer) {
		my $body = fresh();
		is answer_to($url, $body, signature($c->sign($body,
			t => time + $ahead))), $answer{$ahead},
		    "$ahead s from now";
	}
	for my $t (0, 1, '999999999999') {
		my $body = fresh();
		is answer_to($url, $body, signature($c->sign($body, t => $t))),
		    '401 signature_stale', "t=$t";
	}
};

subtest 'an address that was never given out' => sub {
	without_storing(sub {
		is answer_to($nobody, fresh()), '404 endpoint_unknown',
		    'the right form, signed';
		for my $path ('x', 'a' x 300, '..%2f..', '%ff%fe',
		    "%20") {
			is((split / /, answer_to($c->url(
				"/webhooks/calendly/$path"), fresh()))[0],
			    404, "\"$path\"") if length $path;
		}
	});
};

subtest 'a size beyond 1 MiB is too large, 1 MiB is not' => sub {
	my $body = fresh();
	my $full = $body . ' ' x (1024 * 1024 - length $body);
	is answer_to($url, $full), '200', '1 MiB';
	is answer_to($url, "$full "), '413 too_large', 'one byte more';
	is answer_to($nobody, "$full ", signature(undef)), '413 too_large',
	    'whoever sends it';
};

subtest 'a body that comes in pieces is the same body' => sub {
	my $body = fresh();
	my $tx = $c->agent->build_tx(POST => $url, signature($c->sign($body)));
	my @piece = $body =~ /.{1,40}/sg;
	my $drain;
	$drain = sub ($content, @) {
		my $piece = shift @piece;
		$content->write_chunk($piece // '', $drain);
		undef $drain if !defined $piece;
	};
	$tx->req->content->$drain;
	is $c->agent->start($tx)->res->code, 200, 'stored';
};

subtest 'only POST is taken, with or without a slash' => sub {
	for my $method (qw(GET HEAD PUT DELETE OPTIONS)) {
		my $res = $c->_ask($method, $url, {});
		is $res->code, 405, $method;
		is $res->headers->header('Allow'), 'POST', 'Allow';
	}
	is answer_to("$url/", fresh()), '404 not_found', 'a slash more';
};

subtest 'a check that fails says no more than it must' => sub {
	is answer_to($nobody, 'x', signature('x')), '400 signature_malformed',
	    'the header comes before the address';
	is answer_to($nobody, 'x', signature('t=1,v1=' . 'a' x 64)),
	    '404 endpoint_unknown', 'the address before the signature';
	is answer_to($url, 'x', signature('t=1,v1=' . 'a' x 64)),
	    '401 signature_invalid', 'the signature before its time';
	my $res = $c->deliver($url, 'x', signature('t=1,v1=' . 'a' x 64));
	unlike $res->body, qr/[0-9a-f]{64}/, 'the right one is not told';
};

done_testing;
