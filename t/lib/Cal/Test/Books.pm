package Cal::Test::Books;

# Cal::Test::Books: reads Calendly's books, as the sandbox keeps them, and our
# database. Tests check promises with them, and not with what calendlyd says
# about itself.
#
#	my $books = Cal::Test::Books->new(test => $c);
#	is $books->hooks('olivia'), 1, 'one subscription';
#	is $books->live('olivia'), 0, 'no token is good any more';

use Mojo::Base -base, -signatures;

use Carp qw(croak);

has 'test';

sub state ($self, @parts)
{
	return $self->test->sandbox(GET => '/sandbox/state?only=' .
		join ',', @parts);
}

# Ends all of the sandbox's limits, and makes more people if wanted. A number is
# announced, because without one calendlyd's background work is careful.
sub unlimited ($self, $people = 0)
{
	$self->test->sandbox(POST => '/sandbox/switches',
		{ token_limit_minute => 0, rate_limit_minute => 999_999 });
	$self->test->sandbox(POST => '/sandbox/people',
		{ count => $people, prefix => 'p' }) if $people;
	return $self;
}

sub switch ($self, %value)
{
	return $self->test->sandbox(POST => '/sandbox/switches', \%value);
}

# fault('drop', POST => '/oauth/token', times => 1); "person": for whom alone
sub fault ($self, $kind, $method, $path, %rule)
{
	my %match = (method => $method, path => $path);
	$match{person} = delete $rule{person} if defined $rule{person};
	return $self->test->sandbox(POST => '/sandbox/faults',
		{ kind => $kind, match => \%match, %rule });
}

sub mend ($self) { return $self->test->sandbox(DELETE => '/sandbox/faults') }

# Returns the subscriptions of our app for a person; in scalar context their
# number.
sub hooks ($self, $person)
{
	return grep { $_->{person} eq $person && $_->{owner_app} eq 'app' }
	    @{ $self->state('subscriptions')->{subscriptions} };
}

# Returns all subscriptions that are not ours as one text, to compare.
sub foreign ($self)
{
	return join "\n", map { "$_->{uri} $_->{callback_url} $_->{state}" }
	    grep { $_->{owner_app} ne 'app' }
	    @{ $self->state('subscriptions')->{subscriptions} };
}

# Returns how many grants of a person Calendly still honours.
sub live ($self, $person)
{
	return $self->state('tokens')->{tokens}{live}{$person}{refresh} // 0;
}

sub minted ($self) { return $self->state('tokens')->{tokens}{minted} }
sub consents ($self) { return $self->state('consent_visits')->{consent_visits} }

# Returns how often a route was called: calls('POST /oauth/token').
sub calls ($self, $route)
{
	return $self->state('api_calls_count')
	    ->{api_calls_count}{$route}{calls} // 0;
}

# Calls Calendly with a person's own live token, as our app would, or an
# operator at its console.
sub as ($self, $person, $method, $path, $json = undef)
{
	my $c = $self->test;
	for my $token (@{ $c->sandbox(GET =>
		'/sandbox/state?only=people&secrets=1')
	    ->{secrets}{access_tokens} }) {
		my $me = $self->_call($token, GET => '/users/me');
		next if $me->code != 200 ||
		    $me->json('/resource/email') !~ /^\Q$person\E@/;
		return $self->_call($token, $method, $path, $json);
	}
	croak "$person has no live token";
}

sub _call ($self, $token, $method, $path, $json = undef)
{
	my $ua = $self->test->agent;
	return $ua->start($ua->build_tx($method,
		$self->test->stack->sandbox_url . $path,
		{ Authorization => "Bearer $token" },
		defined $json ? (json => $json) : ()))->res;
}

# Makes one more subscription of our app at this URL, as if calendlyd had made
# it.
sub subscribe ($self, $person, $url)
{
	my ($mine) = $self->hooks($person);
	my $res = $self->as($person, POST => '/webhook_subscriptions',
		{ url => $url, map { $_ => $mine->{$_} }
		    qw(events organization user scope) });
	$res->code == 201 or croak 'not subscribed: ' . $res->body;
	return $res->json('/resource/uri');
}

