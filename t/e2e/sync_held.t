# Somebody holds the rows that a walk needs: that is no trouble of Calendly's,
# and uses up none of the walk's tries.

use Cal::Test;

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 1 });
$c->waits_for_walks(0);
$c->connect('alice', person => 'olivia');

sub sync { return $c->api(GET => '/v1/connections/alice')->json('/sync') }

$c->wait_for(sub { sync()->{last_complete_at} }, 'the first walk');
$c->sandbox(POST => '/sandbox/book', { person => 'olivia', quiet => \1 });

my $hold = $c->cluster->db($c->stack->database);
$hold->begin_work;
$hold->do('SELECT FROM connections FOR UPDATE');
# As a request does, which would wait for that lock, too.
$c->db->do(q{UPDATE syncs SET asked = 'request'});
$c->db->do(q{SELECT job_ask(tenant_id, 'sync', connection_id::text)
    FROM syncs});
$c->wait_for(sub { $c->log_text =~ /somebody holds its rows/ },
    'the walk to meet the lock');
is sync()->{trouble}, undef, 'it names no trouble';
is $c->db->selectrow_array(q{SELECT count(*) FROM jobs
    WHERE kind = 'sync' AND tries > 1}), 0, 'no try is counted';
$hold->rollback;
$c->wait_for(sub { sync()->{state} eq 'idle' }, 'it to go on');

done_testing;
