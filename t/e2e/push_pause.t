# What happens while a destination is paused is pushed when it is resumed: all
# of it, in order, once.

use Cal::Test;

use Cal::Test::Pushes;

my $p = Cal::Test::Pushes->start;
my ($c, $r) = ($p->c, $p->receiver);

my $d = $p->destination('/a');
$p->add(100, meetings => 10)->drained($d);
is $p->change($d, state => 'paused')->{state}, 'paused', 'it is paused';
my $before = $r->got('/a');
$p->add(10_000, meetings => 300);
is $p->show($d)->{lag}, 10_000, 'all wait';
is scalar $r->got('/a'), $before, 'nothing is sent';
$p->change($d, state => 'active');
$p->drained($d, 120);
is_deeply $p->judge('/a'), { missing => [], late => [], again => 0 },
    'then all arrive, in order, once';

subtest 'paused in the middle' => sub {
	$p->add(2_000, meetings => 50);
	$c->wait_for(sub { $r->got('/a') > 10_200 }, 'some of them');
	$p->change($d, state => 'paused');
	my $sent = -1;
	$c->wait_for(sub { my $last = $sent;
		select undef, undef, undef, 0.5;
		($sent = $r->got('/a')) == $last }, 'sending to stop');
	cmp_ok $sent, '<', 12_100, 'not all were sent';
	$p->change($d, state => 'active');
	$p->drained($d, 60);
	is_deeply $p->judge('/a'), { missing => [], late => [], again => 0 },
	    'the rest arrives, once';
};

subtest 'reloads and restarts in the middle repeat nothing' => sub {
	$p->add(3_000, meetings => 50);
	for my $i (1 .. 3) {
		$c->wait_for(sub { $r->got('/a') > 12_100 + $i * 300 }, 'more');
		$c->calendlyd->signal('HUP');
	}
	$c->wait_for(sub { $r->got('/a') > 13_500 }, 'more');
	$c->calendlyd->stop(60);
	$c->start_calendlyd;
	$p->drained($d, 60);
	is_deeply $p->judge('/a'), { missing => [], late => [], again => 0 },
	    'all arrive, in order, once';
};

done_testing;
