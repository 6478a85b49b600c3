package Cal::Test::Age;

# Cal::Test::Age: lets time pass in a moment: moves Calendly's clock ahead, and
# moves every time that our database remembers about connections as far into the
# past.
#
#	Cal::Test::Age->new(c => $c)->pass(25 * 3600);
# Times of what was received and told (deliveries, events, meetings, the ledger)
# stay as they are, because nothing waits for them here.

use Mojo::Base -base, -signatures;

has 'c';
has passed => 0;		# seconds, so far
has columns => \&_find_columns;	# table => [column]

my $KEPT = join ', ', map {"'$_'"} qw(api_keys audit deliveries_in event_queue
	events feed_heads feed_marks invitees ledger ledger_head meetings
	schema_files tenant_origins tenants);

sub _find_columns ($self)
{
	my %column;
	push @{ $column{ $_->[0] } }, $_->[1] for @{ $self->c->db
	    ->selectall_arrayref("SELECT c.table_name, c.column_name
		FROM information_schema.columns c
		JOIN information_schema.tables t USING (table_schema, table_name)
		WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
		AND c.data_type = 'timestamp with time zone'
		AND c.is_generated = 'NEVER'
		AND c.table_name NOT IN ($KEPT)
		ORDER BY c.table_name, c.column_name") };
	return \%column;
}

sub pass ($self, $seconds)
{
	my $c = $self->c;
	$c->sandbox(POST => '/sandbox/clock', { advance => $seconds });
	$self->passed($self->passed + $seconds);
	$c->wait_for(sub { eval { $self->_age($seconds); 1 } },
		'our database to grow older');
	$c->db->do('SELECT checks_ask(100)');
	$c->db->do('SELECT sweep_pending_grants(500, 86400)');
	return $self;
}

# Moves all times in one transaction, and gives up at once if a row is locked,
# because waiting while it holds locks itself could make PostgreSQL end a
# transaction of calendlyd's as a deadlock. Then it tries again.
sub _age ($self, $seconds)
{
	my ($db, $columns) = ($self->c->db, $self->columns);
	$db->begin_work;
	my $done = eval {
		$db->do('LOCK TABLE ' . join(', ', sort keys %$columns) .
			' IN SHARE ROW EXCLUSIVE MODE NOWAIT');
		for my $table (sort keys %$columns) {
			$db->do("UPDATE $table SET " . join ', ', map {
				"$_ = $_ - make_interval(secs => $seconds)"
			} @{ $columns->{$table} });
		}
		$db->do("UPDATE accounts SET mints = '{}' WHERE mints <> '{}'");
		$db->commit;
	};
	my $why = $@;
	$db->rollback if !$done;
	return $done || die $why;
}

1;
