package Cal::Test::Picture;

# Cal::Test::Picture: compares a user's meetings, as our API shows them, with the
# books of Calendly, field by field.
#
#	my $picture = Cal::Test::Picture->new(c => $c);
#	is_deeply [$picture->differences('u1', 'olivia')], [], 'complete';

use Mojo::Base -base, -signatures;

use Mojo::JSON qw(encode_json);
use Mojo::URL;

has 'c';
has from => undef;	# only meetings that start then or later

sub _time ($text)
{
	return undef if !defined $text;
	return $text =~ /\A(.{19})(?:\.(\d+))?Z\z/
	    ? sprintf '%s.%-6s', $1, ($2 // '') . '0' x (6 - length($2 // ''))
	    : $text;
}

sub _text ($value) { return defined $value ? "$value" : undef }

sub _reason ($c)
{
	return $c && { by => $c->{canceled_by}, why => $c->{reason},
		type => $c->{canceler_type} };
}

# A meeting of our API, and an event of Calendly's, in one form.
sub _ours ($m)
{
	return {
		(map { $_ => _text($m->{$_}) } qw(name status)),
		(map { $_ => _time($m->{$_}) }
		    qw(start_time end_time created_at updated_at)),
		location => $m->{location}{type},
		join_url => $m->{location}{join_url},
		hosts => [map { $_->{user_uri} } @{ $m->{hosts} }],
		guests => [map { $_->{email} } @{ $m->{guests} }],
		counter => { map { $_ => 0 + $m->{invitees_counter}{$_} }
			    qw(total active limit) },
		cancellation => _reason($m->{cancellation}),
		invitees => { map { $_->{calendly_uri} => _our_invitee($_) }
			    grep { $_->{status} ne 'gone' }
			    @{ $m->{invitees} } },
	};
}

sub _our_invitee ($i)
{
	return {
		(map { $_ => _text($i->{$_}) } qw(name email status timezone
		    cancel_url)),
		(map { $_ => _time($i->{$_}) } qw(created_at updated_at)),
		rescheduled => $i->{rescheduled} ? 1 : 0,
		to => $i->{rescheduled_to}{calendly_uri},
		from => $i->{rescheduled_from}{calendly_uri},
		no_show => $i->{no_show}{uri},
		cancellation => _reason($i->{cancellation}),
	};
}

sub _theirs ($e)
{
	return {
		(map { $_ => _text($e->{$_}) } qw(name status)),
		(map { $_ => _time($e->{$_}) }
		    qw(start_time end_time created_at updated_at)),
		location => $e->{location}{type},
		join_url => $e->{location}{join_url},
		hosts => [map { $_->{user} } @{ $e->{event_memberships} }],
		guests => [map { $_->{email} } @{ $e->{event_guests} }],
		counter => { map { $_ => 0 + $e->{invitees_counter}{$_} }
			    qw(total active limit) },
		cancellation => _reason($e->{cancellation}),
		invitees => { map { $_->{uri} => _their_invitee($_) }
			    @{ $e->{invitees} } },
	};
}

sub _their_invitee ($i)
{
	return {
		(map { $_ => _text($i->{$_}) } qw(name email status timezone
		    cancel_url)),
		(map { $_ => _time($i->{$_}) } qw(created_at updated_at)),
		rescheduled => $i->{rescheduled} ? 1 : 0,
		to => $i->{new_invitee},
		from => $i->{old_invitee},
		no_show => $i->{no_show}{uri},
		cancellation => _reason($i->{cancellation}),
	};
}

# The meetings of one of our users, by their URI at Calendly.
sub meetings ($self, $user)
{
	my (%seen, $next);
	do {
		my $url = Mojo::URL->new('/v1/meetings')->query(
			user_id => $user, limit => 100,
			defined $next ? (after => $next) : ());
		my $res = $self->c->api(GET => "$url");
		$res->code == 200 or die '/v1/meetings: ' . $res->body;
		$seen{ $_->{calendly_uri} } = $_ for @{ $res->json('/data') };
		$next = $res->json('/next');
	} while (defined $next);
	return \%seen;
}

# The events in Calendly's books of a person, by their URI.
sub books ($self, $person)
{
	my (%event, $next);
	do {
		my $page = $self->c->sandbox(GET => "/sandbox/books?person=$person"
			. (defined $next ? "&after=$next" : ''));
		$event{ $_->{uri} } = $_ for @{ $page->{events} };
		$next = $page->{next};
	} while (defined $next);
	my $from = $self->from;
	return \%event if !defined $from;
	return { map { $_ => $event{$_} } grep {
		$event{$_}{start_time} ge $from } keys %event };
}

# What differs, as texts: none if the picture is complete. Meetings and invitees
# that are gone at Calendly should not be in its books.
sub differences ($self, $user, $person)
{
	my ($ours, $theirs) = ($self->meetings($user), $self->books($person));
	my @fault;
	for my $uri (sort keys %$theirs) {
		my $m = delete $ours->{$uri};
		push(@fault, "$uri is not here"), next if !$m;
		push @fault, _compare($uri, _ours($m), _theirs($theirs->{$uri}));
	}
	for (values %$ours) {
		push @fault, "$_->{calendly_uri} is not there"
		    if $_->{status} ne 'gone'
		    && (!defined $self->from || $_->{start_time} ge $self->from);
	}
	return @fault;
}

sub _compare ($what, $our, $their)
{
	my ($x, $y) = map { encode_json($_) } $our, $their;
	return () if $x eq $y;
	return map { _compare_member("$what: $_", $our->{$_}, $their->{$_}) }
	    sort keys %$their;
}

sub _compare_member ($what, $our, $their)
{
	my ($x, $y) = map { encode_json([$_]) } $our, $their;
	return $x eq $y ? () : "$what: $x here, $y there";
}

1;
