# A push that fails holds back the later ones of its meeting, and no others.

use Cal::Test;

use Cal::Test::Pushes;

my $p = Cal::Test::Pushes->start;
my ($c, $r) = ($p->c, $p->receiver);

sub lane ($m) { return grep { ($_->{json}{data}{m} // -1) == $m } $r->got('/a') }

my $d = $p->destination('/a');
$p->add(200, meetings => 10)->drained($d);
is_deeply $p->judge('/a'), { missing => [], late => [], again => 0 },
    'all arrive, in order';

subtest 'the later ones of a meeting wait for one that fails' => sub {
	$r->says('/a' => { status => 500, only => [3, 7] });
	$p->add(50, meetings => 10);
	$c->wait_for(sub { $p->show($d)->{pushes}{held} == 8 &&
	    $r->got('/a') == 242 }, 'all others');
	is scalar lane($_), 21, "one of meeting $_ is tried" for 3, 7;
	is scalar lane($_), 25, "all of meeting $_ arrive" for 2, 4;
	is $p->show($d)->{pushes}{waiting}, 2, 'one of each is to be tried';
	$r->says('/a');
	$p->hurry($d)->drained($d, 60);
	is_deeply $p->judge('/a'), { missing => [], late => [], again => 0 },
	    'all arrive, in order';
};

subtest 'many failures at random' => sub {
	$r->says('/a' => { status => 503, share => 30 });
	$p->add(300, meetings => 20);
	my $until = time + 60;
	while (time < $until && $p->judge('/a')->{missing}->@*) {
		$p->hurry($d);
		select undef, undef, undef, 0.1;
	}
	$r->says('/a');
	$p->hurry($d)->drained($d, 60);
	is_deeply $p->judge('/a')->{missing}, [], 'all arrive';
	is_deeply $p->judge('/a')->{late}, [], 'in order';
};

done_testing;
