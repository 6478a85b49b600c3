# Reconnecting has the same result as connecting once, however often it is done,
# with many links, tabs and callbacks at the same time.
#
# With sanitizers in every run.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Users;

my $c = Cal::Test->start(settings => { CALENDLYD_APP_WORKERS => 10 });
my $books = Cal::Test::Books->new(test => $c)->unlimited(30);
my $users = Cal::Test::Users->new(test => $c, books => $books);

subtest 'one link opened ten times at once' => sub {
	my ($user, $person) = $users->connected;
	my ($minted, $visits) = ($books->minted, $books->consents);
	my $session = $c->session($user);
	is $users->at_once(
		map { [$users->browser, $session->{url}] } 1 .. 10),
	    '10 connected', 'all end at a success';
	is $books->minted, $minted + 1, 'one refresh';
	is $books->consents, $visits, 'no consent';
	is $books->hooks($person), 1, 'one subscription';
	is $users->outcomes($session), '1 done reconnected', 'reconnected';
	$users->told($user, 'connected', 'the feed tells nothing new');
	$users->is_whole($user, $person);
};

subtest 'ten links of one user opened at once' => sub {
	my ($user, $person) = $users->connected;
	my $minted = $books->minted;
	my @session = map { $c->session($user) } 1 .. 10;
	is $users->at_once(
		map { [$users->browser, $_->{url}] } @session),
	    '10 connected', 'all end at a success';
	is $users->outcomes(@session), '10 done reconnected',
	    'each session says so';
	is $books->minted, $minted + 1, 'one refresh';
	is $books->hooks($person), 1, 'one subscription';
	$users->is_whole($user, $person);
};

subtest 'one callback sent ten times at once' => sub {
	my ($user, $person) = $users->fresh;
	my $minted = $books->minted;
	my $b = $users->at_callback($user, $person);
	is $users->finish_at_once(($b) x 10), '10 connected',
	    'all end as the one that finishes';
	is $books->minted, $minted + 1, 'the code was exchanged once';
	is $users->outcomes($b->{session}), '1 done connected', 'connected';
	$users->told($user, 'connected', 'the feed tells of one connect');
	$users->is_whole($user, $person);
};

subtest 'five tabs of one link that finish at once' => sub {
	my ($user, $person) = $users->fresh;
	my $session = $c->session($user);
	my @tab = map { $users->at_callback($user, $person,
		session => $session) } 1 .. 5;
	my $minted = $books->minted;
	is $users->finish_at_once(@tab), '5 connected',
	    'all show the success';
	is $books->minted, $minted + 1, 'of one exchange';
	$users->told($user, 'connected', 'the feed tells of one connect');
	is $books->hooks($person), 1, 'one subscription';
	$users->is_whole($user, $person);
};

subtest 'five links of one user that finish at once' => sub {
	my ($user, $person) = $users->fresh;
	my @b = map { $users->at_callback($user, $person) } 1 .. 5;
	is $users->finish_at_once(@b), '5 connected',
	    'all show the success';
	is $users->outcomes(map { $_->{session} } @b),
	    '1 done connected, 4 done reconnected', 'each is told the truth';
	$users->told($user, 'connected', 'the feed tells of one connect');
	$users->is_whole($user, $person);
};

subtest 'two accounts for one user at once: one of them, nothing else' => sub {
	my ($user, @person) = ($users->fresh, ($users->fresh)[1]);
	my @b = map { $users->at_callback($user, $_) } @person;
	is $users->finish_at_once(@b), '2 connected',
	    'both end at a success';
	is $users->outcomes(map { $_->{session} } @b),
	    '1 done connected, 1 done switched', 'the later one switched';
	my ($won) = $users->connection($user)->{calendly}{email} =~ /^(\w+)@/;
	my ($lost) = grep { $_ ne $won } @person;
	$books->settle;
	is $books->hooks($lost) + $books->live($lost), 0,
	    'nothing is left of the first';
	$users->told($user, 'connected account_changed', 'the feed tells both');
	$users->is_whole($user, $won);
};

