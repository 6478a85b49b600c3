package Cal::Test::Story;

# Cal::Test::Story: what happens to a few meetings, and all that Calendly sends
# about it. The story can be told any number of times; tellings with different
# numbers share nothing but their course.
#
#	my $story = Cal::Test::Story->new;
#	for my $step (0 .. $story->steps - 1) {
#		$c->deliver($url, $story->body($number, $step));
#	}
#	$story->mark($number, $step)	# in its event's data, as "mark"
#	$story->retold($number, $step)	# a body with other content, of a step
#					# that meetings come from
# Ann and Bea are booked into a meeting for two; another host takes it over; Ann
# is marked as not having come, the mark is taken back and set again; Bea moves
# to a meeting of her own, which is canceled, and Cyd and Dan take the place,
# within one microsecond; Cyd cancels. Meanwhile contacts and event types
# change, and some deliveries are unreadable.

use Mojo::Base -base, -signatures;

use Cal::Test::Body qw(envelope no_show_uri);
use Cal::Test::Kinds qw(api_uri invitee payload scheduled_event);

use constant UNREADABLE => 40;	# bytes, at least, that nobody can read

has told => sub { [_story()] };	# [kind, text] each
has few	 => sub ($self) { [grep { $self->about_meeting($_) }
	0 .. $#{ $self->told }] };

sub steps ($self)	   { return scalar @{ $self->told } }
sub kind ($self, $step)	   { return $self->told->[$step][0] }

# The steps from which meetings are made.
sub meeting_steps ($self)  { return @{ $self->few } }
sub about_meeting ($self, $step) { return $self->kind($step) =~ /^invitee/ }

sub mark ($self, $number, $step)
{
	return $self->kind($step) ? sprintf('%012x.%d', $number, $step)
	    : 'size ' . length $self->body($number, $step);
}

# Returns the mark of an event of the feed, from its JSON; undef if it has none.
sub mark_in ($self, $json)
{
	return $json =~ /"mark":"([0-9a-f.]+)"/ ? $1 :
	    $json =~ /"type":"webhook\.unreadable".*"size":(\d+)/ ? "size $1" :
	    undef;
}

sub body ($self, $number, $step)
{
	my $id = sprintf '%012x', $number;
	my ($kind, $text) = @{ $self->told->[$step] };
	return $text . '.' x $number if !$kind;
	return $text =~ s/~N~/$id/gr;
}

# Returns the same event, told again a little later in other words: with the
# same mark and another content.
sub retold ($self, $number, $step)
{
	return $self->body($number, $step)
	    =~ s/("updated_at":"[^"]*\.12345)6Z"/${1}7Z"/gr
	    =~ s/("name":"(?:Ann|Bea|Cyd|Dan))"/$1 again"/gr;
}

sub _at ($minute) { return sprintf '2026-11-20T10:%02d:00.123456Z', $minute }

# Returns an id of the story, which depends on its number.
sub _id ($what) { return "$what-0000-4000-8000-~N~" }

sub _invitee_of ($event, $who)
{
	return api_uri('scheduled_events',
		_id($event) . '/invitees/' . _id($who));
}

sub _person ($event, $who, $name, $minute, %field)
{
	return invitee(uri => _invitee_of($event->{id}, $who), name => $name,
		email => lc($name) . '@guests.example', first_name => $name,
		last_name => undef, updated_at => _at($minute),
		scheduled_event => $event->{shape}, %field);
}

sub _event ($id, $minute, $total, $active, %field)
{
	my $host = $minute < 3 ? 'olivia' : 'marco';
	my $shape = scheduled_event(
		uri => api_uri('scheduled_events', _id($id)),
		created_at => _at(0), updated_at => _at($minute),
		invitees_counter => { total => $total, active => $active,
		    limit => 2 },
		event_memberships => [{ user => api_uri('users', $host),
		    user_email => "$host\@acme.example",
		    user_name => ucfirst $host }], %field);
	return { id => $id, shape => $shape };
}

sub _why ($by, $minute)
{
	return { canceled_by => $by, reason => "Minute $minute",
		canceler_type => 'invitee', created_at => _at($minute) };
}

sub _canceled ($by, $minute)
{
	return (status => 'canceled', cancellation => _why($by, $minute));
}

sub _no_show ($id, $minute)
{
	return (no_show => { uri => no_show_uri(_id($id)),
		created_at => _at($minute) });
}

my ($ANN, $BEA, $BEA2, $CYD, $DAN) = map {"a000000$_"} 1 .. 5;
my ($ONE, $TWO) = map {"e000000$_"} 1, 2;

sub _bookings ()
{
	my $full = _event($ONE, 3, 2, 2);
	my $moved = _event($ONE, 7, 2, 1);
	my $own = _event($TWO, 7, 1, 1);
	my @at = (created_at => _at(10));
	return (
		['invitee.created', _person(_event($ONE, 1, 1, 1), $ANN, 'Ann',
		    1)],
		['invitee.created', _person(_event($ONE, 2, 2, 2), $BEA, 'Bea',
		    2)],
		['invitee_no_show.created', _person($full, $ANN, 'Ann', 4,
		    _no_show('b0000001', 4))],
		['invitee_no_show.deleted', _person($full, $ANN, 'Ann', 5)],
		['invitee_no_show.created', _person($full, $ANN, 'Ann', 6,
		    _no_show('b0000002', 6))],
		['invitee.canceled', _person($moved, $BEA, 'Bea', 7,
		    _canceled('Bea', 7), rescheduled => \1,
		    new_invitee => _invitee_of($TWO, $BEA2))],
		['invitee.created', _person($own, $BEA2, 'Bea', 7,
		    old_invitee => _invitee_of($ONE, $BEA))],
		['invitee.canceled', _person(_event($TWO, 9, 1, 0,
		    _canceled('Bea', 9)), $BEA2, 'Bea', 9, _canceled('Bea', 9),
		    old_invitee => _invitee_of($ONE, $BEA))],
		['invitee.created', _person(_event($ONE, 10, 3, 2), $CYD,
		    'Cyd', 10, @at)],
		['invitee.created', _person(_event($ONE, 10, 4, 3), $DAN,
		    'Dan', 10, @at)],
		['invitee.canceled', _person(_event($ONE, 11, 4, 2), $CYD,
		    'Cyd', 11, @at, _canceled('Cyd', 11))],
	);
}

sub _others ()
{
	my $contact = { uri => api_uri('contacts', _id('cc000001')) };
	my @type = (uri => api_uri('event_types', _id('e7000001')));
	return (
		['contact.created', payload('contact.created',
		    contact => $contact)],
		['event_type.updated', payload('event_type.updated', @type)],
		['event_type.updated', payload('event_type.updated', @type,
		    updated_at => _at(12))],
		['meeting_recap.created', payload('meeting_recap.created',
		    recap => { uri => api_uri('meeting_recaps',
			_id('dd000001')) })],
		['thing.unheard_of', { uri => undef }],
	);
}

# Each delivery is sent when its event happened; nothing tells which of two of
# the same time was first. Unreadable ones are told apart by their size.
sub _story ()
{
	my @step = (_bookings(), _others());
	return ((map {
		my ($kind, $payload) = @{ $step[$_] };
		[$kind, envelope($kind, { %$payload, mark => "~N~.$_" },
			created_at => $payload->{updated_at} // _at(20))]
	} 0 .. $#step), ['', 'x' x UNREADABLE]);
}

1;
