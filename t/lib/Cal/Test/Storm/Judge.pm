package Cal::Test::Storm::Judge;

# Cal::Test::Storm::Judge: what must be true after a storm, by Calendly's books
# and our database: each connected user has one subscription, nothing else of
# ours is left that nobody names, and new bookings arrive.

use Mojo::Base -base, -signatures;

use Cal::Test::Storm::Taken;
use Mojo::File qw(path);

use constant MOST => 3;		# alive at a time, of one grant

has storm => undef, weak => 1;
has taken => sub ($self) {
	Cal::Test::Storm::Taken->new(storm => $self->storm) };

sub _state ($self, $part)
{
	return $self->storm->books->state($part)->{$part};
}

sub _ours ($self, $part)
{
	return grep { $_->{owner_app} eq 'app' } @{ $self->_state($part) };
}

# Returns a subscription's id, in whatever form a list wrote its URI.
sub _id ($uri)
{
	my ($id) = ($uri // '') =~ m{([^/]+)/*\z};
	return ($id // '') =~ /\A[0-9A-Fa-f-]{36}\z/ ? lc $id : $id // '';
}

# Returns [user, connection] of everybody whom we know.
sub _connections ($self)
{
	my $c = $self->storm->c;
	return map { [$_, $c->api(GET => "/v1/connections/$_")->json] }
	    map { $_->user } @{ $self->storm->users };
}

# Returns what is not as it must be after the storm.
sub standing ($self)
{
	my %there = map { _id($_->{uri}) => $_ } $self->_ours('subscriptions');
	my (%due, %named, @broken);
	my %masked = (user => {}, erased => {}, told => 0);
	for my $pair ($self->_connections) {
		my ($user, $u) = @$pair;
		$masked{user}{$user} = 1
		    if grep { m{/\*\*\*\z} } @{ $u->{left_behind} // [] };
		$named{ _id($_) } = $user for grep {
			m{/webhook_subscriptions/} } @{ $u->{left_behind} // [] };
		push @broken, _connection($user, $u, \%there)
		    if ($u->{status} // '') eq 'connected';
		push @broken, "$user is $u->{status}"
		    if ($u->{status} // '') =~ /^(?:needs_reauth|disconnecting)/;
		$due{ _id($u->{webhook}{uri}) } = $user
		    if ($u->{status} // '') eq 'connected' &&
		    defined $u->{webhook}{uri};
	}
	return (@broken, $self->_others(\%there, \%due, \%named, \%masked));
}

# Calendly never told its URI, so that it is named by its callback URL: by the
# connection, or by what operators are told of erased users, without their
# names: once for each of those.
sub _is_masked ($self, $sub, $masked)
{
	my $storm = $self->storm;
	my $owner = $storm->owner_of($sub->{callback_url}) // return 0;
	return 0 if $storm->learned->{ $storm->hash_of($sub->{callback_url}) };
	return 1 if $masked->{user}{ $owner->{user} };
	return 0 if !$self->_is_erased($owner->{connection});
	$masked->{erased}{ $owner->{connection} } = 1;
	return keys %{ $masked->{erased} } <= $masked->{told};
}

sub _is_erased ($self, $connection)
{
	return !$self->storm->c->db->selectrow_array('SELECT count(*)
		FROM connections WHERE id = ?', undef, $connection);
}

sub _connection ($user, $u, $there)
{
	my $webhook = $u->{webhook};
	my $one = $there->{ _id($webhook->{uri}) };
	return "$user: capability $webhook->{capability}"
	    if $webhook->{capability} ne 'ok';
	return "$user has no subscription at Calendly (" .
	    ($webhook->{uri} // 'none') . ')' if !$one;
	return "$user: its subscription is $one->{state}"
	    if $one->{state} ne 'active';
	return "$user: its subscription is $one->{person}'s" if
	    ($u->{calendly}{email} // '') !~ /^\Q$one->{person}\E@/;
	return ();
}

sub _others ($self, $there, $due, $named, $masked)
{
	my $storm = $self->storm;
	my @left = $storm->told_left;
	$named->{ _id($_) } //= 'an erased user'
	    for grep { m{/webhook_subscriptions/} } @left;
	$masked->{told} = grep { m{/\*\*\*\z} } @left;
	my @broken;
	for my $id (sort keys %$there) {
		next if $due->{$id} || $named->{$id} ||
		    $self->_is_masked($there->{$id}, $masked) ||
		    $self->_nobody_can_know($there->{$id});
		push @broken, "$id is there for nobody: " .
		    $self->_story_of($there->{$id});
	}
	return (@broken, $self->_named_wrongly($there, $named));
}

# left_behind may name a subscription that is gone, but only if the answer to
# its deletion was lost, so that nobody could know.
sub _named_wrongly ($self, $there, $named)
{
	my %gone = map { _id($_->{uri}) => $_->{by} }
	    $self->_ours('subscriptions_gone');
	my @gone = grep { !$there->{$_} } sort keys %$named;
	my $heard = @gone ? $self->_heard_deletions : {};
	return map {"$named->{$_} names $_ as left behind: " .
		($gone{$_} ? 'we deleted it' : 'it never was') }
	    grep { !$gone{$_} || $gone{$_} eq 'api' && $heard->{$_} } @gone;
}

# Returns the deletions that were answered, by the ids of their subscriptions.
sub _heard_deletions ($self)
{
	my $log = path($self->storm->c->stack->dir . '/calls.log')->slurp;
	return { map { _id($_) => 1 } $log =~
		m{ DELETE /webhook_subscriptions/(\S+) 204 .* fault=-$}gm };
}

# Of the subscriptions that a restored database has forgotten, only those that
# call our address and belong to a connected user can be found again.
sub _nobody_can_know ($self, $sub)
{
	my $storm = $self->storm;
	my %set = $storm->c->stack->values;
	return 0 if !$storm->restored->{ $storm->hash_of($sub->{callback_url}) };
	return 1 if $sub->{callback_url} !~ /^\Q$set{BACKEND_URL}\E/;
	return !grep { my $u = $_->[1]; ($u->{status} // '') eq 'connected' &&
	    ($u->{calendly}{email} // '') =~ /^\Q$sub->{person}\E@/ }
	    $self->_connections;
}

# Returns to whom a subscription belonged, and what our database knows about it.
sub _story_of ($self, $sub)
{
	my $storm = $self->storm;
	my $owner = $storm->owner_of($sub->{callback_url}) //
	    return 'never ours';
	my ($said) = $storm->c->db->selectrow_array("SELECT concat_ws(' ',
		'endpoint', e.state, 'subscription', s.state,
		coalesce(s.uri, 'without a URI'), 'grant', g.status, g.trouble)
		FROM endpoints e LEFT JOIN subscriptions s
		ON s.endpoint_id = e.id LEFT JOIN grants g ON g.id = e.grant_id
		WHERE encode(e.hash, 'hex') = ?", undef,
		$storm->hash_of($sub->{callback_url}));
	return "it was $owner->{user}'s, made $sub->{created_at}; here: " .
	    ($said // 'nothing');
}

sub broken ($self)
{
	return ($self->standing, $self->_foreign, $self->_alive,
	    $self->taken->broken, $self->_bookings);
}

# Books a meeting with each person now, which must reach every user who is
# connected to that person's account.
sub _bookings ($self)
{
	my %user;
	for my $pair ($self->_connections) {
		my ($user, $u) = @$pair;
		my ($person) = ($u->{calendly}{email} // '') =~ /^(\w+)@/;
		push @{ $user{$person} }, $user
		    if ($u->{status} // '') eq 'connected';
	}
	return map { $self->_booking($_, @{ $user{$_} }) } sort keys %user;
}

sub _booking ($self, $person, @user)
{
	my $storm = $self->storm;
	my $made = $storm->c->sandbox(POST => '/sandbox/book',
		{ person => $person, wait => \1 });
	my %taken = map { ($storm->owner_of($_->{url}) // {})->{user} // '',
		1 } grep { ($_->{last_status} // 0) == 200 }
	    @{ $made->{deliveries} };
	return map {"$_: a booking of $person does not arrive"}
	    grep { !$taken{$_} } @user;
}

# The subscriptions of other apps must all exist unchanged.
sub _foreign ($self)
{
	my %there = map { $_->{uri} => $_->{state} }
	    grep { $_->{owner_app} ne 'app' } @{ $self->_state('subscriptions') };
	return map { ($there{$_} // '') eq 'active' ? ()
	    : "$_ of another app is gone or disabled" }
	    sort keys %{ $self->storm->foreign };
}

# Returns when a grant had this subscription: [grant, from, to, subscription]. A
# grant no longer has what its database has forgotten (but somebody who has
# found it again does), nor what is in an organization that its user has left,
# where Calendly no longer shows it.
sub _had ($self, $sub)
{
	my $storm = $self->storm;
	my $hash = $storm->hash_of($sub->{callback_url});
	my $owner = $storm->owner->{$hash} // return;
	my $end = _first($sub->{state} eq 'active' ? $sub->{gone_at}
	    : $sub->{updated_at}, $storm->unreachable->{ $sub->{uri} });
	my $lost = $storm->restored->{$hash} //
	    return [$owner->{grant}, $sub->{created_at}, $end, $sub];
	my $found = $storm->finder->{$hash};
	return [$owner->{grant}, $sub->{created_at}, _first($end, $lost),
	    $sub], !$found || $end && $end lt $found->{since} ? () :
	    [@$found{qw(grant since)}, $end, $sub];
}

# Returns the earliest of those times that are set.
sub _first (@time)
{
	my ($first) = sort grep { defined } @time;
	return $first;
}

# Returns the most that a grant ever had at the same time, without disabled
# ones.
sub _alive ($self)
{
	my %had;
	push @{ $had{ $_->[0] } }, $_
	    for map { $self->_had($_) } $self->_ours('subscriptions'),
	    $self->_ours('subscriptions_gone');
	return map { _crowd($_, @{ $had{$_} }) } sort keys %had;
}

sub _crowd ($grant, @had)
{
	for my $from (sort map { $_->[1] } @had) {
		my @alive = grep { $_->[1] le $from &&
			(!$_->[2] || $_->[2] gt $from) } @had;
		return "grant $grant had " . @alive . " alive at $from:\n" .
		    join "\n", map { "\t$_->[3]{uri} from $_->[1] to " .
			($_->[2] // 'now') . ' ' . ($_->[3]{by} // '') } @alive
		    if @alive > MOST;
	}
	return;
}

1;
