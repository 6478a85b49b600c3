package Cal::Test::Verifiers;

# Cal::Test::Verifiers: what programs in other languages say of a signature:
# those of docs/examples in Python and PHP, and for Node the library of the
# Standard Webhooks' authors.
#
#	my $said = say_of(secret => $s, id => $id, time => $t, body => $bytes,
#	    given => $signatures, now => time);
#	is_deeply $said, { map { $_ => 'yes' } verifiers() };
# Several secrets have blanks in between. "dies" is said of what none of them
# takes for a secret. The working directory must be the project's.

use v5.30;
use warnings;
use experimental 'signatures';

use Exporter 'import';
use JSON::PP ();

use Cal::Test::Proc;

our @EXPORT_OK = qw(verifiers say_of);

my $json = JSON::PP->new->ascii->canonical;

# Each gets one case as JSON in an argument, and says yes or no.
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

sub verifiers () { return sort keys %PROGRAM }

sub say_of (%case)
{
	return { map { ($_ => _says($_, %case)) } verifiers() };
}

sub _says ($language, %case)
{
	my $r = Cal::Test::Proc->run([@{ $PROGRAM{$language} },
		$json->encode(\%case)], $ENV{CAL_TEST_TIMEOUT} // 30);
	return $r->{status} ? 'dies' : $r->{out} =~ s/\s+\z//r;
}

1;
