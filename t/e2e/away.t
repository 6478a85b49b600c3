# Each worker notes what it refused while the database was away as soon as the
# database is back, whether or not another delivery comes. Otherwise a
# subscription might be deleted although Calendly still has to repeat
# deliveries.

use Cal::Test;
use Cal::Test::Body qw(delivery);

my $c = Cal::Test->start(own_cluster => 1);
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');

sub noted
{
	return $c->db->selectrow_array(
		'SELECT ingest_refused_at FROM deployment');
}

# Waits until whatever ran before has ended.
sub outage
{
	delete $c->{db};
	$c->cluster->stop;
	is $c->deliver($url, delivery('invitee.created'))->code, 503,
	    'Calendly is asked to try again';
	$c->cluster->start;
	$c->wait_for(sub { eval { $c->db } }, 'the database');
	return;
}

subtest 'an outage is noted when it is over' => sub {
	is noted(), undef, 'there was none';
	outage();
	$c->wait_for(sub { noted() }, 'it to be noted');
	pass 'nobody had to ask';
};

subtest 'and the next one' => sub {
	$c->db->do(q{UPDATE deployment SET
	    ingest_refused_at = now() - interval '1 day'});
	is $c->deliver($url, delivery('invitee.created'))->code, 200,
	    'without one nothing is noted';
	my $before = noted();
	outage();
	$c->wait_for(sub { noted() ne $before }, 'it to be noted');
	pass 'noted';
};

done_testing;
