# Many ask for a token at the moment when it runs out: each gets a valid one, by
# one refresh, and waiting for it holds up nobody else.

use Cal::Test;
use Cal::Test::Books;
use Mojo::Promise;
use Time::HiRes qw(time);

my $c = Cal::Test->start(settings => { CALENDLYD_APP_WORKERS => 4 });
my $books = Cal::Test::Books->new(test => $c)->unlimited(10);
my $lender = $c->stack->ctl_must('key', 'add', 'test', '--allow-token');
my @user = map { "u$_" } 1 .. 10;

$c->connect("u$_", person => "p$_", browser => $c->new_browser) for 1 .. 10;

# So many seconds are left of each token.
sub run_out ($seconds, @who)
{
	$c->db->do(q{UPDATE accounts SET mints = '{}'});
	return $c->db->do(q{UPDATE grants SET refresh_not_before = NULL,
		access_expires_at = now() + make_interval(secs => ?)
		WHERE id IN (SELECT grant_id FROM connections
			WHERE user_id = ANY (?))}, undef, $seconds, \@who);
}

sub ask_p ($user)
{
	my $tx = $c->agent->build_tx(POST =>
		$c->url("/v1/connections/$user/token"),
		{ Authorization => "Bearer $lender" });
	my $begun = time;
	return $c->agent->start_p($tx)->then(sub ($done) {
		$c->check_contract($done);
		return { user => $user, res => $done->res,
			took => time - $begun };
	});
}

# All of them at once; the answers.
sub ask (@who)
{
	my @answer;
	Mojo::Promise->all(map { ask_p($_) } @who)
	    ->then(sub (@all) { @answer = map { $_->[0] } @all })
	    ->catch(sub ($error) { fail("an answer: $error") })->wait;
	return @answer;
}

sub codes (@answer)
{
	my %n;
	$n{ $_->{res}->code }++ for @answer;
	return join ', ', map { "$n{$_} x $_" } sort keys %n;
}

# Each got a token that lives for a minute or more, and one for each user.
sub are_good (@answer)
{
	my $in_a_minute = $c->db->selectrow_array(
		q{SELECT rfc3339(now() + interval '55 seconds')});
	my %of;
	my $short = grep { ($_->{res}->json('/expires_at') // '') lt
		$in_a_minute } @answer;
	is $short, 0, 'none is about to run out';
	$of{ $_->{user} }{ $_->{res}->json('/access_token') // 'none' } = 1
	    for @answer;
	for my $user (sort keys %of) {
		is scalar keys %{ $of{$user} }, 1, "$user: one token for all";
		my ($token) = keys %{ $of{$user} };
		is $c->agent->get($c->stack->sandbox_url . '/users/me',
			{ Authorization => "Bearer $token" })->res->code, 200,
		    'which works';
	}
	return;
}

for my $case ([-1, 5], [5, 20], [40, 5]) {
	my ($left, $each) = @$case;
	my $n = $each * @user;
	subtest "$n at once, $left s before the end" => sub {
		run_out($left, @user);
		my $minted = $books->minted;
		my @answer = ask((@user) x $each);
		is codes(@answer), "$n x 200", 'each gets one';
		are_good(@answer);
		is $books->minted, $minted + 10, 'by ten refreshes';
	};
}

subtest 'two hundred at once, and each refresh takes two seconds' => sub {
	run_out(20, @user);
	my $minted = $books->minted;
	$books->fault(latency => POST => '/oauth/token', value => 2000);
	my @answer = ask(map { ($_) x 20 } @user);
	is codes(@answer), '200 x 200', 'each gets one';
	are_good(@answer);
	is $books->minted, $minted + 10, 'by ten refreshes';
	$books->mend;
};

subtest 'who waits holds up nobody else' => sub {
	run_out(-1, 'u1');
	$books->fault(latency => POST => '/oauth/token', value => 4500,
		times => 1);
	my (@other, $slowest);
	my $lent = Mojo::Promise->all(map { ask_p('u1') } 1 .. 60);
	# Once all of them are on their way.
	my $others = Mojo::Promise->timer(1)->then(sub {
		Mojo::Promise->all(map { ask_p("u$_") } 2 .. 10) })
	    ->then(sub (@all) { @other = map { $_->[0] } @all });
	my @answer;
	Mojo::Promise->all($lent->then(sub (@all) {
		@answer = map { $_->[0] } @all }), $others)->wait;
	is codes(@answer), '60 x 200', 'sixty wait, and each gets one';
	are_good(@answer);
	is codes(@other), '9 x 200', 'meanwhile others are served';
	($slowest) = sort { $b <=> $a } map { $_->{took} } @other;
	cmp_ok $slowest, '<', 3, 'at once';
	$books->mend;
};

subtest 'a reader of the feed holds up nobody who waits' => sub {
	run_out(-1, 'u1');
	$books->fault('latency', POST => '/oauth/token', value => 1500,
		times => 1);
	my $end = $c->wait_for(sub {
		my $res = $c->api(GET => '/v1/events?limit=100');
		!$res->json('/more') && $res->json('/next')
	}, 'the end of the feed');
	my (@answer, $begun);
	$begun = time;
	my $polls = Mojo::Promise->timer(0.5)->then(sub {
		Mojo::Promise->all(map { $c->agent->get_p($c->url(
			"/v1/events?wait=15&after=$end"),
			{ Authorization => 'Bearer ' . $c->key }) } 1 .. 8) });
	Mojo::Promise->all(map { ask_p('u1') } 1 .. 12)->then(sub (@a) {
		@answer = map { $_->[0] } @a;
		$begun = time - $begun;
	})->wait;
	is codes(@answer), '12 x 200', 'each gets a token';
	cmp_ok $begun, '<', 12, 'though eight readers wait for events';
	$polls->catch(sub { })->wait;
};

subtest 'no longer than some seconds: then it is said when to ask again' =>
    sub {
	run_out(-1, 'u1');
	$books->fault(latency => POST => '/oauth/token', value => 9000,
		times => 1);
	my @answer = ask(('u1') x 10);
	is codes(@answer), '1 x 200, 9 x 503', 'the one who refreshes has it';
	my @late = grep { $_->{res}->code == 503 } @answer;
	is scalar(grep { $_->{res}->headers->header('Retry-After') } @late), 9,
	    'the others are told when';
	my ($soonest) = sort { $a <=> $b } map { $_->{took} } @late;
	cmp_ok $soonest, '>', 5, 'not before five seconds';
	$books->mend;
	is codes(ask('u1')), '1 x 200', 'and then there is one';
};

subtest 'an old token that still lives is better than none' => sub {
	run_out(45, 'u1');
	$books->fault(latency => POST => '/oauth/token', value => 9000,
		times => 1);
	is codes(ask(('u1') x 5)), '5 x 200', 'after the wait it is lent';
	$books->mend;
};

subtest 'a reload meanwhile costs nobody the answer' => sub {
	run_out(-1, 'u1');
	$books->fault(latency => POST => '/oauth/token', value => 2500,
		times => 1);
	my $reloaded = Mojo::Promise->timer(1)->then(sub {
		$c->calendlyd->signal('HUP') });
	my @answer = ask(('u1') x 40);
	is codes(@answer), '40 x 200', 'each gets one';
	$books->mend;
};

done_testing;