subtest 'a link previewer, then the person' => sub {
	my ($user, $person) = $users->fresh;
	my $session = $c->session($user);
	my $bot = $users->browser->ua;
	$bot->head($session->{url});
	$bot->get($session->{url}, { Purpose => 'prefetch' });
	$bot->get($session->{url}) for 1 .. 3;
	is $users->outcomes($session), '1 pending -',
	    'nothing has happened yet';
	my $b = $c->connect($user, person => $person, session => $session,
		browser => $users->browser);
	is $users->page($b->url), 'connected', 'the person connects';
	$users->is_whole($user, $person);
	$session = $c->session($user);
	my $visits = $books->consents;
	$users->browser->ua->get($session->{url});
	is $users->page($users->browser->visit($session->{url})->url),
	    'connected', 'so it is when reconnecting';
	is $books->consents, $visits, 'without a question';
};

# It is disconnected, and nothing is left, or it is connected and whole.
sub is_settled ($user, $person)
{
	$books->settle;
	return $users->is_whole($user, $person)
	    if $users->connection($user)->{status} eq 'connected';
	is $users->connection($user)->{status}, 'disconnected',
	    "$user is disconnected";
	is scalar $books->hooks($person), 0, 'without a subscription';
	return is $books->one(q{SELECT count(*) FROM grants
		WHERE access_sealed IS NOT NULL AND connection_id =
		(SELECT id FROM connections WHERE user_id = ?)}, $user), 0,
	    'or a token';
}

# The visits, and a DELETE of the connection among them.
sub amid_disconnect ($user, @visit)
{
	my $gone = $c->agent->delete_p($c->url("/v1/connections/$user"),
		{ Authorization => 'Bearer ' . $c->key });
	my $ends = $users->at_once(@visit);
	$gone->then(sub ($tx) {
		like $tx->res->code, qr/^20[02]$/, 'the DELETE is answered';
	})->wait;
	return $ends;
}

subtest 'links opened while the user is disconnected' => sub {
	for (1 .. 3) {
		my ($user, $person) = $users->connected;
		my @session = map { $c->session($user) } 1 .. 4;
		my $ends = amid_disconnect($user,
			map { [$users->browser, $_->{url}] } @session);
		unlike $ends, qr/failed|nowhere/, 'each leads somewhere';
		is_settled($user, $person);
	}
};

subtest 'consents that come back while the user is disconnected' => sub {
	for (1 .. 3) {
		my ($user, $person) = $users->connected;
		my @b = map { $users->at_callback($user, $person,
			force => \1) } 1 .. 3;
		is amid_disconnect($user, map { [$_, $_->url] } @b),
		    '3 connected', 'all end at a success';
		is_settled($user, $person);
	}
};

subtest 'a no in one tab, after a yes in another' => sub {
	my ($user, $person) = $users->connected;
	my $session = $c->session($user, force => \1);
	my ($yes, $no) = map { $users->at_callback($user, $person,
		session => $session, answer => $_) } qw(Allow Deny);
	is $users->page($yes->visit($yes->url)->url), 'connected', 'yes';
	is $users->page($no->visit($no->url)->url), 'connected',
	    'is shown by both';
	is $users->outcomes($session), '1 done reconnected', 'and stays';
	$users->is_whole($user, $person);
};

subtest 'a no when asked again leaves all as it was' => sub {
	my ($user, $person) = $users->connected;
	my $before = $users->connection($user);
	my $b = $users->connect($user, person => $person, answer => 'Deny',
		force => \1);
	is $users->page($b->url), 'cancelled', 'no';
	is_deeply $users->connection($user), $before,
	    'the connection is untouched';
	$users->told($user, 'connected', 'the feed tells nothing');
	$users->is_whole($user, $person);
};

done_testing;
