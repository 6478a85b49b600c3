# Whoever knows an endpoint can send any number of forged deliveries to it. They
# are refused and counted; several in a row raise one alarm and one reconcile.
# The subscription stays as it is, and the host is told nothing.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Body qw(delivery invitee_uri uuid);

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited(3);
my ($serial, $ALARM) = (0, qr/several deliveries with a wrong signature/);

$c->connect('u1', person => 'p1');
$books->settle;
my $url = $c->endpoint('u1');
my ($hook) = $books->hooks('p1');

sub deliver ($to = $url, %sign)
{
	my $body = delivery('invitee.created',
		uri => invitee_uri(uuid(5, ++$serial)));
	return $c->deliver($to, $body, { 'Calendly-Webhook-Signature' =>
		$c->sign($body, %sign) })->code;
}

sub forged ($to = $url) { return deliver($to, key => 'another') }

# Of the only endpoint there is: one column.
sub noted ($column)
{
	return $books->one("SELECT $column FROM endpoints WHERE state = 'live'
	    ORDER BY id LIMIT 1");
}

sub counted ($n)
{
	return $c->wait_for(sub { noted('wrong_signatures') == $n ? 'yes' : 0 },
		"$n to be counted");
}

sub alarms { return scalar(() = $c->log_text =~ /$ALARM/g) }

sub looks { return $books->calls('GET /webhook_subscriptions') }

sub unchanged ($title)
{
	$books->settle;
	my $is = $c->api(GET => '/v1/connections/u1')->json('/webhook/state');
	is $is, 'active', "$title: the API says that all is well";
	is join(' ', map { $_->{id} } $books->hooks('p1')), $hook->{id},
	    'the subscription is the one that it was';
	is_deeply [grep { $_->{type} =~ /^webhook/ } $c->events], [],
	    'nothing is told to the host';
	return;
}

subtest 'one forged delivery changes nothing but a counter' => sub {
	my $looks = looks();
	is forged(), 401, 'it is refused';
	counted(1);
	ok noted('refused_at IS NOT NULL'), 'it is noted that it was';
	unchanged('one');
	is looks(), $looks, 'nobody looks';
	is alarms(), 0, 'nobody is alarmed';
};

subtest 'a delivery with the right signature ends all suspicion' => sub {
	is forged(), 401, 'another one';
	counted(2);
	is deliver(), 200, 'one that is right';
	counted(0);
	is forged(), 401, 'two more' for 1 .. 2;
	counted(2);
	unchanged('never three in a row');
	is alarms(), 0, 'nobody is alarmed';
	deliver();
	counted(0);
};

subtest 'several in a row are one alarm and one look' => sub {
	my $looks = looks();
	is forged(), 401, 'refused' for 1 .. 3;
	$c->wait_for(sub { alarms() == 1 }, 'the alarm');
	unchanged('three');
	is looks(), $looks + 1, 'somebody looked';
	my $row = noted('xmin');
	is forged(), 401, 'refused' for 1 .. 100;
	is deliver(), 200, 'good ones are taken meanwhile';
	counted(0);
	forged() for 1 .. 20;
	counted(3);
	unchanged('a hundred');
	is alarms(), 1, 'no other alarm';
	is looks(), $looks + 1, 'no other look';
};

subtest 'however old the subscription is, and whoever looks' => sub {
	$c->db->do(q{UPDATE endpoints
		SET created_at = now() - interval '2 days'});
	is $c->reconcile('u1')->code, 200, 'looked';
	unchanged('an old one');
};

subtest 'an hour later there is another alarm, while it goes on' => sub {
	$c->db->do(q{UPDATE endpoints SET
		suspected_at = suspected_at - interval '61 minutes'});
	is forged(), 401, 'refused' for 1 .. 5;
	$c->wait_for(sub { alarms() == 2 }, 'the alarm');
	unchanged('an hour later');
	deliver();
	counted(0);
};

subtest 'what is stale is refused and noted, but is no forgery' => sub {
	$c->db->do('UPDATE endpoints SET refused_at = NULL');
	is deliver($url, t => time - 200_000), 401, 'refused' for 1 .. 5;
	$c->wait_for(sub { noted('refused_at IS NOT NULL') }, 'noted');
	is noted('wrong_signatures'), 0, 'not a wrong signature';
};

subtest 'forged ones to where nobody is note nothing' => sub {
	is forged($url =~ s/.{8}$/AAAAAAAA/r), 404, 'unknown';
	is $books->one('SELECT lost_deliveries FROM deployment'), 0,
	    'that is no loss';
};

subtest 'without a key, what comes waits, and that is noted' => sub {
	$c->db->do('UPDATE endpoints SET refused_at = NULL');
	my %old = map { $_ => 1 } $c->calendlyd->children;
	$c->configure(CALENDLY_WEBHOOK_SIGNING_KEY => undef)
	    ->calendlyd->signal('HUP');
	$c->wait_for(sub { my @now = $c->calendlyd->children;
		@now && !grep { $old{$_} } @now }, 'a new generation');
	$c->wait_ready;
	is deliver(), 503, 'later';
	$c->wait_for(sub { noted('refused_at IS NOT NULL') }, 'noted');
	is noted('wrong_signatures'), 0, 'not a wrong signature';
};

done_testing;
