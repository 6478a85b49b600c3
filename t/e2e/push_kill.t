# Pushers are killed at any time, on two hosts: each event arrives at least
# once, and those of a meeting in order.

use Cal::Test;

use Cal::Test::Killer;
use Cal::Test::Pushes;
use Cal::Test::Twin;
use Time::HiRes qw(sleep);

my $p = Cal::Test::Pushes->start(settings => { CALENDLYD_PUSHERS => 2 });
my ($c, $r) = ($p->c, $p->receiver);
my $twin = Cal::Test::Twin->start($c);

my @path = map {"/$_"} 1 .. 5;
my @d = map { $p->destination($_) } @path;
$r->says('/2' => { status => 500, share => 5 });
$r->says('/3' => { delay => 0.05 });
my $bad = $p->destination('/bad');
$r->says('/bad' => { way => 'hang' });

my $killer = Cal::Test::Killer->new(c => $c);
my $stops = 0;
for my $round (1 .. 8) {
	$p->add(200, meetings => 20);
	my ($stopped) = keys %{ $twin->stack->calendlyd->workers('pusher') };
	if ($stopped && $round % 4 == 0) {
		kill STOP => $stopped;
		$stops++;
	}
	$killer->kill_one('pusher');
	sleep 0.5;
	$p->hurry($_) for @d;
	kill CONT => $stopped if $stopped && $round % 4 == 2;
	kill CONT => keys %{ $twin->stack->calendlyd->workers('pusher') };
}
$r->says('/2');
$c->wait_for(sub { $p->hurry($_) for @d; eval { $p->drained(\@d, 2); 1 } },
	'everything to be pushed', 120);
for my $path (@path) {
	my $got = $p->judge($path);
	is_deeply $got->{missing}, [], "$path: nothing is lost";
	is_deeply $got->{late}, [], "$path: in order";
	cmp_ok $got->{again}, '<', $p->n, "$path: little is repeated";
}
$twin->stop;

done_testing;
