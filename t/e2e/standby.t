# With a synchronous standby, what is acknowledged is there, too: while that
# is away, a webhook that is stored here already is no more acknowledged than
# one that is not.

use Cal::Test;

use Cal::Test::Body qw(delivery invitee_uri uuid);

my $c = Cal::Test->start(own_cluster => 1);
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');
my $body = delivery('invitee.created', uri => invitee_uri(uuid(21, 1)));

sub standby ($name)
{
	$c->db->do("ALTER SYSTEM SET synchronous_standby_names = '$name'");
	$c->db->do('SELECT pg_reload_conf()');
	return $c->wait_for(sub { $c->db->selectrow_array(
		'SHOW synchronous_standby_names') eq $name },
		"the standby to be '$name'");
}

subtest 'away: stored here, but not acknowledged' => sub {
	standby('nowhere');
	isnt $c->deliver($url, $body)->code, 200, 'the first time';
	$c->wait_for(sub { $c->db->selectrow_array(
		'SELECT count(*) FROM deliveries_in') },
		'it to be stored all the same');
	isnt $c->deliver($url, $body)->code, 200, 'nor when it comes again';
};

subtest 'back: acknowledged' => sub {
	standby('');
	is $c->deliver($url, $body)->code, 200, 'when it comes again';
	$c->wait_for(sub { grep { $_->{type} eq 'invitee.created' }
		$c->events }, 'the booking in the feed');
	is grep({ $_->{type} eq 'invitee.created' } $c->events), 1,
	    'it is one event';
};

done_testing;
