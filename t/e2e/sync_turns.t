# A long walk over a user's meetings does not keep other work for the same
# Calendly account waiting.

use Cal::Test;
use Cal::Test::Books;

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2 });
$c->waits_for_walks(0);
my $books = Cal::Test::Books->new(test => $c)->unlimited(2);

sub sync ($user) { return $c->api(GET => "/v1/connections/$user")->json('/sync') }

$c->connect('u1', person => 'p1');
$c->sandbox(POST => '/sandbox/history', { person => 'p1', past => 0,
	ahead => 900 });
$c->sandbox(POST => '/sandbox/faults', { kind => 'latency', value => 200,
	match => { path => '/scheduled_events/*' } });
$c->api(POST => '/v1/connections/u1/sync');
$c->wait_for(sub { (sync('u1')->{phase} // '') eq 'invitees' }, 'a long walk');

subtest 'a reconcile of the same account has its turn' => sub {
	$c->db->do("SELECT set_config('calendlyd.tenant', tenant_id::text,
	    false), job_ask(tenant_id, 'reconcile', id::text)
	    FROM connections WHERE user_id = 'u1'");
	ok $c->wait_for(sub { !$books->one(q{SELECT count(*) FROM jobs
	    WHERE kind = 'reconcile'}) }, 'the reconcile', 20),
	    'within some seconds';
	is sync('u1')->{state}, 'running', 'while the walk is under way';
};

subtest 'and the walk goes on' => sub {
	my $done = sync('u1')->{events_done};
	ok $c->wait_for(sub { sync('u1')->{events_done} > $done },
	    'the walk to get on'), 'it gets on';
	$books->mend;
	ok $c->wait_for(sub { sync('u1')->{state} eq 'idle' }, 'its end'),
	    'and ends';
};

done_testing;
