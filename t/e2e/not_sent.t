# Not sent is not failed: a call that certainly did not reach Calendly is
# repeated within the visit, and the code, which is valid for ten minutes, is
# not used up.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Certificates;
use Cal::Test::Relay;
use Cal::Test::Users;
use Mojo::Promise;

my $tls = Cal::Test::Certificates->new->make(qw(auth));
my $c = Cal::Test->start(idle => 1, sandbox => { listen => $tls->listen });
my $relay = Cal::Test::Relay->new(dir => $c->stack->dir,
	to => $c->stack->port->{sandbox})->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited(20);
my $users = Cal::Test::Users->new(test => $c, books => $books);

sub start_with ($auth)
{
	$c->calendlyd->stop if $c->calendlyd;
	$c->configure(CALENDLY_AUTH_URL => $auth,
		CALENDLYD_CA_FILE => $tls->ca);
	return $c->start_calendlyd;
}

# A browser loads Calendly's pages from there, too.
sub at_callback ($user, $person)
{
	my $b = $tls->show($c->new_browser);
	push @{ $b->sites }, $relay->url;
	return $users->at_callback($user, $person, browser => $b);
}

# The callback, with the way to Calendly open again after some seconds; where
# it ends.
sub mended_after ($seconds, $b, $mend)
{
	my $end;
	Mojo::Promise->all($users->end_of($b->ua, $b->url)
	    ->then(sub ($to) { $end = $users->page($to) }),
	    Mojo::Promise->timer($seconds)->then(sub { $mend->() }))->wait;
	return $end;
}

subtest 'a connection that is refused for some seconds' => sub {
	start_with($relay->url);
	my ($user, $person) = $users->fresh;
	my $b = at_callback($user, $person);
	my $minted = $books->minted;
	$relay->stop;
	is mended_after(2, $b, sub { $relay->start }), 'connected',
	    'it connects in the end';
	is $books->minted, $minted + 1, 'by one exchange';
	is $users->connection($user)->{status}, 'connected', 'and stays so';
};

subtest 'and longer than a visit may last: the code is not lost' => sub {
	my ($user, $person) = $users->fresh;
	my $b = at_callback($user, $person);
	my $url = $b->url;
	$relay->stop;
	is $users->page($b->visit($url)->url), 'failed', 'it says so';
	$relay->start;
	is $users->page($b->visit($url)->url), 'connected',
	    'the same callback then connects';
};

subtest 'a verifier that does not open: the code was not sent' => sub {
	my ($user, $person) = $users->fresh;
	my $b = at_callback($user, $person);
	my $url = $b->url;
	my $minted = $books->minted;
	my $wrong = q{set_byte(verifier_sealed, length(verifier_sealed) - 1,
	    get_byte(verifier_sealed, length(verifier_sealed) - 1) # 1)};
	my $change = "UPDATE oauth_states SET verifier_sealed = $wrong";
	$c->db->do($change);
	is $users->page($b->visit($url)->url), 'failed', 'it says so';
	$c->db->do($change);
	is $users->page($b->visit($url)->url), 'connected',
	    'with the right keyring the same callback connects';
	is $books->minted, $minted + 1, 'by one exchange';
};

subtest 'a TLS handshake that fails for some seconds' => sub {
	start_with($tls->url('auth'));
	my ($user, $person) = $users->fresh;
	my $b = at_callback($user, $person);
	my $minted = $books->minted;
	$tls->present(auth => 'expired');
	is mended_after(2, $b, sub { $tls->good }), 'connected',
	    'it connects in the end';
	is $books->minted, $minted + 1, 'by one exchange';
	is $users->connection($user)->{status}, 'connected', 'and stays so';
};

done_testing;