sub unsubscribe ($self, $person, $uri)
{
	my $id = $uri =~ s{.*/}{}r;
	my $res = $self->as($person, DELETE => "/webhook_subscriptions/$id");
	return $res->code == 204 || croak 'not unsubscribed: ' . $res->body;
}

# Makes a subscription of another app, to which our bookings do not go.
sub another ($self, $person, $url)
{
	return $self->test->sandbox(POST => '/sandbox/foreign-subscription',
		{ person => $person, url => $url,
		    events => ['event_type.created'] });
}

# Returns how many sealed secrets our database holds: Calendly's secrets, in
# grants and endpoints, and the verifiers of OAuth flows, which are erased when
# a flow succeeds.
sub tokens ($self)
{
	return $self->_sealed('grants.access_sealed', 'grants.refresh_sealed',
	    'grants.unread_reply_sealed', 'endpoints.signing_key_sealed');
}

sub sealed ($self)
{
	return $self->tokens + $self->_sealed('oauth_states.verifier_sealed');
}

sub _sealed ($self, @column)
{
	my $n = 0;
	for (@column) {
		my ($table, $name) = split /\./;
		$n += $self->one("SELECT count($name) FROM $table");
	}
	return $n;
}

sub one ($self, $sql, @bind)
{
	return ($self->test->db->selectrow_array($sql, undef, @bind))[0];
}

sub jobs ($self, $kind = '%')
{
	return $self->one('SELECT count(*) FROM jobs WHERE kind LIKE ?', $kind);
}

# Grants of connects that failed, for an account that another grant uses: they
# must not be revoked, and stay under teardown as long as that is so.
our $KEPT = "SELECT g.id FROM grants g WHERE g.status = 'teardown'
    AND g.trouble = 'account_in_use' AND EXISTS (SELECT FROM grants o
	WHERE o.account_id = g.account_id AND o.id <> g.id
	AND o.status IN ('pending', 'live', 'needs_reauth'))";

# Returns the jobs that can come to an end.
sub work ($self)
{
	return $self->one("SELECT count(*) FROM jobs WHERE NOT
	    (kind = 'teardown' AND subject IN (SELECT id::text FROM ($KEPT) k))");
}

# Returns whether anything is left to do in the background, including deliveries
# and the feed.
sub busy ($self)
{
	return $self->work + $self->one('SELECT count(*) FROM delivery_queue
	    WHERE parked_at IS NULL') +
	    $self->one('SELECT count(*) FROM event_queue');
}

# Makes work that waits for its time due now, and ends Calendly's pauses.
sub hurry ($self)
{
	my $db = $self->test->db;
	$db->do('UPDATE accounts SET limited_until = NULL, window_until = NULL
		WHERE window_until IS NOT NULL');
	$db->do('UPDATE jobs SET next_run_at = now()');
	return;
}

# Makes waiting background work wait until hurry() is called.
sub put_off ($self)
{
	my $db = $self->test->db;
	return $self->test->wait_for(sub {
		$db->do("UPDATE jobs SET next_run_at = now() +
		    interval '1 hour' WHERE owner IS NULL");
		!$self->one("SELECT count(*) FROM jobs WHERE owner IS NOT NULL
		    OR next_run_at < now() + interval '30 minutes'")
	}, 'the background work to wait');
}

# Waits until nothing is left to do in the background.
sub settle ($self)
{
	return $self->test->wait_for(sub { $self->hurry;
		!$self->jobs && !$self->one('SELECT count(*) FROM event_queue')
	    }, 'the background work to end, and what it tells in the feed');
}

# Returns every row of our database that contains one of these texts, as "table:
# row".
sub mentions ($self, @text)
{
	my ($db, @found) = $self->test->db;
	my $tables = $db->selectcol_arrayref('SELECT tablename FROM pg_tables' .
		" WHERE schemaname = 'public' ORDER BY 1");
	for my $table (@$tables) {
		my $rows = $db->selectcol_arrayref(
			"SELECT row_to_json(t)::text FROM $table t");
		for my $row (@$rows) {
			push @found, "$table: $row"
			    if grep { index($row, $_) >= 0 } @text;
		}
	}
	return @found;
}

1;
