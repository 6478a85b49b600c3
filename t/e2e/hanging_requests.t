# While Calendly hangs, requests that need it do not hold up requests that do
# not; those that have to wait are told in time when to ask again.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Readiness;
use Cal::Test::Stopwatch;
use Mojo::Promise;

my $n = 6;
my $c = Cal::Test->start(settings => { CALENDLYD_APP_WORKERS => 4 });
my $probe = Cal::Test::Readiness->start($c);
my $books = Cal::Test::Books->new(test => $c)->unlimited($n);
my $lender = $c->stack->ctl_must('key', 'add', 'test', '--allow-token');

$c->connect("u$_", person => "p$_", browser => $c->new_browser) for 1 .. $n;
$c->connect('good', person => 'olivia', browser => $c->new_browser);

sub ask_p ($method, $path)
{
	my $tx = $c->agent->build_tx($method => $c->url($path),
		{ Authorization => "Bearer $lender" });
	return $c->agent->start_p($tx)->then(sub ($done) {
		$c->check_contract($done);
		return $done->res;
	});
}

sub run_out (@user)
{
	return $c->db->do(q{UPDATE grants SET refresh_not_before = NULL,
		access_expires_at = now() - interval '1 second'
		WHERE id IN (SELECT grant_id FROM connections
			WHERE user_id = ANY (?))}, undef, \@user);
}

# Does everything that has nothing to do with Calendly answer at once?
sub others_are_served ($while)
{
	for my $path ('/v1/meetings', '/v1/events?limit=1',
	    '/v1/connections/good') {
		my $watch = Cal::Test::Stopwatch->start($c);
		my $done;
		ask_p(GET => $path)->then(sub ($res) { $done = $res })->wait;
		is $done->code, 200, "$path is answered while $while";
		cmp_ok $watch->seconds, '<', 2, 'in time';
	}
	my $watch = Cal::Test::Stopwatch->start($c);
	my $lent;
	ask_p(POST => '/v1/connections/good/token')
	    ->then(sub ($res) { $lent = $res })->wait;
	is $lent->code, 200, 'a token that needs no refresh is lent';
	cmp_ok $watch->seconds, '<', 2, 'in time';
	return;
}

# All answers to what hangs, once the others have been served.
sub while_it_hangs ($what, @ask)
{
	my @answer;
	my $all = Mojo::Promise->all(map { ask_p(@$_) } @ask)
	    ->then(sub (@a) { @answer = map { $_->[0] } @a });
	my $hits = sub {
		my $sum = 0;
		$sum += $_->{hits} for @{ $c->sandbox(GET => '/sandbox/faults')
		    ->{faults} };
		$sum
	};
	Mojo::Promise->timer(1)->wait;
	$c->wait_for($hits, "Calendly to hang for $what");
	others_are_served($what);
	$all->catch(sub ($error) { fail("an answer: $error") })->wait;
	return @answer;
}

sub codes (@answer)
{
	my %n;
	$n{ $_->code }++ for @answer;
	return join ', ', map { "$n{$_} x $_" } sort keys %n;
}

subtest 'twelve that look at subscriptions' => sub {
	$books->fault(hang => GET => '/webhook_subscriptions', person => 'p*');
	my @answer = while_it_hangs('it does not show them', map {
		[POST => "/v1/connections/u$_/reconcile"],
		[GET => "/v1/connections/u$_/webhooks"] } 1 .. $n);
	my @odd = grep { $_->code !~ /^(202|502|503)$/ } @answer;
	is codes(@odd), '', 'each hears how it is' or diag codes(@answer);
	my @late = grep { $_->code == 503 } @answer;
	is scalar(grep { $_->headers->header('Retry-After') } @late),
	    scalar(@late), 'who found no place is told when to ask again';
	$books->mend;
};

subtest 'twelve that need a new token' => sub {
	run_out(map { "u$_" } 1 .. $n);
	$books->fault(hang => POST => '/oauth/token', person => 'p*',
		value => 5_000);
	my @answer = while_it_hangs('it gives no tokens',
		map { ([POST => "/v1/connections/u$_/token"]) x 2 } 1 .. $n);
	is codes(@answer), '12 x 503', 'none can be had';
	$books->mend;
};

subtest 'browsers that come back' => sub {
	$c->db->do(q{UPDATE grants SET refresh_not_before = NULL,
		refresh_started_at = NULL, refreshed_at = now() -
		interval '1 hour'});
	$books->fault(hang => POST => '/oauth/token', person => 'p*',
		value => 5_000);
	my @link = map { $c->session("u$_")->{url} } 1 .. $n;
	my $ua = $c->agent;
	my $all = Mojo::Promise->all(map { $ua->get_p($_) } @link);
	Mojo::Promise->timer(1)->wait;
	others_are_served('their tokens are refreshed');
	my @page;
	$all->then(sub (@a) { @page = map { $_->[0]->res->code } @a })->wait;
	is scalar(grep { /^(?:200|30[23])$/ } @page), $n, 'each gets a page'
	    or diag "@page";
	$books->mend;
};

is $c->sandbox_state->{tokens}{used_twice_after_answer}, 0,
    'no refresh token was sent twice';
is_deeply [$probe->lies], [], '/readyz said the truth all the time';
done_testing;
