# A webhook that cannot be applied is tried again, ever more rarely, and then
# parked with its error, for a person. Those behind it do not wait, and it is
# applied once the cause is mended.

use Cal::Test;

use Cal::Test::Body qw(delivery invitee_uri uuid);
use Cal::Test::Ledger;
use Mojo::JSON qw(decode_json);

my $c = Cal::Test->start;
my $ledger = Cal::Test::Ledger->new(test => $c);
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');
my $serial = 0;

sub one ($sql, @arg) { return scalar $c->db->selectrow_array($sql, {}, @arg) }

# The database refuses whatever names this person.
$c->db->do(q{CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN RAISE EXCEPTION 'the poison works'; END $$});
sub poison ($table, $column)
{
	return $c->db->do("CREATE TRIGGER refuse BEFORE INSERT ON $table
		FOR EACH ROW WHEN (NEW.$column\::text LIKE '%Mithridates%')
		EXECUTE FUNCTION refuse()");
}

sub mend ($table) { return $c->db->do("DROP TRIGGER refuse ON $table") }

poison('events', 'data');

# Its id as an event.
sub book (%payload)
{
	my $body = delivery('invitee.created',
		uri => invitee_uri(uuid(3, ++$serial)), %payload);
	is $c->deliver($url, $body)->code, 200, 'accepted';
	return one('SELECT event_id FROM deliveries_in ORDER BY id DESC
		LIMIT 1');
}

sub in_feed ($id)
{
	return $c->wait_for(sub { grep { $_->{id} eq $id } $c->events },
		"$id in the feed");
}

sub queued ($id)
{
	return $c->db->selectrow_hashref('SELECT * FROM delivery_queue
		WHERE event_id = ?', {}, $id);
}

# The database notes after each try for how long it is put off, and puts it
# off until the test wants it: else it is tried by itself while the test is not
# looking.
sub note_pauses
{
	$c->db->do($_) for 'CREATE TABLE pauses (tries integer, pause float)',
	    q{CREATE FUNCTION note_pause() RETURNS trigger LANGUAGE plpgsql
		SECURITY DEFINER AS $$
		BEGIN
			INSERT INTO pauses VALUES (NEW.tries, extract(epoch
			    FROM NEW.next_run_at - now()));
			NEW.next_run_at := now() + interval '1 hour';
			RETURN NEW;
		END $$},
	    q{CREATE TRIGGER note_pause BEFORE UPDATE ON delivery_queue
		FOR EACH ROW WHEN (NEW.tries > OLD.tries)
		EXECUTE FUNCTION note_pause()};
	return;
}

sub is_done ($id)
{
	$c->wait_for(sub { !queued($id) }, 'it to leave the queue');
	return is grep({ $_->{id} eq $id } $c->events), 1,
	    'it is in the feed once';
}

my ($poison, $tries, $last) = (undef, 0, 0);

subtest 'what cannot be applied does not hold up those behind it' => sub {
	$poison = book(name => 'Mithridates');
	my @behind = map { book() } 1 .. 3;
	in_feed($_) for @behind;
	my $row = $c->wait_for(sub {
		my $q = queued($poison);
		$q && $q->{tries} ? $q : undef
	}, 'it to have failed');
	is $row->{last_error}, 'P0001 event_append',
	    'what failed is kept, and how';
	is $row->{parked_at}, undef, 'it will be tried again';
};

subtest 'it is tried again, ever more rarely' => sub {
	my @pause;
	note_pauses();
	for my $n (2 .. 11) {
		$c->db->do('UPDATE delivery_queue SET next_run_at = now()
			WHERE event_id = ?', {}, $poison);
		$c->wait_for(sub { queued($poison)->{tries} == $n }, "try $n");
		push @pause, one('SELECT pause FROM pauses WHERE tries = ?',
			$n);
	}
	$c->db->do('DROP TRIGGER note_pause ON delivery_queue');
	my @shorter = grep { $pause[$_] <= 1.5 * $pause[$_ - 1] &&
		$pause[$_] < 900 } 2 .. $#pause;
	is_deeply \@shorter, [], 'each pause is longer than the one before'
	    or diag explain \@pause;
	cmp_ok $pause[-1], '<', 1200, 'up to a bound';
	is queued($poison)->{parked_at}, undef, 'not given up yet';
	my ($row) = @{ $ledger->told('events')->{data} };
	is_deeply [@$row{qw(id state tries)}], [$poison, 'waiting', 11],
	    'and can be seen meanwhile';
	ok $row->{next_run_at}, 'with its next try';
};

subtest 'then it is parked, for a person to see' => sub {
	$c->db->do('UPDATE delivery_queue SET next_run_at = now()
		WHERE event_id = ?', {}, $poison);
	$c->wait_for(sub { queued($poison)->{parked_at} }, 'it to be parked');
	my $told = $ledger->told(qw(events --parked));
	is @{ $told->{data} }, 1, 'calendlyctl events lists it';
	my $row = $told->{data}[0];
	is_deeply [@$row{qw(id tenant user_id kind state tries)}],
	    [$poison, 'test', 'u1', 'invitee.created', 'parked', 12],
	    'as what it is';
	is $row->{error}, 'P0001 event_append', 'with its error';
	my $errors = $ledger->told('errors');
	is $errors->{events}[0]{todo},
	    "mend the cause, then: calendlyctl events retry $poison",
	    'calendlyctl errors says what to do';
	like $c->run_ctl('jobs')->{err}, qr/calendlyctl events --parked/,
	    'calendlyctl jobs points there';
	like $c->run_ctl('doctor')->{out}, qr/^parked webhooks\s+warn\s+1 /m,
	    'so does the doctor';
	my $books = $ledger->age->close;
	is_deeply [@$books{qw(accepted pending missing)}], [4, 1, undef],
	    'on the books it is pending' or diag explain $books;
	in_feed(book());
};

subtest 'what is known of it, without what it says' => sub {
	my $r = $c->run_ctl(qw(events show), $poison);
	is $r->{status}, 0, 'shown' or diag $r->{err};
	unlike $r->{out}, qr/Mithridates/, 'nothing of its body';
	like $r->{out}, qr/^state\s+parked$/m, 'but its state';
	$r = $c->run_ctl(qw(--json events show --body), $poison);
	is decode_json(decode_json($r->{out})->{body})->{payload}{name},
	    'Mithridates', 'the body, where it is asked for';
	like $r->{err}, qr/personal data/, 'with a warning';
	is one(q{SELECT count(*) FROM audit WHERE action = 'event.body'
		AND subject = ?}, $poison), 1, 'and who looked is on record';
	is $c->deliver($url, "\xff\x00")->code, 200, 'something unreadable';
	my $odd = one(q{SELECT event_id FROM deliveries_in
		WHERE body = '\xff00'});
	in_feed($odd);
	is $ledger->told(qw(events show --body), $odd)->{body_hex}, 'ff00',
	    'bytes that are no text, in hex';
};

subtest 'asking again is no use before the cause is mended' => sub {
	is $ledger->told(qw(events retry), $poison)->{asked_for}, 1,
	    'asked for';
	my $row = $c->wait_for(sub {
		my $q = queued($poison);
		$q->{tries} >= 2 ? $q : undef
	}, 'it to fail again, as it did in the beginning');
	is $row->{parked_at}, undef, 'it is no longer parked';
};

subtest 'once it is, it is applied, and the books balance' => sub {
	mend('events');
	is $ledger->told(qw(events retry), $poison)->{asked_for}, 1,
	    'asked for';
	in_feed($poison);
	is_done($poison);
	my $books = $ledger->age->close;
	is_deeply [@$books{qw(accepted pending missing)}], [6, undef, undef],
	    'nothing is pending any more' or diag explain $books;
	like $c->run_ctl('doctor')->{out}, qr/^parked webhooks\s+ok\s+none/m,
	    'and the doctor content';
	my $r = $c->run_ctl(qw(events retry), $poison);
	is $r->{status}, 1, 'there is nothing to try again';
	like $r->{err}, qr/neither waits nor is missing/, 'and it says so';
	is one(q{SELECT count(*) FROM audit WHERE action = 'event.retry'}), 2,
	    'who asked is on record';
};

subtest 'many at once' => sub {
	poison('events', 'data');
	my @all = map { book(name => 'Mithridates') } 1 .. 5;
	$c->wait_for(sub { one('SELECT count(*) FROM delivery_queue
		WHERE tries > 0') == 5 }, 'each to fail');
	$c->db->do('UPDATE delivery_queue SET parked_at = now()');
	mend('events');
	is @{ $ledger->told(qw(events --parked --limit 3))->{data} }, 3,
	    'as many as were asked for';
	is $ledger->told(qw(events retry --all --tenant test))->{asked_for},
	    5, 'all of them';
	is_done($_) for @all;
	is $ledger->told(qw(events retry --all))->{asked_for}, 0,
	    'none is left';
};

subtest 'where its meeting alone cannot be kept, it is in the feed' => sub {
	my $before = $ledger->age->close;
	poison('invitees', 'content');
	my $id = book(name => 'Mithridates');
	in_feed($id);
	$c->db->do('UPDATE delivery_queue SET parked_at = now()');
	my $told = $ledger->told(qw(events show), $id);
	is_deeply [@$told{qw(state outcome event_type error)}], ['parked',
	    'flagged', 'invitee.created', 'P0001 invitee_save'],
	    'flagged, and parked' or diag explain $told;
	my $books = $ledger->age->close;
	is $books->{pending}, 1, 'on the books it is pending';
	is $books->{flagged}, $before->{flagged}, 'not flagged as well';
	mend('invitees');
	$ledger->told(qw(events retry), $id);
	is_done($id);
	$books = $ledger->close;
	is_deeply [@$books{qw(accepted applied pending)}],
	    [$before->{accepted} + 1, $before->{applied} + 1, undef],
	    'then it is applied' or diag explain $books;
};

subtest 'misuse' => sub {
	for my $argv (['x'], [], ['--all', $poison],
		['--tenant', 'test', $poison]) {
		is $c->run_ctl(qw(events retry), @$argv)->{status}, 2,
		    "events retry @$argv";
	}
	is $c->run_ctl(qw(events show x))->{status}, 2, 'events show x';
	my $r = $c->run_ctl(qw(events show), uuid(9, 9));
	is $r->{status}, 1, 'one that nobody knows';
	like $r->{err}, qr/there is no webhook/, 'is said to be none';
	$r = $c->run_ctl(qw(jobs retry), $poison);
	like $r->{err}, qr/calendlyctl events retry/, 'jobs retry points here';
};

done_testing;
