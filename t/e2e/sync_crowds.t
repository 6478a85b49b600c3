# Events with thousands of invitees are read and merged within the memory that a
# step of a walk may take.

use Cal::Test;

my ($EVENTS, $INVITEES) = (8, 16_000);
my $c = Cal::Test->start;
$c->waits_for_walks(0);
$c->sandbox(POST => '/sandbox/history', { person => 'olivia', past => 0,
	ahead => $EVENTS, group => $EVENTS, invitees => $INVITEES,
	canceled => 0 });
$c->connect('alice', person => 'olivia');

my $sync;
$c->wait_for(sub { $sync = $c->api(GET => '/v1/connections/alice')
	->json('/sync'); $sync->{last_complete_at} }, 'all to be read');
is $sync->{invitees}, $INVITEES, 'all invitees are read';
is $sync->{unread}, 0, 'and none is left out';
is $c->db->selectrow_array('SELECT count(*) FROM invitees'), $INVITEES,
    'and stored';
unlike $c->log_text, qr/out of memory/, 'no process has died of it';

done_testing;
