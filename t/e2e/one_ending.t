# One flow has one ending. Browsers send a callback twice, abort and repeat it,
# people press F5 and Back: every repetition shows how the flow ended, and its
# code is sent to Calendly once.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Users;
use Mojo::Promise;
use Mojo::UserAgent;
use Time::HiRes qw(time);

my $c = Cal::Test->start(settings => { CALENDLYD_APP_WORKERS => 8 });
my $books = Cal::Test::Books->new(test => $c)->unlimited(40);
my $users = Cal::Test::Users->new(test => $c, books => $books);

sub slow_exchange ($ms)
{
	return $books->fault('latency', POST => '/oauth/token', value => $ms,
		times => 1);
}

# The callback at these moments (s), in one browser: where each ends.
sub at_moments ($b, @moment)
{
	my ($url, @to) = $b->url;
	Mojo::Promise->all(map { Mojo::Promise->timer($_)->then(sub {
		$users->end_of($b->ua, $url) }) } @moment)
	    ->then(sub (@end) { @to = map { $_->[0] } @end })->wait;
	return @to;
}

subtest 'a callback again, 0 to 500 ms later' => sub {
	my ($user, $person) = $users->fresh;
	my $b = $users->at_callback($user, $person,
		return_url => 'https://app.example/back?a=1');
	slow_exchange(800);
	my $calls = $books->calls('POST /oauth/token');
	my @to = at_moments($b, 0, 0, .05, .1, .2, .3, .4, .45, .5, .5);
	like $to[0], qr{^https://app\.example/back\?a=1&calendly_result=
		connected&session_id=$b->{session}{id}$}x,
	    'the first ends at the app';
	is $_, $to[0], 'another ends as the first' for @to[1 .. $#to];
	is((at_moments($b, 0))[0], $to[0], 'and so does F5');
	is $books->calls('POST /oauth/token'), $calls + 1, 'one exchange';
	$users->told($user, 'connected', 'the feed tells of one connect');
	$users->is_whole($user, $person);
};

subtest 'a browser gives up on a slow exchange, and asks again' => sub {
	my ($user, $person) = $users->fresh;
	my $b = $users->at_callback($user, $person);
	slow_exchange(3000);
	my $minted = $books->minted;
	my $ua = Mojo::UserAgent->new(request_timeout => 0.3)
	    ->ca($c->stack->ca)->cookie_jar($b->ua->cookie_jar);
	is $ua->get($b->url)->res->code, undef, 'it hung up';
	is $users->page($_), 'connected', 'then it sees the success'
	    for at_moments($b, 2, 5);
	is $books->minted, $minted + 1, 'of one exchange';
	$users->is_whole($user, $person);
};

subtest 'who waits holds no worker' => sub {
	my ($user, $person) = $users->fresh;
	my $b = $users->at_callback($user, $person);
	slow_exchange(4000);
	my (@end, $busy);
	my $tabs = Mojo::Promise->all(map { $users->end_of($b->ua, $b->url) }
	    1 .. 12)->then(sub (@to) {
		@end = map { $users->page($_->[0]) } @to });
	my $asked = Mojo::Promise->timer(0.5)->then(sub {
		$c->agent->get_p($c->url('/metrics')) })->then(sub ($tx) {
		($busy) = $tx->res->body =~
		    /^calendlyd_browsers_waiting (\d+)$/m });
	Mojo::Promise->all($tabs, $asked)->wait;
	cmp_ok $busy, '<=', 2, 'two of eight workers wait at most';
	is_deeply \@end, [('connected') x 12], 'all twelve tabs are connected';
};

subtest 'two codes under one state' => sub {
	my ($user, $person) = $users->fresh;
	my $b = $users->at_callback($user, $person);
	my ($first, $second) = ($b->url, $users->another_code($b, $person));
	slow_exchange(1000);
	my $minted = $books->minted;
	is $users->at_once([$b, $first], [$b, $second]), '2 connected',
	    'both end at the success';
	is $users->at_once([$b, $second], [$b, $first]), '2 connected',
	    'and so they do later';
	is $books->minted, $minted + 1, 'of one of them';
	$users->is_whole($user, $person);
};

subtest 'only a success ends a state: a no, then a yes' => sub {
	my ($user, $person) = $users->fresh;
	my $b = $users->at_callback($user, $person);
	my $yes = $b->url->clone;
	my $no = $yes->clone->query(state => $yes->query->param('state'),
		error => 'access_denied');
	is $users->page($b->visit($no)->url), 'cancelled', 'the no';
	is $users->page($b->visit($no)->url), 'cancelled', 'again';
	is $users->page($b->visit($yes)->url), 'connected', 'the yes';
	is $users->page($b->visit($no)->url), 'connected', 'stays';
};

subtest 'a failure is shown again, and another code is another try' => sub {
	my ($user, $person) = $users->fresh;
	my $b = $users->at_callback($user, $person);
	my ($first, $second) = ($b->url, $users->another_code($b, $person));
	$books->fault('status', POST => '/oauth/token', value => 500,
		times => 1);
	my $calls = $books->calls('POST /oauth/token');
	is $users->page($b->visit($first)->url), 'failed', 'Calendly fails';
	is $users->page($b->visit($first)->url), 'failed', 'as is shown again';
	is $books->calls('POST /oauth/token'), $calls + 1,
	    'the code is not sent again';
	is $users->page($b->visit($second)->url), 'connected',
	    'a new code connects';
};

subtest 'the wrong account is shown again, too' => sub {
	my ($user, $person) = $users->fresh;
	my $b = $users->at_callback($user, $person,
		expected_email => 'else@acme.example');
	my ($url, $minted) = ($b->url, $books->minted);
	is $users->page($b->visit($url)->url), 'wrong-account', "visit $_"
	    for 1 .. 3;
	is $books->minted, $minted + 1, 'one exchange';
	is $users->outcomes($b->{session}), '1 failed wrong_account',
	    'the session says so';
};

subtest 'one link opened in two tabs, both allowed at once' => sub {
	my ($user, $person) = $users->fresh;
	my ($b, $session) = ($users->browser, $c->session($user));
	my @url = map { $users->at_callback($user, $person, browser => $b,
		session => $session)->url } 1 .. 2;
	slow_exchange(1000);
	my $minted = $books->minted;
	is $users->at_once(map { [$b, $_] } @url), '2 connected',
	    'both end at the success';
	is $books->minted, $minted + 1, 'of one exchange';
};

done_testing;
