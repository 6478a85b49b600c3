# A destination can be tested: one event is sent now, and the answer says what
# became of it and what to do. Nothing else changes.

use Cal::Test;

use Cal::Test::Pushes;
use Mojo::JSON;

my $p = Cal::Test::Pushes->start;
my ($c, $r) = ($p->c, $p->receiver);

sub try_it ($id)
{
	my $res = $c->api(POST => "/v1/destinations/$id/test");
	is $res->code, 200, 'answered' or diag $res->body;
	return $res->json;
}

subtest 'a receiver that is right' => sub {
	my $d = $p->destination('/a', headers => { 'X-Route' => 'bookings' });
	my $was = $p->show($d);
	my $res = try_it($d);
	is_deeply [@$res{qw(delivered status error advice)}],
	    [Mojo::JSON->true, 204, undef, undef], 'delivered';
	my ($push) = $r->got('/a');
	is $push->{json}{type}, 'destination.test', 'an event of its own type';
	is_deeply $push->{json}{data}, { destination_id => $d }, 'about it';
	is $push->{headers}{'x-route'}, 'bookings', 'with its headers';
	is $r->fault($p->secret->{$d}, $push), undef, 'signed as all are';
	is_deeply $p->show($d), $was, 'the destination is as it was';
	is scalar($c->events), 0, 'and the feed';
	$p->change($d, state => 'paused');
	ok try_it($d)->{delivered}, 'also while it is paused';
	is scalar($r->got('/a')), 2, 'each is sent';
};

for my $case (
	[{ status => 500, body => 'oh no' }, 500, qr/^answers 500/, qr/own log/],
	[{ status => 401 }, 401, qr/401/, qr/secret/],
	[{ status => 301, headers => { Location => 'https://x.example/' } },
		301, qr/301/, qr/redirect/],
	[{ status => 410 }, 410, qr/410/, qr/no more pushes/],
	[{ way => 'close' }, undef, qr/./, qr/./],
) {
	my ($way, $status, $error, $advice) = @$case;
	my $name = $status // $way->{way};
	subtest "a receiver that answers $name" => sub {
		$r->says("/$name" => $way);
		my $d = $p->destination("/$name");
		my $was = $p->show($d);
		my $res = try_it($d);
		is_deeply [@$res{qw(delivered status)}],
		    [Mojo::JSON->false, $status], 'not delivered';
		like $res->{error}, $error, 'why';
		like $res->{advice}, $advice, 'and what to do';
		is $res->{answer}, $way->{body}, 'how the answer begins';
		is_deeply $p->show($d), $was, 'which counts for nothing';
	};
}

subtest 'where nobody is' => sub {
	my $port = $c->stack->hold_port('nobody');
	my $res = try_it($p->destination("https://127.0.0.1:$port/"));
	like $res->{advice}, qr/running/, 'nothing listens';
	$res = try_it($p->destination('https://receiver.invalid/'));
	like $res->{advice}, qr/DNS/, 'no such name';
	$res = try_it($p->destination('https://localhost:' . $r->port . '/'));
	ok !$res->{delivered} || $res->{status}, 'a name is looked up';
};

subtest 'a receiver that hangs' => sub {
	$r->says('/hang' => { way => 'hang' });
	my $res = try_it($p->destination('/hang'));
	like $res->{error}, qr/slow|timed out|in time/, 'is given up';
	like $res->{advice}, qr/in time/, 'with what to do';
	cmp_ok $res->{ms}, '>=', 9000, 'ten seconds';
};

subtest 'neither a secret nor a header is told' => sub {
	$r->says('/echo' => { status => 500, body => 'Bearer app-token-17' });
	my $d = $p->destination('/echo',
		headers => { Authorization => 'Bearer app-token-17' });
	my $res = $c->api(POST => "/v1/destinations/$d/test");
	unlike $res->body, qr/app-token/, 'not in the answer';
	unlike $c->calendlyd->tail(100000), qr/app-token|whsec_/,
	    'nor in the log';
};

subtest 'an address inside' => sub {
	$c->configure(CALENDLYD_DELIVER_ALLOW => '10.99.0.0/16');
	$c->calendlyd->restart;
	$c->wait_ready;
	my ($d) = map { $_->{id} } @{ $c->api(GET =>
		'/v1/destinations?limit=1')->json('/data') };
	my $n = $r->got;
	my $res = try_it($d);
	ok !$res->{delivered}, 'is refused';
	like $res->{advice}, qr/not a public one/, 'and that is said';
	is scalar($r->got), $n, 'nothing is sent';
};

subtest 'while the clone guard is shut' => sub {
	$c->configure(BACKEND_URL => $c->stack->backend =~ s/127\.0\.0\.1/localhost/r);
	$c->calendlyd->restart;
	my ($d) = $c->db->selectrow_array('SELECT id FROM destinations LIMIT 1');
	my $res = $c->wait_for(sub {
		my $res = $c->agent->post($c->url("/v1/destinations/$d/test"),
			{ Authorization => 'Bearer ' . $c->key })->res;
		$res->code == 503 && $res->json('/detail') =~ /adopt/ ? $res : 0
	}, 'nothing to be sent');
	ok $res, 'nothing is sent';
};

done_testing;
