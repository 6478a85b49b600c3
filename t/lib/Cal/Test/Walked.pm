package Cal::Test::Walked;

# Cal::Test::Walked: a user (Cal::Test::Promises) whose meetings are read back
# from Calendly, and what is promised of that: the picture equals Calendly's
# books, each meeting is told once for each net change, the end of each walk
# once, and nothing is left on the list of what is still to be read.

use Mojo::Base 'Cal::Test::Promises', -signatures;

use POSIX qw(strftime);

use Cal::Test::Picture;

has asks    => 0;		# walks that were asked for
has due	    => sub { {} };	# meeting's URI => how often it must be told
has picture => sub ($self) { Cal::Test::Picture->new(c => $self->c) };

# Gives the person meetings of every kind, past and ahead. Webhooks tell of none
# of them.
sub calendar ($self)
{
	$self->c->sandbox(POST => '/sandbox/history', {
		person => $self->person, past => 8, ahead => 7, group => 2,
		invitees => 18, canceled => 3, rescheduled => 2, no_shows => 1,
		days_back => 60 });
	$self->_due(keys %{ $self->picture->books($self->person) });
	return;
}

sub _due ($self, @uri)
{
	$self->due->{$_}++ for @uri;
	return;
}

sub _do ($self, $act, %how)
{
	return $self->c->sandbox(POST => "/sandbox/$act", \%how);
}

sub _quiet ($self, $act, %how) { return $self->_do($act, %how, quiet => \1) }

sub _active_ahead ($self)
{
	my $now = strftime('%Y-%m-%dT%H:%M:%SZ', gmtime time + 3600);
	return sort { $a->{uri} cmp $b->{uri} }
	    grep { $_->{status} eq 'active' && $_->{start_time} gt $now }
	    values %{ $self->picture->books($self->person) };
}

# Lets things happen that no webhook tells of: a booking, one that is canceled
# at once, a cancellation, a reschedule, and a meeting that vanishes.
sub live_on ($self)
{
	my @person = (person => $self->person);
	my ($gone, @meeting) = $self->_active_ahead;
	my ($canceled, $moved) = map { (grep { $_->{status} eq 'active' }
		@{ $_->{invitees} })[0] } @meeting[0, 1];
	my @new = map { $self->_quiet(book => @person) } 1, 2;
	$self->_quiet(cancel => invitee => $new[1]{invitee}{uri});
	$self->_quiet(cancel => invitee => $canceled->{uri});
	my $to = $self->_quiet(reschedule => invitee => $moved->{uri});
	$self->_do(vanish => event => $gone->{uri});
	$self->_due($gone->{uri}, map({ $_->{uri} } @meeting[0, 1]),
		map { $_->{event}{uri} } @new, $to);
	return;
}

sub ask ($self)
{
	$self->asks($self->asks + 1);
	return $self->api(POST => '/sync');
}

# Asks until that is answered.
sub ask_again ($self)
{
	$self->ask if $self->status !~ /^202/;
	return;
}

# A webhook tells of what is booked now, or a walk that comes first.
sub book ($self, @more)
{
	my @status = $self->SUPER::book(@more);
	$self->_due($self->booked->[-1][1] =~ s{/invitees/.*}{}r);
	return @status;
}

sub broken ($self, @dark)
{
	my @broken = $self->SUPER::broken(@dark);
	eval { $self->c->wait_for(sub { !$self->_meetings_told }, 'it', 5) };
	return (@broken, $self->_meetings_told, $self->_walks_told,
		$self->picture->differences($self->user, $self->person),
		$self->_left);
}

# Returns how the meetings' events in the feed are not as they should be.
sub _meetings_told ($self)
{
	my $seen = $self->picture->meetings($self->user);
	my %uri = map { $seen->{$_}{id} => $_ } keys %$seen;
	my %told;
	for (grep { $_->{type} eq 'meeting.changed' } $self->_feed_of_user) {
		my $id = $_->{data}{meeting}{id};
		$told{ $uri{$id} // $id }++;
	}
	my $due = $self->due;
	return map { "$_: told " . ($told{$_} // 0) . ' times, not ' .
	    ($due->{$_} // 0) } grep { ($told{$_} // 0) != ($due->{$_} // 0) }
	    sort keys %{ { %told, %$due } };
}

# A walk that was asked for while another was under way is the same one.
sub _walks_told ($self)
{
	my $told = grep { $_->{type} eq 'connection.synced' }
	    $self->_feed_of_user;
	my $least = 1 + ($self->asks ? 1 : 0);
	return $told >= $least && $told <= 1 + $self->asks ? () :
	    "told $told times that a walk is complete, after " .
	    (1 + $self->asks);
}

sub _left ($self)
{
	my ($left, $phase) = $self->c->db->selectrow_array('SELECT
	    (SELECT count(*) FROM sync_events e
	      WHERE e.connection_id = c.id), s.phase
	    FROM connections c JOIN syncs s ON s.connection_id = c.id
	    WHERE c.user_id = ?', undef, $self->user);
	return (map({"$_ events are left to be read"} grep {$_} $left),
		map {"the walk is still at $_"} grep {defined} $phase);
}

1;
