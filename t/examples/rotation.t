# A destination's secret is rotated while events are pushed: who checks with the
# former secret, with the present one, or with both, can do so before, during and
# after it, in each language.

use Cal::Test;

use Cal::Test::Pushes;
use Cal::Test::Verifiers qw(verifiers say_of);
use FindBin;
use MIME::Base64 qw(decode_base64);
use Mojo::Util qw(decode);

chdir "$FindBin::Bin/../.." or die "the project's directory: $!";

my $p = Cal::Test::Pushes->start;
my ($c, $r) = ($p->c, $p->receiver);
my $d = $p->destination('/a');
my $former = $p->secret->{$d};
my $n = 0;

sub next_push ()
{
	$p->add(1);
	my @push = $r->await('/a', ++$n);
	return $push[-1];
}

sub each_says ($push, $answer, $secret, $what)
{
	my %header = %{ $push->{headers} };
	is_deeply say_of(secret => $secret, id => $header{'webhook-id'},
		time => $header{'webhook-timestamp'},
		given => $header{'webhook-signature'},
		body => decode('UTF-8', decode_base64($push->{raw})),
		now => int $push->{at}),
	    { map { ($_ => $answer) } verifiers() }, "$what: $answer";
	return;
}

sub rotate (@body)
{
	my $res = $c->api(POST => "/v1/destinations/$d/rotate-secret", @body);
	is $res->code, 200, 'it is rotated';
	return $res->json('/secret');
}

my $push = next_push();
each_says($push, yes => $former, 'before, the secret');

my $fresh = rotate();
$push = next_push();
each_says($push, yes => $former, 'during, the former secret');
each_says($push, yes => $fresh, 'during, the new secret');
each_says($push, yes => "$former $fresh", 'during, both');
is $r->fault($_, $push), undef, 'and by hand' for $former, $fresh;

$p->age($d, former_until => '1 second');
$push = next_push();
each_says($push, no => $former, 'after, the former secret');
each_says($push, yes => $fresh, 'after, the new secret');
each_says($push, yes => "$former $fresh", 'after, who has kept both');
unlike $push->{headers}{'webhook-signature'}, qr/ /, 'one signature';

my $third = rotate({ keep_old_for => 0 });
$push = next_push();
each_says($push, no => $fresh, 'at once, the former secret');
each_says($push, yes => $third, 'at once, the new secret');

done_testing;
