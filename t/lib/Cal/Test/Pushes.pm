package Cal::Test::Pushes;

# Cal::Test::Pushes: a world in which events are pushed: destinations, many
# events at once, and how they arrive.
#
#	my $p = Cal::Test::Pushes->start;	# like Cal::Test->start
#	my $c = $p->c;
#	my $d = $p->destination('/a', types => ['*']);	# at $p->receiver
#	$p->add(1000, meetings => 50);
#	$p->drained($d);
# Events that add() makes are numbered: data.n counts all, data.k those of their
# meeting.

use Mojo::Base -base, -signatures;

use Carp qw(croak);

use Cal::Test ();
use Cal::Test::Receiver;

has 'c';
has receiver => sub ($self) {
	Cal::Test::Receiver->new(test => $self->c)->start };
has n => 0;			# events that were added
has secret => sub { {} };	# by the id of a destination

sub start ($class, %arg)
{
	my $settings = delete $arg{settings} // {};
	my $c = Cal::Test->start(%arg, idle => 1);
	$c->stack->configure({ CALENDLYD_DELIVER_ALLOW => '127.0.0.0/8',
		CALENDLYD_CA_FILE => $c->stack->ca, %$settings });
	$c->start_calendlyd;
	return $class->new(c => $c);
}

# Makes a destination at a path of the receiver, or at a URL; returns its id.
sub destination ($self, $where, %more)
{
	my $url = $where =~ m{^/} ? $self->receiver->url($where) : $where;
	my $res = $self->c->api(POST => '/v1/destinations',
		{ url => $url, types => ['*'], %more });
	$res->code == 201 or croak "destination: " . $res->body;
	$self->secret->{ $res->json('/id') } = $res->json('/secret');
	return $res->json('/id');
}

sub show ($self, $id)
{
	my $res = $self->c->api(GET => "/v1/destinations/$id");
	$res->code == 200 or croak "destination $id: " . $res->body;
	return $res->json;
}

sub change ($self, $id, %what)
{
	my $res = $self->c->api(PATCH => "/v1/destinations/$id", \%what);
	$res->code == 200 or croak "destination $id: " . $res->body;
	return $res->json;
}

# Sets columns back, so that time has passed for a destination. That of a pusher
# that holds it would be written over them.
sub age ($self, $id, $column, $interval)
{
	$self->c->wait_for(sub { $self->c->db->selectrow_array('SELECT owner
		IS NULL FROM destinations WHERE id = ?', undef, $id) },
	    'no pusher to hold it');
	$self->c->db->do("UPDATE destinations SET $column = now() - " .
		'?::interval WHERE id = ?', undef, $interval, $id);
	return $self;
}

# Makes what waits due, and ends pauses. As in the daemon, who changes pushes
# holds their destination; otherwise the two may wait for each other.
sub hurry ($self, $id)
{
	my $db = $self->c->db;
	$db->begin_work;
	$db->do('UPDATE destinations SET not_before = NULL, wake_at = now()
		WHERE id = ?', undef, $id);
	$db->do(q{UPDATE pushes SET next_at = now() WHERE destination_id = ?
		AND status = 'waiting'}, undef, $id);
	$db->commit;
	return $self;
}

# Adds events to the feed, as if webhooks had brought them.
sub add ($self, $n, %arg)
{
	my $db = $self->c->db;
	my $meetings = $arg{meetings} // $n;
	my $first = $self->n;
	$self->n($first + $n);
	my ($tenant) = $db->selectrow_array('SELECT id FROM tenants
		WHERE name = ?', undef, $self->c->tenant);
	$db->begin_work;
	$db->do('INSERT INTO feed_heads (tenant_id) VALUES (?)
		ON CONFLICT DO NOTHING', undef, $tenant);
	my ($head) = $db->selectrow_array('SELECT seq FROM feed_heads
		WHERE tenant_id = ? FOR UPDATE', undef, $tenant);
	$db->do(q{INSERT INTO events (id, tenant_id, connection_id, user_id,
		type, source, occurred_at, received_at, meeting_id, feed_seq,
		data) SELECT gen_random_uuid(), ?, md5('c')::uuid, ?,
		'invitee.created', 'webhook', clock_timestamp(),
		clock_timestamp(), overlay(overlay(md5('m' || (?::bigint + i)
		% ?) PLACING '4' FROM 13) PLACING '8' FROM 17)::uuid, ? + i,
		json_build_object('n', ?::bigint + i, 'm',
		(?::bigint + i) % ?, 'pad', repeat('x', ?))
		FROM generate_series(1, ?) i}, undef, $tenant,
	    $arg{user} // 'u1', $first, $meetings,
	    $head, $first, $first, $meetings, $arg{pad} // 500, $n);
	$db->do('UPDATE feed_heads SET seq = seq + ? WHERE tenant_id = ?',
	    undef, $n, $tenant);
	$db->commit;
	return $self;
}

# Returns the pushes to a destination, the newest first, as the API shows them.
sub pushes ($self, $id, $query = '')
{
	my $res = $self->c->api(GET => "/v1/pushes?destination_id=$id$query");
	$res->code == 200 or croak 'pushes: ' . $res->body;
	return @{ $res->json('/data') };
}

# Waits until the newest push to a destination has failed, and returns it.
sub failed ($self, $id, $seconds = undef)
{
	my $push;
	$self->c->wait_for(sub {
		($push) = grep { defined $_->{error} } $self->pushes($id) },
	    'a push that failed', $seconds);
	return $push;
}

# Returns the events of the feed of this type about a destination.
sub told ($self, $type, $id)
{
	return grep { $_->{type} eq "destination.$type" &&
	    $_->{data}{destination_id} eq $id } $self->c->events;
}

# Waits until nothing is left to be pushed to these destinations.
sub drained ($self, $ids, $seconds = undef)
{
	my @id = ref $ids ? @$ids : $ids;
	my $in = join ',', ('?') x @id;
	$self->c->wait_for(sub { !$self->c->db->selectrow_array(qq{
		SELECT count(*) FROM destinations d
		JOIN feed_heads h ON h.tenant_id = d.tenant_id
		WHERE d.id IN ($in) AND (d.cursor < h.seq OR EXISTS (
		SELECT FROM pushes p WHERE p.destination_id = d.id
		AND p.status IN ('waiting', 'held')))}, undef, @id) },
	    'everything to be pushed', $seconds);
	return $self;
}

# Looks at what arrived at a path: which numbers never came, and which came for
# the first time after a later one of their meeting.
sub judge ($self, $path, $first = 1, $last = $self->n)
{
	my (%seen, %latest, @late);
	my $again = 0;
	for my $push ($self->receiver->got($path)) {
		my ($n, $m) = @{ $push->{json}{data} }{qw(n m)};
		next if !defined $n || ($push->{status} // '') !~ /^2/;
		$again++, next if $seen{$n}++;
		push @late, $n if $n < ($latest{$m} // 0);
		$latest{$m} = $n if $n > ($latest{$m} // 0);
	}
	return { missing => [grep { !$seen{$_} } $first .. $last],
		late => \@late, again => $again };
}

1;
