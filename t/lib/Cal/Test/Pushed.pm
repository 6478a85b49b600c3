package Cal::Test::Pushed;

# Cal::Test::Pushed: meetings at Calendly and two destinations, and what is
# promised of pushing: each event arrives, signed, those of a lane in order,
# little of it twice; nothing is dead or left; no claim stays; and each failure
# that was told has one recovery.
#
#	my $pushed = Cal::Test::Pushed->new(p => $pushes)->begin;
#	$pushed->prepare;
#	$pushed->act;
#	$pushed->hurry until !$pushed->left;
#	is_deeply [$pushed->broken], [], 'all is kept';

use Mojo::Base -base, -signatures;

use Cal::Test::Pushes;

use constant IN_FLIGHT => 10;	# to one destination

has 'p';
has destinations => sub { {} };	# id by path
has from	 => 0;		# the feed, before this case

sub begin ($self)
{
	my $p = $self->p;
	$p->receiver->says('/odd' => { status => 500, first => 1 });
	$self->destinations->{$_} = $p->destination($_) for qw(/good /odd);
	return $self;
}

# Everything from here on belongs to the next case.
sub prepare ($self)
{
	my $p = $self->p;
	$p->drained([values %{ $self->destinations }]);
	$p->age($self->destinations->{'/odd'}, failing_since => '2 hours');
	$self->from(scalar $p->c->db->selectrow_array(
		'SELECT max(seq) FROM feed_heads'));
	return;
}

# Of two meetings, one is canceled.
sub act ($self)
{
	my $c = $self->p->c;
	my @booked = map { $c->sandbox(POST => '/sandbox/book',
		{ person => 'olivia', wait => \1 }) } 1, 2;
	$c->sandbox(POST => '/sandbox/cancel',
		{ invitee => $booked[0]{invitee}{uri}, wait => \1 });
	return;
}

sub hurry ($self)
{
	$self->p->hurry($_) for values %{ $self->destinations };
	return;
}

# Returns what has still to be pushed; '' for nothing.
sub left ($self)
{
	return $self->p->c->db->selectrow_array(q{SELECT concat_ws(', ',
		(SELECT string_agg(concat_ws(' ', d.url, d.cursor, 'of', h.seq,
			d.owner), ', ') FROM destinations d JOIN feed_heads h
			USING (tenant_id) WHERE d.cursor < h.seq
			OR d.owner IS NOT NULL),
		(SELECT string_agg(status || ' ' || seq, ', ') FROM pushes
			WHERE status IN ('waiting', 'held')),
		(SELECT count(*) || ' delivered' FROM delivery_queue
			HAVING count(*) > 0),
		(SELECT count(*) || ' queued' FROM event_queue
			HAVING count(*) > 0))});
}

sub broken ($self)
{
	my $event = $self->p->c->db->selectall_hashref('SELECT id, type,
		feed_seq, coalesce(meeting_id, connection_id)::text AS lane
		FROM events WHERE feed_seq > ?', 'id', undef, $self->from);
	my ($dead) = $self->p->c->db->selectrow_array(q{SELECT count(*)
		FROM pushes WHERE status = 'dead'});
	return (($dead ? "$dead are dead" : ()), $self->_told($event),
	    (keys %$event < 5 ? 'nothing happened' : ()),
	    map { $self->_broken_at($_, $event) }
	    sort keys %{ $self->destinations });
}

# What is told of the destination that was failing must be told by turns.
sub _told ($self, $event)
{
	my @told = map { $_->{type} =~ /^destination\.(failing|recovered)$/ ?
	    $1 : () } sort { $a->{feed_seq} <=> $b->{feed_seq} }
	    values %$event;
	my $wrong = @told % 2 || grep { $told[$_] ne
	    ($_ % 2 ? 'recovered' : 'failing') } 0 .. $#told;
	return $wrong ? "told: @told" : ();
}

sub _broken_at ($self, $path, $event)
{
	my $r = $self->p->receiver;
	my $secret = $self->p->secret->{ $self->destinations->{$path} };
	my @got = grep { $event->{ $_->{id} // '' } } $r->got($path);
	my @well = grep { $_->{status} == 204 } @got;
	my %times;
	$times{ $_->{id} }++ for @well;
	my @missing = map { "$_->{type} $_->{feed_seq}" }
	    grep { !$times{ $_->{id} } } values %$event;
	my %fault = map { ($r->fault($secret, $_, $_->{at}) // '') => 1 } @got;
	delete $fault{''};
	my $again = @well - keys %times;
	return map {"$path: $_"} (@missing ? "never: @missing" : ()),
	    (map { "late: $_" } _late($event, @got), _late($event, @well)),
	    keys %fault, ($again > IN_FLIGHT ? "$again were repeated" : ());
}

# Returns the events that came for the first time after a later one of their
# lane.
sub _late ($event, @push)
{
	my (%seen, %latest, @late);
	for my $e (map { $event->{ $_->{id} } } @push) {
		next if $seen{ $e->{id} }++;
		my $lane = $e->{lane} // '';
		push @late, $e->{feed_seq}
		    if $e->{feed_seq} < ($latest{$lane} // 0);
		$latest{$lane} = $e->{feed_seq};
	}
	return @late;
}

1;
