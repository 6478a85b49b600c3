package Cal::Test::Ledger;

# Cal::Test::Ledger: the books of deliveries, without waiting for minutes to
# pass.
#
#	my $ledger = Cal::Test::Ledger->new(test => $c);
#	$ledger->age;			# all that is stored was stored earlier
#	is_deeply $ledger->close, { accepted => 3, applied => 3 };
# close() leaves out zeros in what it returns.

use Mojo::Base -base, -signatures;

use Mojo::JSON qw(decode_json);
use Test::More ();

has 'test';
has days => 30;			# CALENDLYD_RETENTION_EVENTS

# Moves the times of all deliveries, and the books, that far into the past.
sub age ($self, $interval = '3 minutes')
{
	my $db = $self->test->db;
	$db->begin_work;
	# This row is locked first, as by a runner that closes the books;
	# otherwise each of the two could wait for what the other has locked.
	$db->do('SELECT FROM ledger_head FOR UPDATE');
	$db->do('UPDATE deliveries_in SET received_at = received_at - ' .
		"'$interval'::interval");
	$db->do("UPDATE events SET received_at = received_at - '$interval'
		::interval WHERE source = 'webhook'");
	# The minutes are first moved to another millennium, because two of them
	# would collide for a moment otherwise.
	$db->do("UPDATE ledger SET minute = minute $_,
		checked_at = checked_at $_") for "- interval '1000 years'",
	    "+ interval '1000 years' - interval '$interval'";
	# The head is set some minutes back, so that what a runner has closed
	# meanwhile is counted again.
	$db->do('UPDATE ledger_head SET closed_to = date_trunc(\'minute\',' .
		" closed_to - '$interval'::interval - '10 min'::interval)");
	$db->commit;
	return $self;
}

# Waits until all that can be closed is closed, by whomever, and returns what
# the books say.
sub close ($self)
{
	my $db = $self->test->db;
	$self->test->wait_for(sub {
		!$db->selectrow_array('SELECT ledger_audit(?)', {},
			$self->days) &&
		$db->selectrow_array('SELECT closed_to >
			now() - interval \'76 seconds\' FROM ledger_head')
	}, 'the books to be closed');
	return $self->says;
}

# Returns the books of a tenant, or of all, as calendlyctl tells them.
sub says ($self, @argv)
{
	my $books = $self->told('events', @argv)->{ledger};
	delete $books->{closed_to};
	return { map { ($_ => $books->{$_}) } grep { $books->{$_} }
	    keys %$books };
}

# Returns the JSON of a command.
sub told ($self, @argv)
{
	my $r = $self->test->run_ctl('--json', @argv);
	Test::More::is($r->{status}, 0, "calendlyctl @argv") or
	    Test::More::diag($r->{err});
	return decode_json($r->{out});
}

1;
