# A disconnect ends the walk over a user's meetings, and a connect begins one
# over everything, because nobody tells of what happens in between.

use Cal::Test;
use Cal::Test::Picture;

my $c = Cal::Test->start;
$c->waits_for_walks(0);
my $picture = Cal::Test::Picture->new(c => $c);

sub sync { return $c->api(GET => '/v1/connections/alice')->json('/sync') }

sub connected { return $c->connect('alice', person => 'olivia') }

sub disconnected
{
	$c->api(DELETE => '/v1/connections/alice');
	return is $c->api(GET => '/v1/connections/alice')->json('/status'),
	    'disconnected', 'disconnected';
}

sub complete ($since = '')
{
	$c->wait_for(sub { my $s = sync(); $s->{state} eq 'idle' &&
		($s->{last_complete_at} // '') gt $since }, 'a complete walk');
	return sync()->{last_complete_at};
}

sub count ($from)
{
	return $c->db->selectrow_array("SELECT count(*) FROM $from");
}

$c->sandbox(POST => '/sandbox/history', { person => 'olivia', past => 2,
	ahead => 3 });

subtest 'what happened between a disconnect and a connect is read' => sub {
	connected();
	my $was = complete();
	disconnected();
	$c->sandbox(POST => '/sandbox/book', { person => 'olivia' });
	connected();
	complete($was);
	$picture->from(sync()->{from});
	is_deeply [$picture->differences('alice', 'olivia')], [],
	    'nothing differs';
};

subtest 'a walk that nobody carries on is ended as well' => sub {
	$c->sandbox(POST => '/sandbox/faults', { kind => 'status',
		match => { path => '/scheduled_events/*' } });
	$c->api(POST => '/v1/connections/alice/sync');
	$c->wait_for(sub { count('sync_events') > 0 }, 'the list to be read');
	$c->db->do(q{UPDATE connections SET status = 'needs_reauth',
	    reason = 'invalid_grant'});
	$c->wait_for(sub { count(q{jobs WHERE kind = 'sync'}) == 0 },
	    'the walk to rest');
	disconnected();
	is sync()->{state}, 'idle', 'it does not seem to be running';
	is sync()->{trouble}, undef, 'nor to be in trouble';
	is count('sync_events'), 0, 'what it had still to read is forgotten';
};

done_testing;
