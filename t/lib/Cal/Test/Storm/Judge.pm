package Cal::Test::Storm::Judge;

# Cal::Test::Storm::Judge: what must be true after a storm, by Calendly's books
# and our database: who is connected has one subscription, nothing else of ours
# is left that nobody names, and no booking that Calendly had for us is lost.

use Mojo::Base -base, -signatures;

has storm => undef, weak => 1;

use constant MOST => 3;		# alive at a time, of one grant

sub _state ($self, $part)
{
	return $self->storm->books->state($part)->{$part};
}

sub _ours ($self, $part)
{
	return grep { $_->{owner_app} eq 'app' } @{ $self->_state($part) };
}

# Of everybody whom we know: [user, connection].
sub _connections ($self)
{
	my $c = $self->storm->c;
	return map { [$_, $c->api(GET => "/v1/connections/$_")->json] }
	    map { $_->user } @{ $self->storm->users };
}

# What is not as it must be while all is calm.
sub standing ($self)
{
	my %there = map { $_->{uri} => $_ } $self->_ours('subscriptions');
	my (%due, %named, @broken);
	for my $pair ($self->_connections) {
		my ($user, $u) = @$pair;
		$named{$_} = $user for grep { m{/webhook_subscriptions/} }
		    @{ $u->{left_behind} // [] };
		push @broken, _connection($user, $u, \%there)
		    if ($u->{status} // '') eq 'connected';
		push @broken, "$user is $u->{status}"
		    if ($u->{status} // '') =~ /^(?:needs_reauth|disconnecting)/;
		$due{ $u->{webhook}{uri} } = $user
		    if ($u->{status} // '') eq 'connected' &&
		    defined $u->{webhook}{uri};
	}
	return (@broken, $self->_others(\%there, \%due, \%named));
}

sub _connection ($user, $u, $there)
{
	my $webhook = $u->{webhook};
	my $one = $there->{ $webhook->{uri} // '' };
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

sub _others ($self, $there, $due, $named)
{
	my $storm = $self->storm;
	$named->{$_} //= 'an erased user' for @{ $storm->left };
	my @broken;
	for my $uri (sort keys %$there) {
		next if $due->{$uri} || $named->{$uri} ||
		    $self->_nobody_can_know($there->{$uri});
		push @broken, "$uri is there for nobody: " .
		    $self->_story_of($there->{$uri});
	}
	my %gone = map { $_->{uri} => $_->{by} }
	    $self->_ours('subscriptions_gone');
	for my $uri (sort keys %$named) {
		next if $there->{$uri} || ($gone{$uri} // 'api') ne 'api';
		push @broken, "$named->{$uri} names $uri as left behind: " .
		    ($gone{$uri} ? 'we deleted it' : 'it never was');
	}
	return @broken;
}

# Of what a restored database has forgotten, only what leads to our address and
# belongs to somebody who is connected can be found again.
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

# Whose it was, and what our database knows of it.
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
	    $self->_deliveries, $self->_bookings);
}

# Somebody books each person now: it reaches whoever is connected as them.
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

# Those of other apps are all there, and as they were made.
sub _foreign ($self)
{
	my %there = map { $_->{uri} => $_->{state} }
	    grep { $_->{owner_app} ne 'app' } @{ $self->_state('subscriptions') };
	return map { ($there{$_} // '') eq 'active' ? ()
	    : "$_ of another app is gone or disabled" }
	    sort keys %{ $self->storm->foreign };
}

# The most that a grant ever had at the same time, disabled ones apart.
sub _alive ($self)
{
	my %moment;
	for my $s ($self->_ours('subscriptions'),
	    $self->_ours('subscriptions_gone')) {
		my $owner = $self->storm->owner_of($s->{callback_url})
		    // next;
		my $end = $s->{state} eq 'active' ? $s->{gone_at}
		    : $s->{updated_at};
		push @{ $moment{ $owner->{grant} } }, [$s->{created_at}, 1];
		push @{ $moment{ $owner->{grant} } }, [$end, -1] if $end;
	}
	my @broken;
	for my $grant (sort keys %moment) {
		my ($n, $most) = (0, 0);
		for my $m (sort { $a->[0] cmp $b->[0] } @{ $moment{$grant} }) {
			$n += $m->[1];
			$most = $n if $n > $most;
		}
		push @broken, "grant $grant once had $most subscriptions alive"
		    if $most > MOST;
	}
	return @broken;
}

# -- deliveries

my $KIND = qr/^invitee\.(?:created|canceled)$/;

# Each delivery with its user, its subscription, and what it is about.
sub _of_users ($self)
{
	my $storm = $self->storm;
	my %sub = map { $_->{id} => $_ } $self->_ours('subscriptions'),
	    $self->_ours('subscriptions_gone');
	my @all;
	for my $d (grep { $_->{event} =~ $KIND } @{ $self->_state('deliveries') }) {
		my $sub = $sub{ $d->{subscription} } // next;
		my $owner = $storm->owner_of($d->{url}) // next;
		# Who finds a forgotten one takes what comes to it.
		next if $storm->restored->{ $storm->hash_of($d->{url}) };
		push @all, { %$d, sub => $sub, user => $owner->{user},
			about => "$owner->{user} $d->{event} $d->{subject}" };
	}
	return @all;
}

sub _deliveries ($self)
{
	my @all = $self->_of_users;
	my %taken = map { $_->{about} => 1 }
	    grep { $_->{state} eq 'delivered' } @all;
	my @lost = grep { $_->{state} ne 'delivered' && !$taken{ $_->{about} }
		&& !$self->_excused($_) } @all;
	return ((map { "lost: $_->{about} at $_->{at}, $_->{state}, answered " .
	    ($_->{last_status} // '-') . ', its subscription ' .
	    ($_->{sub}{by} // "is $_->{sub}{state}") } @lost),
	    $self->_feed(@all), $self->_meetings(@all));
}

# Somebody else deleted or disabled its subscription, or its user was let go
# of.
sub _excused ($self, $d)
{
	my ($storm, $sub) = ($self->storm, $d->{sub});
	return 1 if $storm->behind->{ $sub->{uri} };
	return 1 if ($sub->{by} // '') =~ /^(?:move|revocation|somebody else)$/;
	my $end = $sub->{gone_at} // $storm->now;
	return 1 if $d->{at} gt $end;	# sent again by hand
	return scalar grep { my ($from, $to) = @$_;
		$from le $end && (!$to || $to ge $sub->{created_at}) }
	    @{ $storm->let_go->{ $d->{user} } // [] };
}

# What was answered 200, unless its user was erased since.
sub _kept ($self, @all)
{
	my $erased = $self->storm->erased;
	return grep { $_->{state} eq 'delivered' && $_->{last_attempt_at} gt
		($erased->{ $_->{user} } // '') } @all;
}

# It is in the feed, once.
sub _feed ($self, @all)
{
	my %due = map { $_->{about} => $_ } $self->_kept(@all);
	my $seen = $self->storm->c->db->selectall_hashref("SELECT user_id ||
		' ' || type || ' ' || (data->>'uri') AS about,
		count(*) AS n FROM events WHERE source = 'webhook' AND type
		IN ('invitee.created', 'invitee.canceled') GROUP BY 1",
		'about');
	return map { my $n = $seen->{$_}{n} // 0; $n == 1 ? () :
	    "$_ (delivery $due{$_}{id}) is $n times in the feed" }
	    sort keys %due;
}

# And in the meetings: each has one invitee, and with that one it ends.
sub _meetings ($self, @all)
{
	my (%due, @broken);
	for my $d ($self->_kept(@all)) {
		my ($event) = $d->{subject} =~ m{/scheduled_events/([^/]+)};
		$due{ $d->{user} }{$event} //= 'active';
		$due{ $d->{user} }{$event} = 'canceled'
		    if $d->{event} eq 'invitee.canceled';
	}
	for my $user (sort keys %due) {
		my $is = $self->_status_of_meetings($user);
		push @broken, map { my $was = $is->{$_} // 'not there';
			$was eq $due{$user}{$_} ? () : "meeting $_ of $user " .
			    "is $was, not $due{$user}{$_}"
		} sort keys %{ $due{$user} };
	}
	return @broken;
}

sub _status_of_meetings ($self, $user)
{
	my (%is, $next);
	do {
		my $page = $self->storm->c->api(GET =>
			"/v1/meetings?user_id=$user&limit=100" .
			($next ? "&after=$next" : ''))->json;
		for my $m (@{ $page->{data} }) {
			my ($id) = ($m->{calendly_uri} // '') =~ m{([^/]+)/*$};
			$is{ $id // '' } = $m->{status};
		}
		$next = $page->{next};
	} while $next;
	return \%is;
}

1;
