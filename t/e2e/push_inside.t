# No destination leads to what is inside: by no form of an address, no name, no
# redirect, and by no DNS that answers otherwise when it is asked again. What is
# refused says so, and what to do.
#
# With sanitizers in every run.

use Cal::Test;

use Cal::Test::Inside;
use Cal::Test::Pushes;

plan skip_all => 'namespaces are not allowed here'
    if !Cal::Test::Inside->allowed;

my $c = Cal::Test->start(idle => 1);
my $n = Cal::Test::Inside->start($c);
$c->stack->configure({ CALENDLYD_CA_FILE => $n->ca });
$c->start_calendlyd;
$n->take($c->calendlyd);
$c->wait_ready;
my $p = Cal::Test::Pushes->new(c => $c);
my $PUBLIC = $Cal::Test::Inside::PUBLIC;
my @INSIDE = ('127.0.0.1', '127.8.9.10', '::1', @Cal::Test::Inside::INSIDE);
my $NOT_PUBLIC = qr/not a public address: .* CALENDLYD_DELIVER_ALLOW/;

sub try_it ($id)
{
	my $res = $c->api(POST => "/v1/destinations/$id/test");
	is $res->code, 200, 'tested' or diag $res->body;
	return $res->json;
}

# What came to an address that is not a public one.
sub reached
{
	return grep { $_ ne $PUBLIC && $_ ne $Cal::Test::Inside::PUBLIC6 }
	    $n->seen;
}

sub refused ($id, $title)
{
	my $res = try_it($id);
	ok !$res->{delivered}, "$title: refused";
	like $res->{error}, $NOT_PUBLIC, "$title: it says why";
	like $res->{advice}, qr/not a public one.*ask your operator/,
	    "$title: and what to do";
	return;
}

subtest 'a public address is reached' => sub {
	$n->names('public.inside.example' => [$PUBLIC]);
	my $d = $p->destination($n->url('public.inside.example'));
	my $res = try_it($d);
	ok $res->{delivered}, 'by its name' or diag explain $res;
	$p->change($d, url => $n->url($PUBLIC));
	ok try_it($d)->{delivered}, 'by itself';
	is_deeply [$n->seen], [$PUBLIC, $PUBLIC], 'there';
};

subtest 'addresses in all their forms' => sub {
	my @form = (@INSIDE, qw(0 0.0.0.0 127.1 127.0.1 127.00.0.1 0177.0.0.1
		0x7f.0.0.1 0x7f000001 2130706433 017700000001 127.0.0.1.
		10.66051 255.255.255.255 224.0.0.1 :: ::ffff:127.0.0.1
		::ffff:7f00:1 ::127.0.0.1 0:0:0:0:0:ffff:10.1.2.3
		64:ff9b::10.1.2.3 ::ffff:0:127.0.0.1 2002:a01:203:: fe80::1
		fe80::1%lo fe80::1%25lo ::1%lo ::1%251 ff02::1 fdff::1
		1%2e0.0.127 127%2e0%2e0%2e1));
	for my $host (@form, "\x{2460}27.0.0.1", "127\x{3002}0.0.1",
	    "\x{ff11}27.0.0.1") {
		my $url = $n->url($host);
		my $res = $c->api(POST => '/v1/destinations', { url => $url });
		is $res->code, 400, "no destination at " .
		    Mojo::Util::encode('UTF-8', $host);
		like $res->json('/errors/0/message'), qr/public\ address.*
		    CALENDLYD_DELIVER_ALLOW|usual\ form/x, 'and why';
	}
	is_deeply [reached()], [], 'nothing came inside';
};

