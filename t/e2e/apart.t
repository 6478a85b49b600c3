# A Calendly that hangs holds up who waits for it, and nobody else.

use Cal::Test;
use Cal::Test::Books;

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
	$c->wait_for(sub { $books->one('SELECT count(*) FROM jobs
		WHERE deadline > now()') }, 'a runner to hang');
	select undef, undef, undef, 0.5;
	is $c->deliver($endpoint, '{"n":1}')->code, 200, 'a delivery is taken';
	$c->wait_for(sub { $c->events > $before }, 'its event in the feed', 2);
	ok $books->one('SELECT count(*) FROM jobs WHERE deadline > now()'),
	    'while Calendly hangs on';
};

done_testing;
