# Erasing a user while something else happens to them: an apply, a delivery
# whose endpoint was already looked up, a reconnect.

use Cal::Test;
use Cal::Test::Books;
use POSIX ();

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2 });
my $books = Cal::Test::Books->new(test => $c)->unlimited(10);
my $other = $c->cluster->db($c->stack->database, 'postgres');
$other->{AutoCommit} = 0;

sub row ($user)
{
	return $c->db->selectrow_hashref('SELECT * FROM connections
		WHERE user_id = ?', undef, $user);
}

sub waiting
{
	return $books->one(q{SELECT count(*)
		FROM pg_stat_activity WHERE wait_event_type = 'Lock'
		AND datname = current_database()});
}

sub somebody_waits ($n = 1)
{
	return $c->wait_for(sub { waiting() >= $n }, "$n to wait");
}

sub is_runner ($pid, $number = qr/\d+/)
{
	open my $f, '<', "/proc/$pid/comm" or return 0;
	return <$f> =~ m{^runner/$number$};
}

# The erase job, as it stands when an erase was asked for.
sub ask_again ($row)
{
	return $c->db->do(q{INSERT INTO jobs (tenant_id, kind, subject)
		VALUES (?, 'erase', ?)}, undef, @$row{qw(tenant_id id)});
}

subtest 'deliveries that came too late to be known stop nobody' => sub {
	$c->db->do(q{WITH late AS (
		INSERT INTO deliveries_in (event_id, tenant_id, connection_id,
			endpoint_id, kind, signed_with, body)
		SELECT gen_random_uuid(), id, gen_random_uuid(), 0,
			'invitee.created', 1, '{"secret":"guest"}'
		FROM tenants, generate_series(1, 200)
		RETURNING id, tenant_id, event_id)
		INSERT INTO delivery_queue (delivery_id, tenant_id, event_id)
		SELECT id, tenant_id, event_id FROM late});
	$c->connect('next', person => 'p1');
	$c->sandbox(POST => '/sandbox/book', { person => 'p1' });
	$c->wait_for(sub { grep { $_->{type} eq 'invitee.created' }
		$c->events }, 'the next booking in the feed');
	is $books->one('SELECT count(*) FROM deliveries_in'), 1,
	    'no delivery of theirs is left';
	is $books->one('SELECT count(*) FROM delivery_queue'), 0,
	    'the queue is empty';
};

subtest 'one who returns at the same moment stays' => sub {
	$c->connect('back', person => 'p2');
	$c->api(DELETE => '/v1/connections/back');
	my $row = row('back');
	$c->db->do('UPDATE connections SET erase = true WHERE id = ?', undef,
		$row->{id});
	$other->do(q{UPDATE connections SET status = 'connected', erase = false
		WHERE id = ?}, undef, $row->{id});
	ask_again($row);
	somebody_waits();
	$other->commit;
	$books->settle;
	is row('back')->{status}, 'connected', 'and is connected';
};

subtest 'one who returned and left again without a word stays' => sub {
	$c->connect('left', person => 'p3');
	$c->api(DELETE => '/v1/connections/left');
	ask_again(row('left'));
	$books->settle;
	ok row('left'), 'known as before';
};

subtest 'what is being applied is erased, too' => sub {
	$c->connect('busy', person => 'p4');
	my @runners = grep { is_runner($_) } $c->calendlyd->children;
	kill STOP => @runners;
	$c->sandbox(POST => '/sandbox/book', { person => 'p4', wait => \1 });
	my ($id) = $other->selectrow_array(
		q{SELECT id FROM delivery_take(64, 1000000, '-infinity')});
	ok $id, 'a runner has taken the delivery';
	my $pid = fork // die;
	if ($pid == 0) {
		$c->api(DELETE => '/v1/connections/busy?erase=true');
		POSIX::_exit(0);
	}
	somebody_waits();
	$other->do(q{INSERT INTO events (id, tenant_id, connection_id, user_id,
		type, source, occurred_at, received_at, data)
		SELECT q.event_id, c.tenant_id, c.id, user_id, 'x.y',
		'webhook', now(), now(), '{}'
		FROM connections c, delivery_queue q
		WHERE user_id = 'busy' AND q.delivery_id = ?}, undef, $id);
	$other->do('DELETE FROM delivery_queue WHERE delivery_id = ?', undef,
		$id);
	$other->commit;
	waitpid $pid, 0;
	kill CONT => @runners;
	$books->settle;
	ok !row('busy'), 'the user is forgotten';
	is $books->one(q{SELECT count(*) FROM events
		WHERE user_id = 'busy'}), 0, 'and no event is left';
};

sub waits_for ($n)
{
	return $books->one("SELECT count(*) FROM pg_locks
		WHERE locktype = 'advisory' AND objid = $n AND NOT granted");
}

# Alone and in vain, while somebody waits to erase its user; its event, while
# somebody erases.
subtest 'so is what could not be applied' => sub {
	$c->connect('bad', person => 'p5');
	$c->db->do('CREATE SEQUENCE tries');
	$c->db->do(q{CREATE FUNCTION refuse() RETURNS trigger
		LANGUAGE plpgsql SECURITY DEFINER AS $$
		BEGIN
			IF TG_TABLE_NAME = 'events' THEN
				PERFORM pg_advisory_xact_lock(2);
				RETURN NEW;
			END IF;
			IF nextval('tries') = 2 THEN
				PERFORM pg_advisory_xact_lock(1);
			END IF;
			RAISE EXCEPTION 'the poison works';
		END $$});
	$c->db->do("CREATE TRIGGER refuse BEFORE INSERT ON $_ FOR EACH ROW
		EXECUTE FUNCTION refuse()") for qw(invitees events);
	my @runners = grep { is_runner($_) } $c->calendlyd->children;
	kill STOP => @runners;
	$c->sandbox(POST => '/sandbox/book', { person => 'p5', wait => \1 });
	$c->api(DELETE => '/v1/connections/bad');
	my $row = row('bad');
	$c->db->do('UPDATE connections SET erase = true WHERE id = ?', undef,
		$row->{id});
	ask_again($row);
	$other->do("SELECT pg_advisory_lock($_)") for 1, 2;
	kill CONT => grep { is_runner($_, 0) } @runners;	# runs no jobs
	$c->wait_for(sub { waits_for(1) }, 'it to fail');
	kill CONT => @runners;
	somebody_waits(2);
	$other->do('SELECT pg_advisory_unlock(1)');
	$c->wait_for(sub { !row('bad') || waits_for(2) && waiting() == 2 },
		'the one, or both');
	$other->do('SELECT pg_advisory_unlock(2)');
	$books->settle;
	ok !row('bad'), 'the user is forgotten';
	is $books->one(q{SELECT count(*) FROM events
		WHERE user_id = 'bad'}), 0, 'and no event is left';
};

$other->rollback;
$other->disconnect;
done_testing;
