# nginx keeps its connections to ingest workers for further webhooks. Whatever
# becomes of a worker then, no webhook gets lost or is stored twice, and
# Calendly does not even notice.
#
# With sanitizers in every run.

use Cal::Test;

use Cal::Test::Body qw(delivery invitee_uri uuid);
use Cal::Test::Killer;
use Cal::Test::Post;
use Cal::Test::Proc;
use Time::HiRes qw(sleep);

use constant { MANY => 1500, CLIENTS => 12 };

my $c = Cal::Test->start(settings => { CALENDLYD_INGEST_WORKERS => 2 });
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');
my $serial = 0;

sub fresh { return delivery('invitee.created',
	uri => invitee_uri(uuid(81, ++$serial))) }

# The inodes of nginx's connections to ingest workers.
sub connections
{
	my $socket = $c->stack->run . '/ingest.sock';
	return map { /ESTAB +\d+ +\d+ +\Q$socket\E +(\d+)/ ? $1 : () }
	    split /\n/, Cal::Test::Proc->run([qw(ss -xn)], 10)->{out};
}

sub workers { return keys %{ $c->calendlyd->workers('ingest') } }

# What Calendly's answers were, while many webhooks came and $deed was done
# again and again.
sub answers_during ($deed)
{
	my @body = map { fresh() } 1 .. MANY;
	$c->db->do('TRUNCATE deliveries_in, delivery_queue');
	my $post = Cal::Test::Post->start($c, count => MANY,
		clients => CLIENTS, item => sub ($n) { ($url, $body[$n]) });
	my $deeds = 0;
	while ($post->busy) {
		sleep 0.3;
		$deeds++;
		$deed->();
	}
	cmp_ok $deeds, '>', 2, 'it was done again and again';
	return $post->wait_end;
}

sub all_are_stored_once
{
	is_deeply [$c->db->selectrow_array('SELECT count(*),
		count(DISTINCT event_id) FROM deliveries_in')], [MANY, MANY],
	    'all are stored, once';
	return;
}

subtest 'one connection serves many webhooks' => sub {
	$c->deliver($url, fresh())->code == 200 or die;
	$c->wait_for(sub { scalar(my @kept = connections()) }, 'one to be kept');
	my @before = connections();
	is $c->deliver($url, fresh())->code, 200, 'one more' for 1 .. 30;
	my %now = map { $_ => 1 } connections();
	is_deeply [grep { $now{$_} } @before], \@before,
	    'those of before are there';
	cmp_ok scalar keys %now, '<=', @before + 2,
	    'there are no more than before';
};

subtest 'who has kept it is gone, and nginx does not know' => sub {
	my $all = workers();
	for my $signal (qw(HUP KILL)) {
		my %old = map { $_ => 1 } workers();
		$signal eq 'HUP' ? $c->calendlyd->signal('HUP')
		    : kill KILL => keys %old;
		$c->wait_for(sub { my @now = workers();
			@now == $all && !grep { $old{$_} } @now }, 'new ones');
		is $c->deliver($url, fresh())->code, 200, "$signal: 200";
	}
};

subtest 'reloads' => sub {
	my $count = answers_during(sub { $c->calendlyd->signal('HUP') });
	is_deeply $count, { 200 => MANY }, 'nobody notices';
	all_are_stored_once();
};

subtest 'workers that make room for fresh ones' => sub {
	$c->configure(CALENDLYD_WORKER_REQUESTS => 20);
	$c->calendlyd->signal('HUP');
	my $count = answers_during(sub { });
	is_deeply $count, { 200 => MANY }, 'nobody notices';
	all_are_stored_once();
	$c->configure(CALENDLYD_WORKER_REQUESTS => undef);
	$c->calendlyd->signal('HUP');
};

# While one batch is stored, the next comes: there is never nothing to do.
subtest 'a worker leaves, however many come' => sub {
	$c->db->do('CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql
		AS $$ BEGIN PERFORM pg_sleep(0.1); RETURN NULL; END $$');
	$c->db->do('CREATE TRIGGER linger AFTER INSERT ON deliveries_in
		FOR EACH STATEMENT EXECUTE FUNCTION linger()');
	my @body = map { fresh() } 1 .. MANY;
	my $post = Cal::Test::Post->start($c, count => MANY,
		clients => CLIENTS * 2, item => sub ($n) { ($url, $body[$n]) });
	for (1 .. 3) {
		my %old = map { $_ => 1 } workers();
		sleep 0.5;
		$c->calendlyd->signal('HUP');
		$c->wait_for(sub { !grep { $old{$_} } workers() },
			'those of before to be gone', 4);
	}
	ok $post->busy, 'they still come';
	is_deeply $post->wait_end, { 200 => MANY }, 'nobody notices';
	$c->db->do('DROP TRIGGER linger ON deliveries_in');
};

# The master waits before it starts one that has been killed again and again.
subtest 'workers that are killed' => sub {
	my $killer = Cal::Test::Killer->new(c => $c);
	my $turns = 0;
	my $count = answers_during(sub {
		$killer->kill_one('ingest') if $turns++ % 4 == 0 && $turns < 12;
	});
	is $count->{200}, MANY, 'all are taken in the end';
	is_deeply [keys %$count], ['200'],
	    'and each by the first try, because nginx asks another worker'
	    or diag explain $count;
	all_are_stored_once();
};

done_testing;
