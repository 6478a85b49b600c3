package Cal::Test::Ledger;

# Cal::Test::Ledger: the books of deliveries, without waiting for minutes to
# pass.
#
#	my $ledger = Cal::Test::Ledger->new(test => $c);
#	$ledger->age;			# all that is stored was stored earlier
#	is_deeply $ledger->close, { accepted => 3, applied => 3 };
#
# In what close() returns, zeros are left out.

use Mojo::Base -base, -signatures;

use Mojo::JSON qw(decode_json);
use Test::More ();

has 'test';
has days => 30;			# CALENDLYD_RETENTION_EVENTS

# Everything comes from that much earlier, and so do the books.
sub age ($self, $interval = '3 minutes')
{
	my $db = $self->test->db;
	$db->begin_work;
	# First, as a runner that closes the books does: or each of the two
	# could wait for what the other has locked.
	$db->do('SELECT FROM ledger_head FOR UPDATE');
	$db->do('UPDATE deliveries_in SET received_at = received_at - ' .
		"'$interval'::interval");
	$db->do("UPDATE events SET received_at = received_at - '$interval'
		::interval WHERE source = 'webhook'");
	# By way of another millennium, where no other minute is in the way.
	$db->do("UPDATE ledger SET minute = minute $_,
		checked_at = checked_at $_") for "- interval '1000 years'",
	    "+ interval '1000 years' - interval '$interval'";
	# And some minutes back: what a runner has closed meanwhile counts, too.
	$db->do('UPDATE ledger_head SET closed_to = date_trunc(\'minute\',' .
		" closed_to - '$interval'::interval - '10 min'::interval)");
	$db->commit;
	return $self;
}

# Until all that can be closed is, whoever does it; then what the books say.
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

# What calendlyctl tells of a tenant, or of all.
sub says ($self, @argv)
{
	my $books = $self->told('events', @argv)->{ledger};
	delete $books->{closed_to};
	return { map { ($_ => $books->{$_}) } grep { $books->{$_} }
	    keys %$books };
}

# A command's JSON.
sub told ($self, @argv)
{
	my $r = $self->test->run_ctl('--json', @argv);
	Test::More::is($r->{status}, 0, "calendlyctl @argv") or
	    Test::More::diag($r->{err});
	return decode_json($r->{out});
}

1;
