#!/usr/bin/perl
# Each language's check of signatures says the same, and what the Standard
# Webhooks specification says: of its own example, and of what is a little wrong
# with it.

use lib 't/lib';
use v5.30;
use warnings;
use utf8;
use experimental 'signatures';

use Encode qw(encode);
use FindBin;
use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use Test::More;

use lib "$FindBin::Bin/../lib";
use Cal::Test::Proc;
use Cal::Test::Push qw(signature);

my $top = "$FindBin::Bin/../..";
my $json = JSON::PP->new->ascii->canonical;

# The example with which the specification's authors test their libraries.
my %VECTOR = (
	secret => 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
	id     => 'msg_p5jXN8AQM9LWM0D4loKWxJek',
	time   => '1614265330',
	body   => '{"test": 2432232314}',
	given  => 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
	now    => 1614265330,
);
my $OTHER = 'whsec_' . encode_base64('x' x 32, '');

# Each program gets one case as JSON in an argument, and says yes or no.
my %PROGRAM = (
	Python => ['/usr/bin/python3', '-B', '-c', <<'EOT'],
import json, sys
sys.path.insert(0, "docs/examples/python")
from verify import keys_of, verified
c = json.loads(sys.argv[1])
print("yes" if verified(keys_of(c["secret"]), c["body"].encode(), c["id"],
    c["time"], c["given"], c["now"]) else "no")
EOT
	PHP => ['php', '-r', <<'EOT', '--'],
require 'docs/examples/php/verify.php';
$c = json_decode($argv[1], true);
echo verified(keys_of($c['secret']), $c['body'], $c['id'], $c['time'],
    $c['given'], $c['now']) ? 'yes' : 'no', "\n";
EOT
	Node => ['node', '-e', <<'EOT', '--'],
const modules = './t/examples/express5/node_modules';
const { Webhook } = require(`${modules}/standardwebhooks`);
const c = JSON.parse(process.argv[1]);
Date.now = () => c.now * 1000;
const of = (secret) => new Webhook(secret);
const is = (webhook) => {
  try {
    webhook.verify(Buffer.from(c.body), { 'webhook-id': c.id,
      'webhook-timestamp': c.time, 'webhook-signature': c.given },
      { jsonParse: false });
    return true;
  } catch (error) {
    if (error.name !== 'WebhookVerificationError') throw error;
    return false;
  }
};
console.log(c.secret.split(' ').map(of).some(is) ? 'yes' : 'no');
EOT
);

sub says ($language, %case)
{
	my $r = Cal::Test::Proc->run([@{ $PROGRAM{$language} },
		$json->encode(\%case)], $ENV{CAL_TEST_TIMEOUT} // 30);
	return $r->{status} ? 'dies' : $r->{out} =~ s/\s+\z//r;
}

sub each_says ($answer, $what, %change)
{
	my %case = (%VECTOR, %change);
	my %said = map { ($_ => says($_, %case)) } sort keys %PROGRAM;
	return is_deeply \%said, { map { ($_ => $answer) } keys %said },
	    "$what: $answer";
}

chdir $top or die "$top: $!";
my $body = 'Žofie 😀';
my $wide = signature(@VECTOR{qw(secret id time)}, encode('UTF-8', $body));
is signature(@VECTOR{qw(secret id time body)}), $VECTOR{given},
    'what the tests sign with is right';
each_says(yes => "the specification's example");
each_says(yes => 'letters beyond ASCII', body => $body, given => $wide);
each_says(yes => 'a second signature',
	given => 'v1,' . 'A' x 43 . "= $VECTOR{given}");
each_says(yes => 'a second secret', secret => "$OTHER $VECTOR{secret}");
each_says(yes => 'another kind beside it',
	given => "v1a,x v2,x $VECTOR{given}");
each_says(yes => '5 minutes old', now => $VECTOR{now} + 300);
each_says(no => 'older', now => $VECTOR{now} + 301);
each_says(yes => '5 minutes early', now => $VECTOR{now} - 300);
each_says(no => 'earlier', now => $VECTOR{now} - 301);
each_says(no => 'another secret', secret => $OTHER);
each_says(no => 'another body', body => '{"test": 2432232315}');
each_says(no => 'another id', id => 'msg_p5jXN8AQM9LWM0D4loKWxJeK');
each_says(no => 'another time', time => '1614265331');
each_says(no => 'no time', time => '');
each_says(no => 'a signature that is cut',
	given => substr $VECTOR{given}, 0, -1);
each_says(no => 'a signature of no kind', given => $VECTOR{given} =~ s/v1,//r);
each_says(no => 'a signature of another kind',
	given => $VECTOR{given} =~ s/v1/v1a/r);
each_says(no => 'no signature', given => '');
each_says(dies => 'no secret', secret => '');
each_says(dies => 'a secret of nothing', secret => 'whsec_');
each_says(dies => 'a secret that is none', secret => 'whsec_ä');

done_testing;
