# However a receiver fails, a push is tried again, and what has happened can be
# read. Who is dead for long costs nothing, is told of, and loses nothing.

use Cal::Test;

use Cal::Test::Certificates;
use Cal::Test::Pushes;
use Cal::Test::Receiver;
use Mojo::Util ();
use Time::HiRes qw(time);

my $p = Cal::Test::Pushes->start;
my ($c, $r) = ($p->c, $p->receiver);
my $tls = Cal::Test::Certificates->new->make;

# Makes a destination for a user of its own, and one event for it.
sub one ($kind, $where = "/$kind")
{
	my $d = $p->destination($where, user_id => $kind);
	$p->add(1, user => $kind);
	return $d;
}

sub delivers_after_all ($d, $path)
{
	$r->says($path);
	$p->hurry($d)->drained($d);
	my ($push) = $p->pushes($d);
	is $push->{status}, 'delivered', 'it is delivered after all';
	is $push->{error}, undef, 'nothing is wrong any more';
	return;
}

my @FAILURE = (
	[status => { status => 500, body => 'oh no' }, qr/^answers 500$/],
	[refuses => { status => 404 }, qr/^answers 404$/],
	[redirects => { status => 301, headers => {
		Location => 'https://b.example/hook' } },
	    qr{^answers 301 with Location https://b\.example/hook: give the}],
	[resets => { way => 'reset' }, qr/reset/i],
	[closes => { way => 'close' }, qr/empty reply|closed/i],
	[cuts => { way => 'cut', status => 200 }, qr/closed|end of/i],
);

for my $case (@FAILURE) {
	my ($kind, $way, $why) = @$case;
	subtest "a receiver that $kind" => sub {
		$r->says("/$kind" => $way);
		my $d = one($kind);
		my $push = $p->failed($d);
		like $push->{error}, $why, 'says why';
		is $push->{status}, 'waiting', 'is tried again';
		is $push->{attempts}, 1, 'was tried once';
		delivers_after_all($d, "/$kind");
	};
}

subtest 'an answer is kept, as text, without secrets' => sub {
	$r->says('/echo' => { status => 500,
		body => "a\0b Bearer app-token-17 " . 'x' x 5000 });
	my $d = $p->destination('/echo', user_id => 'echo',
		headers => { Authorization => 'Bearer app-token-17' });
	$p->add(1, user => 'echo');
	my $push = $p->failed($d);
	is length Mojo::Util::encode('UTF-8', $push->{answer}), 1024,
	    'its first kilobyte';
	unlike $push->{answer}, qr/app-token/, 'without the header';
	delivers_after_all($d, '/echo');
	unlike $c->calendlyd->tail(100000), qr/app-token|whsec_/,
	    'nor is it in the log';
};

subtest 'a receiver that is not there' => sub {
	my $port = $c->stack->hold_port('nobody');
	my $d = one('nobody', "https://127.0.0.1:$port/");
	like $p->failed($d)->{error}, qr/refused|could.?n.t connect/i,
	    'says so';
};

subtest 'a host that does not exist' => sub {
	my $d = one('nowhere', 'https://receiver.invalid/');
	like $p->failed($d)->{error}, qr/resolve/i, 'says so';
};

subtest 'a certificate that nobody trusts' => sub {
	my $s = Cal::Test::Receiver->new(test => $c, name => 'stranger',
		cert => $tls->dir . '/unknown.pem', key => $tls->dir . '/key')
	    ->start;
	my $d = one('stranger', $s->url);
	like $p->failed($d)->{error}, qr/certificate/i, 'is a failure';
	is scalar $s->got, 0, 'nothing was sent';
};

subtest 'a large answer is a success' => sub {
	$r->says('/large' => { status => 200, bytes => 5_000_000 });
	my $d = one('large');
	$p->drained($d);
	my ($push) = $p->pushes($d);
	is $push->{status}, 'delivered', 'it counts as taken';
	is length $push->{answer}, 1024, 'the rest is not kept';
};

subtest 'a private address that is not allowed' => sub {
	my $d = one('inside', 'https://receiver.invalid/');
	$c->db->do('UPDATE destinations SET url = ? WHERE id = ?', undef,
		'https://169.254.169.254/', $d);
	$c->wait_for(sub { $p->hurry($d)->failed($d)->{error} =~
		/CALENDLYD_DELIVER_ALLOW/ }, 'it to say so, and what to do');
	pass 'it is refused';
};

subtest 'who asks for a pause gets it' => sub {
	$r->says('/pause' => { status => 429, first => 1,
		headers => { 'Retry-After' => 2 } });
	my $d = one('pause');
	like $p->failed($d)->{error}, qr/answers 429 .* pause of 2 s/,
	    'it says so';
	$p->add(1, user => 'pause');
	my @push = $r->await('/pause', 2);
	cmp_ok $push[1]{at} - $push[0]{at}, '>', 1.5, 'others wait, too';
	$p->drained($d);
};

subtest 'who asks for short pauses all the time does not fill the log' => sub {
	$r->says('/short' => { status => 429, headers => {
		'Retry-After' => 1 } });
	my $d = one('short');
	$c->wait_for(sub { $r->got('/short') >= 5 }, 'some pauses');
	my @said = $c->calendlyd->tail(1_000_000) =~ /destination $d: event/g;
	cmp_ok scalar @said, '<=', 2, 'a line now and then';
	delivers_after_all($d, '/short');
};

subtest 'who says that it is gone is paused' => sub {
	$r->says('/gone' => { status => 410 });
	my $d = one('gone');
	$c->wait_for(sub { $p->told(paused => $d) }, 'it to be told');
	my $now = $p->show($d);
	is $now->{state}, 'paused', 'it is paused';
	is $now->{reason}, 'gone', 'because it is gone';
	$p->add(3, user => 'gone');
	$r->says('/gone');
	is scalar $r->got('/gone'), 1, 'nothing more is sent';
	$p->change($d, state => 'active');
	$p->hurry($d)->drained($d);
	is scalar $r->got('/gone'), 5, 'until it is resumed: then all of it';
};

subtest 'a dead one costs next to nothing, and catches up by itself' => sub {
	$r->says('/dead' => { status => 500 });
	my $d = $p->destination('/dead', user_id => 'dead');
	$p->add(500, user => 'dead');
	$c->wait_for(sub { $p->show($d)->{health}{breaker} eq 'open' },
		'the breaker to open');
	my $before = $r->got('/dead');
	cmp_ok $before, '<', 30, 'few were tried';
	$p->hurry($d);
	$c->wait_for(sub { $r->got('/dead') > $before }, 'a probe');
	cmp_ok scalar $r->got('/dead'), '<', $before + 3, 'a single one';
	$r->says('/dead');
	$p->hurry($d);
	$c->wait_for(sub { $p->hurry($d); $p->show($d)->{health}{breaker} eq
		'closed' }, 'the breaker to close');
	$p->hurry($d)->drained($d, 60);
	is_deeply $p->judge('/dead', $p->n - 499)->{missing}, [],
	    'nothing is lost';
	ok !(grep { $_->{status} eq 'dead' } $p->pushes($d)), 'or given up';
};

subtest 'an hour of failures is told, and that they end' => sub {
	$r->says('/ill' => { status => 500 });
	my $d = one('ill');
	$p->failed($d);
	is scalar $p->told(failing => $d), 0, 'not at once';
	$p->age($d, failing_since => '61 minutes')->hurry($d);
	$c->wait_for(sub { $p->told(failing => $d) }, 'it to be told');
	$p->hurry($d);
	$c->wait_for(sub { $r->got('/ill') >= 3 }, 'another failure');
	$r->says('/ill');
	$p->hurry($d);
	$c->wait_for(sub { $p->told(recovered => $d) },
		'that it has recovered');
	is scalar $p->told(failing => $d), 1, 'it was told once';
};

subtest 'five days of failures disable it' => sub {
	$r->says('/lost' => { status => 500 });
	my $d = one('lost');
	$p->failed($d);
	$p->age($d, failing_since => '5 days')->hurry($d);
	$c->wait_for(sub { $p->told(disabled => $d) }, 'it to be told');
	is $p->show($d)->{state}, 'disabled', 'it is disabled';
	is $p->show($d)->{reason}, 'failing', 'because it failed';
	$r->says('/lost');
	$p->change($d, state => 'active');
	$p->hurry($d)->drained($d);
	pass 'it goes on when it is resumed';
};

subtest 'who hangs is given up after 15 s' => sub {
	$r->says('/hang' => { way => 'hang' });
	my $began = time;
	my $d = one('hang');
	like $p->failed($d, 40)->{error}, qr/time|answer/i, 'it says so';
	cmp_ok time - $began, '>', 14, 'not before';
};

done_testing;