subtest 'names' => sub {
	my $d = $p->destination($n->url('public.inside.example'));
	my $serial = 0;
	my %name = map { ('n' . $serial++ . '.inside.example' => [$_]) } @INSIDE,
	    '0.0.0.0', '::', '::ffff:127.0.0.1', '::ffff:10.1.2.3';
	$n->names(%name, 'both.inside.example' => ['10.1.2.3', '::1']);
	for my $name (sort keys %name) {
		$p->change($d, url => $n->url($name));
		refused($d, "a name of $name{$name}[0]");
	}
	$p->change($d, url => $n->url('both.inside.example'));
	refused($d, 'a name of two');
	$p->change($d, url => $n->url('localhost'));
	refused($d, 'localhost');
	is_deeply [reached()], [], 'nothing came inside';
};

subtest 'redirects' => sub {
	my $d = $p->destination($n->url('public.inside.example'));
	for my $to (map { $n->url($_) } '127.0.0.1', '::1', 'n0.inside.example',
	    '2130706433') {
		$p->change($d, url => $n->url('public.inside.example',
			'/to/' . Mojo::Util::url_escape($to)));
		my $res = try_it($d);
		is_deeply [@$res{qw(delivered status)}],
		    [Mojo::JSON->false, 307], "to $to: a failure";
		like $res->{advice}, qr/redirect, which is not followed/,
		    'and it says what to do';
	}
	is_deeply [reached()], [], 'nothing came inside';
};

subtest 'a name that changes its address' => sub {
	$n->names('moves.inside.example' => [$PUBLIC]);
	my $d = $p->destination($n->url('moves.inside.example'));
	ok try_it($d)->{delivered}, 'it was a public one';
	$n->names('moves.inside.example' => ['127.0.0.1']);
	refused($d, 'it is another one');
	$n->names('moves.inside.example' => [$PUBLIC]);
	my $seen = $n->seen;
	$p->add(1)->drained($d);
	cmp_ok scalar($n->seen), '>', $seen, 'an event is pushed';
	$n->names('moves.inside.example' => ['10.1.2.3']);
	# A pusher knows for a minute what a name led to; a new one asks.
	$c->calendlyd->restart;
	$c->wait_ready;
	$p->add(1);
	like $p->failed($d)->{error}, $NOT_PUBLIC, 'the next one is refused';
	is_deeply [reached()], [], 'nothing came inside';
};

# Whichever address is the first, and however they take turns.
subtest 'a name that changes all the time' => sub {
	my @turn = ([$PUBLIC], ['127.0.0.1'], [$PUBLIC, '127.0.0.1'], ['::1'],
		['10.1.2.3', $PUBLIC]);
	my $d = $p->destination($n->url('turns.inside.example'));
	my %end;
	for my $i (0 .. 59) {
		$n->turn('turns.inside.example' => $turn[$i % @turn]);
		$p->hurry($d)->add(1);
		my $res = $c->api(POST => "/v1/destinations/$d/test")->json;
		$end{ $res->{delivered} ? 'public' :
		    $res->{error} =~ $NOT_PUBLIC ? 'refused' :
		    $res->{error} }++;
	}
	is_deeply [sort grep { !/resolve/ } keys %end], [qw(public refused)],
	    'each is refused or at the public address' or diag explain \%end;
	is_deeply [reached()], [], 'nothing came inside';
};

# Otherwise nothing of the above would have shown anything.
subtest 'what the operator allows is reached' => sub {
	$c->configure(CALENDLYD_DELIVER_ALLOW => '127.0.0.0/8 64:ff9b::/96');
	$c->calendlyd->restart;
	$c->wait_ready;
	$n->names('allowed.inside.example' => ['127.0.0.1'],
		'nat.inside.example' => ['64:ff9b::7f00:1']);
	my $d = $p->destination($n->url('allowed.inside.example'));
	ok try_it($d)->{delivered}, 'an address';
	$p->change($d, url => $n->url('nat.inside.example'));
	ok try_it($d)->{delivered}, 'another';
	my %at = map { $_ => 1 } reached();
	is_deeply [sort keys %at], ['127.0.0.1', '64:ff9b::7f00:1'],
	    'inside, there alone';
};

done_testing;
