# The books balance: it is known of every accepted delivery what became of it,
# and if somebody removes one from the database, it counts as missing.

use Cal::Test;

use Cal::Test::Body qw(delivery envelope invitee_uri uuid);
use Cal::Test::Deliveries;
use Cal::Test::Ledger;
use Mojo::File qw(path);

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2,
	CALENDLYD_RETENTION_EVENTS => 2 });
my $ledger = Cal::Test::Ledger->new(test => $c, days => 2);
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');
my $serial = 0;

sub one ($sql, @arg) { return scalar $c->db->selectrow_array($sql, {}, @arg) }

sub runners
{
	return grep { eval { path("/proc/$_/comm")->slurp } =~ m{^runner/} }
	    $c->calendlyd->children;
}

# Waits for those that have been killed to be there again: one that starts while
# the others are stopped would do their work.
sub stopped_runners
{
	my @runner;
	$c->wait_for(sub { (@runner = runners()) == 2 }, 'both runners');
	kill STOP => @runner;
	return @runner;
}

sub book ($kind = 'invitee.created', $to = $url)
{
	my $body = delivery($kind, uri => invitee_uri(uuid(7, ++$serial)));
	is $c->deliver($to, $body)->code, 200, 'accepted';
	return;
}

sub quiet
{
	return $c->wait_for(sub { !one('SELECT count(*) FROM delivery_queue
		WHERE parked_at IS NULL') }, 'nothing to wait');
}

# The id of the delivery that came last.
sub newest
{
	return one('SELECT event_id FROM deliveries_in ORDER BY id DESC
		LIMIT 1');
}

# What was accepted, all of it settled; how much that is.
sub balances ($title)
{
	my $books = $ledger->age->close;
	my $settled = 0;
	$settled += $books->{$_} // 0 for qw(applied superseded flagged);
	is $books->{accepted} // 0, $settled, "$title: all that was accepted";
	is_deeply [@$books{qw(pending missing)}], [undef, undef],
	    "$title: nothing is pending, nothing missing"
	    or diag explain $books;
	return $settled;
}

my $accepted = 0;

subtest 'after a rush in which runners are killed' => sub {
	my $load = Cal::Test::Deliveries->start($c, $url);
	for my $n (1 .. 5) {
		$c->wait_for(sub { $load->done > 25 * $n }, 'the moment');
		my @pid;
		$c->wait_for(sub { @pid = runners() }, 'a runner');
		kill KILL => $pid[rand @pid];
	}
	$load->stop;
	is_deeply [$load->not_once($c)], [], 'each is in the feed once';
	quiet();
	$accepted = one('SELECT count(*) FROM deliveries_in');
	is balances('the rush'), $accepted, 'every delivery is on the books';
};

subtest 'what cannot be read is on them, too' => sub {
	is $c->deliver($url, 'no JSON')->code, 200, 'accepted';
	book('thing.unheard_of');
	quiet();
	is balances('odd ones'), $accepted += 2, 'both';
};

subtest 'what waits is pending, and then no more' => sub {
	my @runner = stopped_runners();
	book();
	my $books = $ledger->age->close;
	is $books->{pending}, 1, 'pending';
	is $books->{missing}, undef, 'but not missing';
	my $told = $ledger->told('events');
	is $told->{data}[0]{id}, newest(), 'it is listed';
	is $told->{data}[0]{state}, 'waiting', 'as waiting';
	kill CONT => @runner;
	quiet();
	is balances('then'), $accepted += 1, 'applied';
};

subtest 'what is taken away behind our back is missing' => sub {
	my @runner = stopped_runners();
	book();
	my $id = newest();
	$c->db->do('DELETE FROM delivery_queue WHERE event_id = ?', {}, $id);
	$ledger->age;
	kill CONT => @runner;
	$c->wait_for(sub {
		$c->log_text(qr/^calendlyd\.log/) =~ /ledger: tenant test.* 1 missing/
	}, 'a runner to say so by itself');
	is $ledger->close->{missing}, 1, 'on the books';
	my $r = $c->run_ctl('doctor');
	is $r->{status}, 1, 'the doctor fails';
	like $r->{out}, qr/^books\s+fail\s+1 webhooks are missing/m,
	    'and says why';
	my ($row) = @{ $ledger->told(qw(events --parked))->{data} };
	is_deeply [@$row{qw(id state user_id kind)}], [$id, 'missing', 'u1',
		'invitee.created'], 'it is named';
	like $c->run_ctl('errors')->{out}, qr/events retry $id/,
	    'with what to do';
	is $ledger->told(qw(events retry), $id)->{asked_for}, 1,
	    'what was missing is asked for';
	$c->wait_for(sub { grep { $_->{id} eq $id } $c->events },
		'it to be in the feed');
	quiet();
	is balances('found'), $accepted += 1, 'the books are in order again';
	like $c->run_ctl('doctor')->{out}, qr/^books\s+ok/m,
	    'and the doctor content';
	is((() = $c->log_text(qr/^calendlyd\.log/) =~ /ledger: tenant/g), 1,
	    'it was said once');
};

subtest 'so is an event that disappears' => sub {
	book();
	quiet();
	my $id = newest();
	$c->wait_for(sub { grep { $_->{id} eq $id } $c->events }, 'it');
	$c->db->do('DELETE FROM events WHERE id = ?', {}, $id);
	is $ledger->age->close->{missing}, 1, 'missing';
	is $ledger->told(qw(events retry --all))->{asked_for}, 1, 'asked for';
	quiet();
	is balances('found'), $accepted += 1, 'there again';
};

subtest 'who audits is one, and others pass' => sub {
	book();
	quiet();
	$ledger->age;
	my $other = $c->cluster->db($c->stack->database);
	$other->begin_work;
	$c->wait_for(sub { $other->selectrow_array('SELECT only_row
		FROM ledger_head FOR UPDATE SKIP LOCKED') }, 'the books');
	is one('SELECT ledger_audit(30)'), 0, 'somebody else is at it';
	$other->rollback;
	is balances('then'), $accepted += 1, 'done when it is free';
};

subtest 'a user who is erased is not missed' => sub {
	$c->connect('u2', person => 'marco', browser => $c->new_browser);
	my $to = $c->endpoint('u2');
	my @runner = runners();
	book('invitee.created', $to);
	quiet();
	kill STOP => @runner;
	book('invitee.created', $to);
	is $ledger->age->close->{pending}, 1, 'one waits';
	kill CONT => @runner;
	$c->api(DELETE => '/v1/connections/u2?erase=true');
	$c->wait_for(sub { !one(q{SELECT count(*) FROM connections
		WHERE user_id = 'u2'}) }, 'the user to be forgotten');
	quiet();
	cmp_ok balances('without them'), '<=', $accepted + 2, 'no alarm';
};

subtest 'nor is one of whom a delivery was left' => sub {
	book();
	quiet();
	my $id = newest();
	$c->wait_for(sub { grep { $_->{id} eq $id } $c->events }, 'it');
	$c->db->do('UPDATE deliveries_in SET connection_id =
		gen_random_uuid() WHERE event_id = ?', {}, $id);
	$c->db->do('DELETE FROM events WHERE id = ?', {}, $id);
	is $ledger->age->close->{missing}, undef, 'no alarm';
	is one('SELECT count(*) FROM deliveries_in WHERE event_id = ?', $id),
	    0, 'nothing is left of it';
};

subtest 'retention is no loss, and old minutes become one line' => sub {
	my $before = $ledger->says;
	$ledger->age('2 hours');
	book();
	quiet();
	my $books = $ledger->age->close;
	is $books->{accepted}, $before->{accepted} + 1, 'nothing is forgotten';
	is one(q{SELECT count(*) FROM ledger WHERE minute = '-infinity'}), 1,
	    'one line for all that is long past';
	cmp_ok one('SELECT count(*) FROM ledger'), '<=', 3, 'few are left';
	$ledger->age('1 day 23 hours');
	$c->db->do(q{DELETE FROM events WHERE source = 'webhook'});
	$c->db->do('UPDATE ledger_head SET closed_to = now() -
		interval \'9 days\'');
	is $ledger->close->{missing}, undef,
	    'what is about to go is not looked for';
};

subtest 'what waits longer than retention stays on the books' => sub {
	my @runner = stopped_runners();
	book();
	my $books = $ledger->age->close;
	is $books->{pending}, 1, 'pending';
	$ledger->age('40 days');
	is $ledger->close->{pending}, 1, 'for as long as it takes';
	kill CONT => @runner;
	quiet();
	$ledger->close;
	my $then = $ledger->says;
	is $then->{pending}, undef, 'then no more';
	is $then->{accepted}, $books->{accepted}, 'nothing else has changed';
};


is_deeply $ledger->says('--tenant', 'test'), $ledger->says,
    'the one tenant has all of it';
like $c->run_ctl(qw(events --tenant nobody))->{err}, qr/no tenant "nobody"/,
    'and no other';
done_testing;
