package Cal::Test::Pushed;

# Cal::Test::Pushed: meetings at Calendly and destinations, and what is promised
# of pushing: each event arrives, signed, those of a lane in order, little of it
# twice; nothing is dead or left; no claim stays; and what becomes of a
# destination is told, once.
#
#	my $pushed = Cal::Test::Pushed->new(p => $pushes)->begin;
#	$pushed->prepare;
#	$pushed->act;
#	$pushed->hurry until !$pushed->left;
#	is_deeply [$pushed->broken], [], 'all is kept';

use Mojo::Base -base, -signatures;

use Cal::Test::Pushes;

use constant IN_FLIGHT => 10;	# to one destination

# Each answers the first try of an event as it says.
my %FIRST = (
	'/good' => undef,
	'/odd'	=> 500,		# and has been failing for hours
	'/lost' => 500,		# and for days, so that it is disabled
	'/gone' => 410,		# so that it is paused
	'/late' => undef,	# and retention has been sooner
);

has 'p';
has destinations => sub { {} };	# id by path
has from	 => 0;		# the feed, before this case
has resumed	 => sub { {} };	# how often, by path

sub begin ($self)
{
	my $p = $self->p;
	for my $path (sort keys %FIRST) {
		$p->receiver->says($path => { status => $FIRST{$path},
			first => 1 }) if $FIRST{$path};
		$self->destinations->{$path} = $p->destination($path,
			types => [_is_told($path) ? '*' : 'invitee.created']);
	}
	return $self;
}

# Who is paused by what it is told of its pause would hear of nothing else.
sub _is_told ($path) { return $path !~ m{^/(?:lost|gone)$} }

# Everything from here on belongs to the next case.
sub prepare ($self)
{
	my ($p, $d) = ($self->p, $self->destinations);
	$p->drained([values %$d]);
	$p->age($d->{'/odd'}, failing_since => '2 hours');
	$p->age($d->{'/lost'}, failing_since => '6 days');
	$self->_sweep->resumed({});
	return;
}

# Retention removes all events up to here, and one destination had not got the
# last of them.
sub _sweep ($self)
{
	my $db = $self->p->c->db;
	my $late = $self->destinations->{'/late'};
	$db->begin_work;
	my ($head) = $db->selectrow_array('SELECT seq FROM feed_heads
		FOR UPDATE');
	$db->do('DELETE FROM events WHERE feed_seq <= ?', undef, $head);
	$db->do('UPDATE feed_heads SET floor = ?', undef, $head);
	$db->do('UPDATE destinations SET cursor = ? - 1 WHERE id = ?', undef,
		$head, $late);
	$db->commit;
	return $self->from($head);
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

# Those that have nothing to wait for are left alone, or they would be claimed
# all the time. Whoever is paused or disabled is resumed.
sub hurry ($self)
{
	my ($p, $d) = ($self->p, $self->destinations);
	my %path = reverse %$d;
	my $waits = $p->c->db->selectcol_arrayref(q{SELECT DISTINCT
		destination_id FROM pushes WHERE status = 'waiting'});
	$p->hurry($_) for grep { $path{$_} } @$waits;
	my $ended = $p->c->db->selectcol_arrayref(q{SELECT id
		FROM destinations WHERE state <> 'active'});
	for my $id (grep { $path{$_} } @$ended) {
		$p->change($id, state => 'active');
		$self->resumed->{ $path{$id} }++;
	}
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
	my $event = $self->p->c->db->selectall_hashref(q{SELECT id, type,
		feed_seq, coalesce(meeting_id, connection_id)::text AS lane,
		data->>'destination_id' AS destination
		FROM events WHERE feed_seq > ?}, 'id', undef, $self->from);
	my ($dead) = $self->p->c->db->selectrow_array(q{SELECT count(*)
		FROM pushes WHERE status = 'dead'});
	return (($dead ? "$dead are dead" : ()), $self->_told($event),
	    (keys %$event < 5 ? 'nothing happened' : ()),
	    map { $self->_broken_at($_, $event) }
	    sort keys %{ $self->destinations });
}

# Returns what is told of a destination, in order.
sub _news ($self, $path, $event)
{
	return map { $_->{type} =~ s/^destination\.//r }
	    grep { ($_->{destination} // '') eq $self->destinations->{$path} }
	    sort { $a->{feed_seq} <=> $b->{feed_seq} } values %$event;
}

# That a destination fails and that it has recovered is told by turns, each
# pause once, and what one has missed, too.
sub _told ($self, $event)
{
	my %told = map { $_ => join ' ', $self->_news($_, $event) }
	    keys %{ $self->destinations };
	my ($gone, $lost) = map { $self->resumed->{$_} // 0 } qw(/gone /lost);
	my %right = (
		'/good' => qr/^$/,
		'/odd'	=> qr/^(?:failing recovered(?: |$))*$/,
		'/gone' => qr/^(?:paused(?: |$)){$gone}$/,
		'/late' => qr/^gap$/,
		'/lost' => qr/^(?:(?:failing[ ])?disabled(?:[ ]recovered)?
			(?:[ ]|$)){$lost}$/x,
	);
	return map {"told of $_: $told{$_}; resumed: " .
	    ($self->resumed->{$_} // 0)}
	    grep { $told{$_} !~ $right{$_} } sort keys %told;
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
	    grep { !$times{ $_->{id} } && (_is_told($path) ||
		$_->{type} eq 'invitee.created') } values %$event;
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
