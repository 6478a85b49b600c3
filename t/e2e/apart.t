# A Calendly that hangs holds up who waits for it, and nobody else.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Stopwatch;

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2 });
my $books = Cal::Test::Books->new(test => $c)->unlimited(10);

subtest 'events reach the feed while all of Calendly hangs' => sub {
	$c->connect("u$_", person => "p$_") for 1 .. 4;
	my $endpoint = $c->endpoint('u1');
	my $before = () = $c->events;
	$books->fault('hang', GET => '/webhook_subscriptions', value => 60_000,
		times => 50);
	$c->db->do(q{INSERT INTO jobs (tenant_id, kind, subject)
		SELECT tenant_id, 'reconcile', id::text FROM connections});
	$c->wait_for(sub { $c->sandbox(GET => '/sandbox/faults')
		->{faults}[0]{hits} }, 'a runner to hang');
	my $watch = Cal::Test::Stopwatch->start($c);
	is $c->deliver($endpoint, '{"n":1}')->code, 200, 'a delivery is taken';
	$c->wait_for(sub { $c->events > $before }, 'its event in the feed');
	cmp_ok $watch->seconds, '<', 2, 'in time';
	is $books->one(q{SELECT count(*) FROM api_calls WHERE status IS NULL
		AND purpose = 'subscription_list'}), 0,
	    'while the first call to Calendly hangs on';
};

done_testing;
