package Cal::Test::Promises;

# Cal::Test::Promises: checks whether the promises to a user (Cal::Test::User)
# are kept, by Calendly's books and our database, and never only by what
# calendlyd says about itself.
#
#	my $case = Cal::Test::Promises->new(c => $c, books => $books,
#		user => 'u1', person => 'p1', end => 'connected');
#	$case->connect;
#	...
#	$case->settle;
#	is_deeply [$case->broken], [], 'all is kept';

use Mojo::Base 'Cal::Test::User', -signatures;

use Carp qw(croak);

use Cal::Test::Books;

has 'books';
has end	   => 'connected';	# or 'disconnected'
has booked => sub { [] };	# each: [word, invitee, statuses]
has feed   => sub { {} };	# as far as it is read; several may share it
has tokens => sub { {} };	# Calendly's counts before

# Lets the background work end, including the sweep that runs each minute.
sub settle ($self)
{
	my $db = $self->c->db;
	return if eval { $self->c->wait_for(sub {
		$db->do('SELECT sweep_pending_grants(500, 86400)');
		$self->books->hurry;
		!$self->books->busy && !$self->books->one("SELECT count(*)
		    FROM grants WHERE status = 'pending'")
	}, 'the background work') };
	croak 'does not settle: ' . join ', ', @{ $db->selectcol_arrayref(
	    "SELECT concat_ws(' ', kind, tries, last_error) FROM jobs") };
}

# Books a meeting and returns the statuses of Calendly's deliveries for it. A
# delivery that was answered 503 is sent again and must then be accepted.
sub book ($self, $word, $person = $self->person)
{
	my $c = $self->c;
	my $answer = $c->sandbox(POST => '/sandbox/book',
		{ person => $person, wait => \1 });
	my @status = map { ($_->{last_status} // 0) =~ s/^50\d$/later/r }
	    @{ $answer->{deliveries} // [] };
	$c->sandbox(POST => '/sandbox/clock', { advance => 15 })
	    if grep { $_ eq 'later' } @status;
	push @{ $self->booked }, [$word, $answer->{invitee}{uri}, \@status];
	return @status;
}

# Every delivery must be accepted, except those to endpoints that were let go
# of.
sub _deliveries ($self)
{
	my $good = $self->end eq 'connected' ? qr/^(200|later)$/ :
	    qr/^(200|later|410)$/;
	return map { my $booked = $_;
		map { "a booking $booked->[0]: answered $_" }
		    grep { $_ !~ $good } @{ $booked->[2] }
	} @{ $self->booked };
}

# Everything that is counted from here on belongs to this user.
sub begin ($self)
{
	return $self->tokens($self->books->state('tokens')->{tokens});
}

# Returns everything that is not as promised. "In the dark" means that a request
# for tokens went out and its answer was lost with the process: then nobody can
# revoke what came, and one more try with the old token was right.
sub broken ($self, $in_the_dark = 0)
{
	my @broken = $self->end eq 'connected'
	    ? $self->_connection : $self->_no_connection;
	return (@broken, $self->_tokens($in_the_dark), $self->_secrets,
	    $self->_deliveries, $self->_events);
}

sub _connection ($self)
{
	my ($now, @hook) = ($self->api('GET')->json,
	    $self->books->hooks($self->person));
	my @broken;
	push @broken, "status $now->{status}, not connected"
	    if $now->{status} ne 'connected';
	push @broken, @hook . ' subscriptions, not one' if @hook != 1;
	return @broken if @broken;
	push @broken, "the subscription is $hook[0]{state}"
	    if $hook[0]{state} ne 'active';
	push @broken, 'another one is relied on'
	    if $hook[0]{uri} ne ($now->{webhook}{uri} // '');
	push @broken, "capability $now->{webhook}{capability}"
	    if $now->{webhook}{capability} ne 'ok';
	my @status = $self->book('at the end');
	push @broken, "a booking at the end: sent @{[ scalar @status ]} times"
	    if @status != 1;
	push @broken, $self->_let_go_of($self->other) if $self->other;
	return @broken;
}

sub _no_connection ($self)
{
	my $now = $self->api('GET')->json;
	my @broken;
	push @broken, "status $now->{status}, not disconnected"
	    if $now->{status} ne 'disconnected';
	push @broken, "left behind: @{ $now->{left_behind} }"
	    if @{ $now->{left_behind} };
	return (@broken, $self->_let_go_of($self->person));
}

sub _let_go_of ($self, $person)
{
	my $hooks = $self->books->hooks($person);
	return $hooks ? "$hooks subscriptions of $person are left" : ();
}

# Returns how many grants Calendly must hold, and how many it may. Tokens of a
# failed connect are kept and not revoked while another grant of the account
# exists, because revoking them might end that one.
sub _grants_due ($self, $who, $in_the_dark)
{
	return (0, 0) if $who ne $self->person;
	return (0, $in_the_dark) if $self->end ne 'connected';
	return (1, $self->consents->{$who} // 0);
}

sub _tokens ($self, $in_the_dark)
{
	my ($was, $now) = ($self->tokens, $self->books->state('tokens')
	    ->{tokens});
	my %grown = map { $_ => $now->{$_} - ($was->{$_} // 0) }
	    qw(used_twice_after_answer used_twice_after_invalid);
	my @broken;
	for my $who (grep {defined} $self->person, $self->other) {
		my $live = $now->{live}{$who}{refresh} // 0;
		my ($held, $most) = $self->_grants_due($who, $in_the_dark);
		push @broken, "$live grants of $who live at Calendly, not $held"
		    if $live < $held || $live > $most;
	}
	push @broken, "a refresh token was sent again ($_)" for grep {
		$grown{$_} > ($in_the_dark && /answer/) } sort keys %grown;
	push @broken, 'two refreshes of one grant at a time'
	    if $now->{max_in_flight_per_grant} > 1;
	return @broken;
}

sub _secrets ($self)
{
	my %sql = (
		'grants with secrets after their time' =>
		    "SELECT count(*) FROM grants WHERE status NOT IN
		    ('live', 'needs_reauth', 'teardown') AND (access_sealed IS
		    NOT NULL OR refresh_sealed IS NOT NULL)",
		'grants that nobody ends' => "SELECT count(*) FROM grants
		    WHERE status IN ('pending', 'teardown')
		    AND id NOT IN ($Cal::Test::Books::KEPT)",
		'verifiers of flows that succeeded' => "SELECT count(*) FROM
		    oauth_states s JOIN connect_sessions c ON c.id =
		    s.session_id WHERE c.status = 'done' AND
		    s.verifier_sealed IS NOT NULL",
	);
	return map { my $n = $self->books->one($sql{$_}); $n ? "$n $_" : () }
	    sort keys %sql;
}

# What was accepted must be in the feed once, and the events about the user's
# connection must end rightly.
sub _events ($self)
{
	my (@broken, @event);
	my @due = map { $_->[1] } grep { grep { /^(200|later)$/ } @{ $_->[2] } }
	    @{ $self->booked };
	eval { $self->c->wait_for(sub {
		@event = $self->_feed_of_user;
		my %seen = map { $_ => 1 } _invitees(@event);
		!$self->_told(map { $_->{type} } @event) &&
		    !grep { !$seen{$_} } @due
	}, 'events') };		# what is missing is told below
	my %seen;
	$seen{$_}++ for _invitees(@event);
	for my $booked (@{ $self->booked }) {
		my ($word, $uri, $status) = @$booked;
		my $want = grep({ /^(200|later)$/ } @$status) ? 1 : 0;
		push @broken, "the booking $word ($word: @$status) is " .
		    ($seen{$uri} // 0) . " times in the feed"
		    if ($seen{$uri} // 0) != $want;
	}
	return (@broken, $self->_told(map { $_->{type} } @event));
}

# Returns whether the last booking is in the feed.
sub has_told ($self)
{
	return $self->books->one("SELECT count(*) FROM events
	    WHERE feed_seq IS NOT NULL AND data->>'uri' = ?",
	    $self->booked->[-1][1]);
}

sub _invitees (@event)
{
	return map { $_->{data}{uri} }
	    grep { $_->{type} eq 'invitee.created' } @event;
}

# Returns this user's part of the feed. What was read once is not read again.
sub _feed_of_user ($self)
{
	my $feed = $self->feed;
	for (;;) {
		my $res = $self->c->api(GET => '/v1/events?limit=100' .
		    ($feed->{next} ? "&after=$feed->{next}" : ''));
		$res->code == 200 or croak 'the feed: ' . $res->code;
		my $page = $res->json;
		push @{ $feed->{event}{ $_->{user_id} } }, $_
		    for @{ $page->{data} };
		$feed->{next} = $page->{next};
		return @{ $feed->{event}{ $self->user } // [] }
		    if !$page->{more};
	}
}

my %TELLS = (
	connected => qr/^connection\.(connected|recovered|account_changed)$/,
	disconnected => qr/^connection\.disconnected$/,
);

sub _told ($self, @type)
{
	my @told = grep { /^connection\./ && $_ ne 'connection.synced' } @type;
	my $first = grep { $_ eq 'connection.connected' } @told;
	my @broken;
	push @broken, "told last: @told"
	    if ($told[-1] // '') !~ $TELLS{ $self->end };
	push @broken, "told $first times that it is connected" if $first != 1;
	return @broken;
}

1;
