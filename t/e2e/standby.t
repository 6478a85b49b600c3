# With a synchronous standby, what is acknowledged is on it, too. While it is
# away nothing is acknowledged, whether or not it is stored already, and nothing
# is shown that the standby lacks. What waits for the standby is not cut short,
# however long that takes, and does not use up the connections.

use Cal::Test;

use Cal::Test::Body qw(delivery invitee_uri uuid);
use Time::HiRes qw(time sleep);

use constant AWAY => 20;	# s, far longer than anybody waits

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

sub stored { return $c->db->selectrow_array(
	'SELECT count(*) FROM deliveries_in') }

# Those who wait for the standby, but for the watcher, who writes nothing.
sub waiting
{
	return $c->db->selectrow_array(q{SELECT count(*) FROM pg_stat_activity
		WHERE wait_event = 'SyncRep'
		  AND application_name <> 'calendlyd watch'});
}

subtest 'away: stored here, but neither acknowledged nor shown' => sub {
	standby('nowhere');
	isnt $c->deliver($url, $body)->code, 200, 'the first time';
	cmp_ok waiting(), '>', 0, 'it waits';
	is stored(), 0, 'nobody sees it';
	isnt $c->deliver($url, $body)->code, 200, 'nor when it comes again';
	my ($since, $most, %answer) = (time, 0);
	while (time < $since + AWAY) {
		$answer{ $c->deliver($url, delivery('invitee.created',
			uri => invitee_uri(uuid(22, int rand 1e6))))->code }++;
		my $now = waiting();
		$most = $now if $now > $most;
		sleep 0.1;
	}
	is_deeply [keys %answer], [503], 'nor is any other';
	my $processes = keys %{ $c->calendlyd->workers };
	cmp_ok $most, '<=', $processes, 'no process leaves more than one';
	note "$most wait, $answer{503} webhooks were refused";
	is stored(), 0, 'none was cut short';
};

subtest 'back: acknowledged' => sub {
	standby('');
	# Each worker whose COMMIT was in doubt learns for itself that it is not.
	$c->wait_for(sub { $c->deliver($url, $body)->code == 200 },
		'it to be taken') for 1 .. 3;
	$c->wait_for(sub { grep { $_->{type} eq 'invitee.created' &&
		$_->{data}{uri} eq invitee_uri(uuid(21, 1)) } $c->events },
		'the booking in the feed');
	is grep({ $_->{type} eq 'invitee.created' &&
		$_->{data}{uri} eq invitee_uri(uuid(21, 1)) } $c->events), 1,
	    'it is one event';
	$c->wait_ready;
	is $c->api(GET => '/v1/connections/u1')->code, 200, 'all goes on';
};

done_testing;
