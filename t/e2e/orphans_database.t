# PostgreSQL restarts at the very moment when tokens come: they are stored once
# it is back, and the connect goes on.

use Cal::Test;
use Cal::Test::Books;
use POSIX ();

my $c = Cal::Test->start(own_cluster => 1);
my $books = Cal::Test::Books->new(test => $c)->unlimited(1);

# Past consent, just before our callback: the tokens come after this.
my $browser = $c->new_browser;
$c->connect('u1', person => 'p1', browser => $browser,
	until => qr{/oauth/calendly/callback});
my $callback = $browser->url;
$books->fault(latency => POST => '/oauth/token', value => 3000, times => 1);
my $pid = fork // die "fork: $!";
if (!$pid) {
	Mojo::IOLoop->reset;
	$browser->visit($callback);
	POSIX::_exit($browser->url =~ m{/connected\.html} ? 0 : 1);
}
$c->wait_for(sub {
	my $last = $books->state('api_calls')->{api_calls}[-1];
	($last->{path} // '') eq '/oauth/token' && !defined $last->{status}
}, 'the exchange to be under way');
$c->cluster->stop;
$c->wait_for(sub { $c->log_text(qr/calendlyd/) =~ m{
	code_exchange:\ POST\ .*\ status\ 200 .*
	database:\ cannot\ connect }sx }, 'the tokens to find no database');
$c->cluster->start;
waitpid $pid, 0;
is $?, 0, 'the browser ends at "connected"';
$c->wait_ready;
is $c->api(GET => '/v1/connections/u1')->json('/status'), 'connected',
    'so it is';
is $books->live('p1'), 1, 'and the one pair that came is the one we hold';

done_testing;
