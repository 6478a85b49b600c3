# Each flow has its own state: one browser has the links of two users, or of two
# tenants, in as many tabs, and each "Try again" and "Back to the app" is about
# the tab in which it is pressed.
#
# With sanitizers in every run.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Users;
use Mojo::URL;

my $c = Cal::Test->start(origins => ['https://app.example']);
my $books = Cal::Test::Books->new(test => $c)->unlimited(20);
my $users = Cal::Test::Users->new(test => $c, books => $books);

# Another brand, in the same deployment.
$c->stack->ctl_must(qw(tenant add other --origin https://other.example));
my $other = $c->stack->ctl_must(qw(key add other));

sub other_session ($user, %field)
{
	my $res = $c->api(POST => '/v1/connect-sessions',
		{ user_id => $user, %field },
		{ Authorization => "Bearer $other" });
	return $res->json;
}

sub email ($user, $key = $c->key)
{
	return $c->api(GET => "/v1/connections/$user", undef,
		{ Authorization => "Bearer $key" })->json('/calendly/email');
}

# A tab of the browser in which this link was opened and denied.
sub denied ($browser, $session, $person)
{
	my $tab = $browser->tab;
	$c->connect('-', browser => $tab, session => $session,
		person => $person, answer => 'Deny');
	is $users->page($tab->url), 'cancelled', 'a no';
	return $tab;
}

subtest 'three tabs: two users of one tenant, one of another' => sub {
	my $b = $users->browser;
	my @session = ($c->session('anna'), $c->session('boris'),
		other_session('anna'));
	my @tab = map { denied($b, $session[$_], "p$_") } 0 .. 2;
	for my $i (0, 2, 1) {
		$tab[$i]->choose('again');
		like $tab[$i]->url, qr{/oauth/authorize\?}, 'try again';
		$tab[$i]->press('Allow', fields => { person => 'p' . ($i + 1) });
		is $users->page($tab[$i]->url), 'connected', 'a yes';
		is $tab[$i]->url->query->param('session_id'),
		    $session[$i]{id}, 'in the same session';
	}
	is email('anna'), 'p1@people.example', "anna's account is anna's";
	is email('boris'), 'p2@people.example', "boris's is his";
	is email('anna', $other), 'p3@people.example',
	    "and the other tenant's anna has her own";
};

subtest 'each tab leads back to its own app' => sub {
	my $b = $users->browser;
	my @tab = map { denied($b, $_, 'p5') } (
		$c->session('u1', return_url => 'https://app.example/1'),
		other_session('u2', return_url => 'https://other.example/2'),
		$c->session('u3', return_url => 'https://app.example/3'));
	$_->choose('back') for @tab;
	is_deeply [map { $_->url->clone->query('')->to_string } @tab],
	    [map { "https://$_" } qw(app.example/1 other.example/2
		app.example/3)], 'three ways back';
};

subtest 'a page that does not say which session it is about' => sub {
	my $b = $users->browser;
	my $tab = denied($b, $c->session('u4'), 'p6');
	$tab->visit($c->url('/connect/again'));
	like $tab->url, qr{/oauth/authorize\?}, 'one: that one is meant';
	$tab->press('Deny');
	denied($b, $c->session('u5'), 'p6');
	$tab->visit($c->url('/connect/again'));
	is $users->page($tab->url), 'another-browser',
	    'two: nobody guesses which';
};

# The database refuses the one look-up by which a link is known.
sub amid_trouble ($do)
{
	my $right = 'EXECUTE ON FUNCTION connect_session_find(bytea)';
	$c->db->do("REVOKE $right FROM calendlyd_runtime");
	$do->();
	return $c->db->do("GRANT $right TO calendlyd_runtime");
}

subtest 'a failure of ours never leads to another session' => sub {
	my $b = $users->browser;
	my $pending = denied($b, $c->session('u10'), 'p10');
	my $session = $c->session('u11');
	my $tab = $b->tab;
	amid_trouble(sub { $tab->visit($session->{url}) });
	like $tab->text, qr/That did not work/, 'the page says so';
	is $tab->url, $session->{url}, 'at the very link';
	my $again = $tab->res->dom->at('.actions a')->attr('href');
	$tab->visit(Mojo::URL->new($again)->to_abs($tab->url));
	$tab->press('Allow', fields => { person => 'p11' });
	is $tab->url->query->param('session_id'), $session->{id},
	    'trying again is about this link';
	is email('u11'), 'p11@people.example', 'whose user has the account';
	is $c->api(GET => '/v1/connections/u10')->code, 404,
	    'and the other one has none';
};

subtest 'a page of no session leads to nobody\'s app' => sub {
	my $b = $users->browser;
	$users->connect('u12', person => 'p12', browser => $b,
		return_url => 'https://app.example/12');
	my $tab = $b->tab->visit($c->url('/connect/' . 'z' x 43));
	is $users->page($tab->url), 'expired', 'a link that never was';
	$tab->choose('back');
	is $users->page($tab->url), 'close', 'has no way back';
};

subtest 'a link that is opened again and again' => sub {
	my $session = $c->session('u13');
	my $b = $users->browser;
	for my $round (1 .. 60) {
		$b = $users->browser if $round % 20 == 0;
		$b->ua->get($session->{url});
	}
	is $books->one(q{SELECT count(*) FROM oauth_states
		WHERE session_id = '} . $session->{id} . q{'}), 50,
	    'keeps the newest fifty flows';
	$b->visit($session->{url})->press('Allow',
		fields => { person => 'p13' });
	is $users->page($b->url), 'connected', 'of which each connects';
};

subtest 'eight sessions are kept, and of more the newest' => sub {
	my $b = $users->browser;
	my @session = map { $c->session("many$_") } 1 .. 10;
	my @tab = map { denied($b, $_, 'p7') } @session;
	my @kept = grep { $_->name =~ /^__Host-calendlyd-/ }
	    @{ $b->ua->cookie_jar->all };
	is_deeply [sort map { $_->name =~ s/^__Host-calendlyd-//r } @kept],
	    [sort map { $_->{id} } @session[2 .. 9]], 'the newest eight';
	$tab[9]->choose('again');
	like $tab[9]->url, qr{/oauth/authorize\?}, 'the last can try again';
	$tab[0]->choose('again');
	is $users->page($tab[0]->url), 'another-browser',
	    'the first is told that it can not';
};

done_testing;
