# What was pushed, what waits and what was given up can be read, page by page,
# with each failed try and what to do; and can be tried again.

use Cal::Test;

use Cal::Test::Pushes;
use Mojo::JSON qw(decode_json);

my $p = Cal::Test::Pushes->start;
my ($c, $r) = ($p->c, $p->receiver);
my $NONE = '00000000-0000-4000-8000-000000000000';

sub pushes ($query) { return $c->api(GET => "/v1/pushes?$query") }

sub ids ($res) { return [map { $_->{id} } @{ $res->json('/data') }] }

sub ctl (@argv)
{
	my $run = $c->run_ctl('--json', @argv);
	is $run->{status}, 0, "calendlyctl @argv" or diag $run->{err};
	return decode_json($run->{out});
}

$r->says('/bad' => { status => 500, body => 'oh no' });
my $good = $p->destination('/good');
my $bad = $p->destination('/bad');
$p->add(30, meetings => 3);
$p->drained($good);
my $failed = $p->failed($bad);

subtest 'listed, by filters' => sub {
	is @{ ids(pushes("destination_id=$good&limit=100")) }, 30,
	    'of a destination';
	is @{ ids(pushes("destination_id=$good&status=delivered")) }, 30,
	    'delivered';
	is @{ ids(pushes("destination_id=$good&status=dead")) }, 0, 'not dead';
	is @{ ids(pushes("destination_id=$good&user_id=u1")) }, 30, 'of a user';
	is @{ ids(pushes("destination_id=$good&user_id=u2")) }, 0, 'of no other';
	my $event = $failed->{event_id};
	is_deeply [sort map { $_->{destination_id} }
		@{ pushes("event_id=$event")->json('/data') }],
	    [sort $good, $bad], 'of an event';
	my $one = pushes("event_id=$event&destination_id=$good")
	    ->json('/data/0');
	is_deeply [@$one{qw(status attempts answer_status error advice
		user_id)}], ['delivered', 1, 204, undef, undef, 'u1'],
	    'how it went';
	like $one->{type}, qr/^[a-z]+\.[a-z]+$/, 'of what kind';
	ok !$one->{replay}, 'for the first time';
	for my $wrong ('status=done', 'destination_id=x', 'event_id=', 'x=1',
	    'user_id=..', 'limit=0', 'after=x', "after=p$NONE") {
		is pushes($wrong)->code, 400, "not $wrong";
	}
};

subtest 'page by page, the newest first' => sub {
	my $all = ids(pushes("destination_id=$good&limit=1000"));
	my ($next, @seen) = '';
	for (1 .. 30) {
		my $res = pushes("destination_id=$good&limit=7$next");
		push @seen, @{ ids($res) };
		last if !defined $res->json('/next');
		$next = '&after=' . $res->json('/next');
	}
	is_deeply \@seen, $all, 'each once, in the same order';
};

subtest 'one, with its failed tries' => sub {
	my $res = $c->api(GET => "/v1/pushes/$failed->{id}");
	is $res->code, 200, 'shown';
	is $res->json('/error'), 'answers 500', 'why it failed';
	like $res->json('/advice'), qr/own log/, 'and what to do';
	is $res->json('/answer'), 'oh no', 'how the answer begins';
	is_deeply [@{ $res->json('/failed_attempts/0') }{qw(status answer
		error)}], [500, 'oh no', 'answers 500'], 'and each try';
	is $c->api(GET => "/v1/pushes/$_")->code, 404, "not $_" for $NONE, 'x';
};

subtest 'tried again' => sub {
	my ($delivered) = $p->pushes($good);
	my $res = $c->api(POST => "/v1/pushes/$delivered->{id}/retry");
	is_deeply [$res->code, $res->json('/code')], [409, 'conflict'],
	    'not what is delivered';
	like $res->json('/detail'), qr/replay/, 'and what to do instead';
	my ($held) = grep { $_->{status} eq 'held' } $p->pushes($bad,
		'&limit=1000');
	if ($held) {
		$res = $c->api(POST => "/v1/pushes/$held->{id}/retry");
		like $res->json('/detail'), qr/held behind/, 'nor what is held';
	}
	$r->says('/bad');
	is $c->api(POST => "/v1/pushes/$failed->{id}/retry")->code, 202,
	    'but what waits';
	$c->api(PATCH => "/v1/destinations/$bad", { state => 'active' });
	$c->wait_for(sub { $c->api(GET => "/v1/pushes/$failed->{id}")
		->json('/status') eq 'delivered' }, 'its delivery');
	is $c->api(POST => "/v1/pushes/$NONE/retry")->code, 404, 'only what is';
	$p->hurry($bad)->drained($bad);
};

subtest 'by operators' => sub {
	my $all = ctl('pushes', 'test', '--destination', $good, '--limit', 5);
	is @{ $all->{data} }, 5, 'listed';
	my $one = ctl('pushes', 'show', 'test', $failed->{id});
	is_deeply [$one->{status}, scalar @{ $one->{failed_attempts} }],
	    ['delivered', 1], 'shown';
	is $c->run_ctl('pushes', 'test', '--status', 'x')->{status}, 2,
	    'a status must be one';
	is $c->run_ctl('pushes', 'retry', 'test', $failed->{id})->{status}, 1,
	    'nothing to be tried again';
	my $d = ctl('destination', 'show', 'test', $good);
	is $d->{state}, 'active', 'a destination';
	ctl('destination', 'pause', 'test', $good);
	is $p->show($good)->{state}, 'paused', 'is paused';
	ctl('destination', 'resume', 'test', $good);
	is $p->show($good)->{state}, 'active', 'and resumed';
	is_deeply [sort map { $_->{id} } @{ ctl('destinations', 'test')
		->{data} }], [sort $good, $bad], 'all are listed';
	ctl('destination', 'delete', 'test', $bad);
	is $c->api(GET => "/v1/destinations/$bad")->code, 404, 'one deleted';
	is $c->run_ctl('destination', 'show', 'test', $bad)->{status}, 1,
	    'which is not there any more';
	is $c->run_ctl('destination', 'show', 'test', 'x')->{status}, 2,
	    'an id must be one';
	is_deeply ids(pushes("destination_id=$bad")), [],
	    'nor are its pushes';
};

subtest 'of another tenant' => sub {
	$c->stack->ctl_must(qw(tenant add other));
	my %other = (Authorization => 'Bearer ' .
		$c->stack->ctl_must(qw(key add other)));
	my ($push) = $p->pushes($good);
	is_deeply $c->api(GET => '/v1/pushes', undef, \%other)->json('/data'),
	    [], 'none are seen';
	is $c->api(@$_, undef, \%other)->code, 404, "$_->[0] finds nothing"
	    for [GET => "/v1/pushes/$push->{id}"],
	    [POST => "/v1/pushes/$push->{id}/retry"];
};

done_testing;
