# Events are pushed to a host app: signed, the same bytes as in the feed, in
# order for each meeting, and soon.
#
# With sanitizers in every run.

use Cal::Test;

use Cal::Test::Body qw(delivery invitee_uri uuid);
use Cal::Test::Metrics;
use Cal::Test::Pushes;
use MIME::Base64 qw(decode_base64);

my $p = Cal::Test::Pushes->start;
my ($c, $r) = ($p->c, $p->receiver);
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');
my $serial = 0;

sub booking
{
	my $res = $c->deliver($url, delivery('invitee.created',
		uri => invitee_uri(uuid(5, ++$serial))));
	is $res->code, 200, 'a booking comes';
	return;
}

subtest 'an event arrives as the feed shows it, signed' => sub {
	my $d = $p->destination('/a');
	booking();
	my ($push) = grep { $_->{json}{type} eq 'invitee.created' }
	    $r->await('/a', 2);
	is $push->{method}, 'POST', 'by POST';
	is $push->{headers}{'content-type'}, 'application/json', 'as JSON';
	like $push->{headers}{'user-agent'}, qr{^calendlyd/\d}, 'by calendlyd';
	ok !exists $push->{headers}{'calendlyd-replay'}, 'it is no replay';
	is $r->fault($p->secret->{$d}, $push), undef, 'the signature is right';
	is $r->fault($p->secret->{$d} =~ s/_./_A/r, $push),
	    'no signature fits', 'for this secret alone';
	my $feed = $c->agent->get($c->url("/v1/events/$push->{id}"), {
		Authorization => 'Bearer ' . $c->key })->res->body;
	is decode_base64($push->{raw}), $feed, 'the bytes are the feed\'s';
	$p->drained($d);
};

subtest 'a filter lets only its own through' => sub {
	my $d = $p->destination('/types', types => ['meeting.changed']);
	my $other = $p->destination('/user', user_id => 'nobody');
	booking();
	$r->await('/types', 1);
	$p->drained([$d, $other]);
	is_deeply [map { $_->{json}{type} } $r->got('/types')],
	    ['meeting.changed'], 'one type';
	is scalar $r->got('/user'), 0, 'of no other user';
};

subtest 'own headers go along, and can\'t take the place of ours' => sub {
	my $d = $p->destination('/headers',
		headers => { Authorization => 'Bearer app-token-17' });
	booking();
	my ($push) = $r->await('/headers', 1);
	is $push->{headers}{authorization}, 'Bearer app-token-17', 'theirs';
	is $r->fault($p->secret->{$d}, $push), undef, 'and ours';
	$p->drained($d);
};

subtest 'many events arrive once each, those of a meeting in order' => sub {
	my $d = $p->destination('/many');
	$p->add(2000, meetings => 100)->drained($d, 60);
	is_deeply $p->judge('/many'), { missing => [], late => [], again => 0 },
	    'all of them';
	is scalar(grep { $r->fault($p->secret->{$d}, $_) } $r->got('/many')), 0,
	    'each rightly signed';
};

subtest 'pushes are counted' => sub {
	my $m = Cal::Test::Metrics->scrape($c);
	cmp_ok $m->value('calendlyd_pushes_total', outcome => 'delivered'),
	    '>=', 2000, 'those that were delivered';
	cmp_ok $m->value('calendlyd_push_lag_seconds_count'), '>=', 2000,
	    'and how long they took';
	is $m->value('calendlyd_destinations', state => 'active'), 5,
	    'destinations';
	is $m->value('calendlyd_pushes', status => 'waiting'), 0,
	    'nothing waits';
};

done_testing;
