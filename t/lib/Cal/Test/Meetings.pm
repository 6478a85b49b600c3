package Cal::Test::Meetings;

# Cal::Test::Meetings: puts meetings into the database, as applying deliveries
# does.
#
#	my $stored = Cal::Test::Meetings->new(test => $c);
#	my $id = $stored->add(u1 => '2026-11-24T09:00:00Z', canceled => 1);
#	$stored->add_shown($meeting);		# as the API would show it
#	my @id = $stored->sorted;		# as the API lists them

use Mojo::Base -base, -signatures;

use Mojo::JSON qw(encode_json);
use Mojo::Util qw(b64_encode);

has 'test';
has serial => 0;
has start  => sub { {} };		# by id

my @NOT_CONTENT = qw(id user_id status host_timezone cancellation rescheduled
	invitees invitees_more);
my @NOT_INVITEE = qw(id status cancellation rescheduled rescheduled_to no_show);

# Adds a meeting that has only a start, which may be unknown; returns its id.
sub add ($self, $user, $start, %arg)
{
	my $n = $self->serial($self->serial + 1)->serial;
	# The order of the ids is not the order in which the meetings were made.
	my $id = sprintf '%08x-0000-8000-8000-%012x',
	    ($n * 2654435761) % 2**32, $n;
	$self->add_shown({
		%{ $self->test->contract->at(
			'#/components/examples/MeetingBooked/value') },
		id => $id, user_id => $user, start_time => $start,
		end_time => undef, invitees => [],
		$arg{canceled} ? (status => 'canceled') : (),
	});
	return $id;
}

sub _without ($meeting, @key)
{
	my %content = %$meeting;
	delete @content{@key};
	return encode_json(\%content);
}

# Returns the register that says how a meeting or invitee ended.
sub _end ($thing, @more)
{
	return undef if $thing->{status} eq 'active';
	return encode_json({ map { $_ => $thing->{$_} } qw(cancellation
		rescheduled), @more });
}

sub add_shown ($self, $m)
{
	my $db = $self->test->db;
	$self->start->{ $m->{id} } = $m->{start_time};
	$db->do(<<~'SQL', undef, $m->{id}, @$m{qw(start_time end_time)},
		INSERT INTO meetings (id, tenant_id, connection_id, user_id,
		       start_at, end_at, content, content_version, canceled,
		       canceled_version)
		SELECT $1::uuid, tenant_id, id, user_id,
		       coalesce($2::timestamptz, 'infinity'),
		       coalesce($3::timestamptz, 'infinity'), $4, '', $5, ''
		  FROM connections
		 WHERE user_id = $6
		SQL
	    _without($m, @NOT_CONTENT), _end($m), $m->{user_id});
	$self->_add_invitee($m->{id}, $_) for @{ $m->{invitees} };
	return;
}

sub _add_invitee ($self, $meeting_id, $i)
{
	$self->test->db->do(<<~'SQL', undef, $meeting_id,
		INSERT INTO invitees (meeting_id, tenant_id, id, booked_at,
		       content, content_version, canceled, canceled_version,
		       no_show, no_show_version)
		SELECT id, tenant_id, $2::uuid, $3::timestamptz, $4, '', $5, '',
		       $6, ''
		  FROM meetings
		 WHERE id = $1::uuid
		SQL
	    $i->{id}, $i->{created_at}, _without($i, @NOT_INVITEE),
	    _end($i, 'rescheduled_to'),
	    $i->{no_show} ? encode_json($i->{no_show}) : undef);
	return;
}

# Adds that many invitees, each of that many bytes.
sub crowd ($self, $id, $n, $size)
{
	my ($one) = @{ $self->test->contract->at(
		'#/components/examples/MeetingBooked/value/invitees') };
	$self->_add_invitee($id, { %$one, name => 'x' x $size,
		id => sprintf '%08x-0000-8000-8000-%s', $_, substr $id, 24 })
	    for 1 .. $n;
	return;
}

sub cancel ($self, $id)
{
	$self->test->db->do('UPDATE meetings SET canceled = ? WHERE id = ?',
		undef, '{"cancellation":null,"rescheduled":false}', $id);
	return;
}

# Lets Calendly have no such meeting any more.
sub lose ($self, $id)
{
	$self->test->db->do('UPDATE meetings SET gone_at = now() WHERE id = ?',
		undef, $id);
	return;
}

sub remove ($self, @id)
{
	delete @{ $self->start }{@id};
	for my $id (@id) {
		$self->test->db->do("DELETE FROM $_->[0] WHERE $_->[1] = ?",
			undef, $id)
		    for [invitees => 'meeting_id'], [meetings => 'id'];
	}
	return;
}

sub clear ($self) { return $self->remove(keys %{ $self->start }) }

# Sorts these meetings, or all, by start (unknown ones last), then by id.
sub sorted ($self, @id)
{
	my $start = $self->start;
	@id = @id ? grep { exists $start->{$_} } @id : keys %$start;
	return sort { ($start->{$a} // 'unknown') cmp
		($start->{$b} // 'unknown') || $a cmp $b } @id;
}

# Makes up a cursor of the list.
sub cursor ($text) { return 'm' . b64_encode($text, '') =~ tr{+/=}{-_}dr }

1;
