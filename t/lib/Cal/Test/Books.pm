package Cal::Test::Books;

# Cal::Test::Books: what is on the books: Calendly's, as the sandbox keeps
# them, and ours. A test tells from here whether a promise was kept, never
# from what calendlyd says of itself.
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

# No limits but those that a test sets itself, and more people if it wants.
sub unlimited ($self, $people = 0)
{
	$self->test->sandbox(POST => '/sandbox/switches',
		{ token_limit_minute => 0, rate_limit_minute => 0 });
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

# Subscriptions of our app for a person; in scalar context how many.
sub hooks ($self, $person)
{
	return grep { $_->{person} eq $person && $_->{owner_app} eq 'app' }
	    @{ $self->state('subscriptions')->{subscriptions} };
}

# What is not ours, as one text to compare.
sub foreign ($self)
{
	return join "\n", map { "$_->{uri} $_->{callback_url} $_->{state}" }
	    grep { $_->{owner_app} ne 'app' }
	    @{ $self->state('subscriptions')->{subscriptions} };
}

# How many grants of a person Calendly still honours.
sub live ($self, $person)
{
	return $self->state('tokens')->{tokens}{live}{$person}{refresh} // 0;
}

sub minted ($self) { return $self->state('tokens')->{tokens}{minted} }
sub consents ($self) { return $self->state('consent_visits')->{consent_visits} }

# How often a route was called: calls('POST /oauth/token').
sub calls ($self, $route)
{
	return $self->state('api_calls_count')
	    ->{api_calls_count}{$route}{calls} // 0;
}

# A call to Calendly with a person's own live token, as our app or a hand
# at its console would make it.
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

# One more subscription of our app at this URL, as if made by us.
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

# A subscription of another app, which our bookings do not go to.
sub another ($self, $person, $url)
{
	return $self->test->sandbox(POST => '/sandbox/foreign-subscription',
		{ person => $person, url => $url,
		    events => ['event_type.created'] });
}

# How many sealed secrets our database holds: of Calendly's, in grants and
# endpoints; and the verifiers of OAuth flows, which end with a success.
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

# Pairs that came in vain, for an account on which another grant stands: they
# may not be revoked, and are kept under teardown as long as that is so.
our $KEPT = "SELECT g.id FROM grants g WHERE g.status = 'teardown'
    AND g.trouble = 'account_in_use' AND EXISTS (SELECT FROM grants o
	WHERE o.account_id = g.account_id AND o.id <> g.id
	AND o.status IN ('pending', 'live', 'needs_reauth'))";

# Jobs that can come to an end.
sub work ($self)
{
	return $self->one("SELECT count(*) FROM jobs WHERE NOT
	    (kind = 'teardown' AND subject IN (SELECT id::text FROM ($KEPT) k))");
}

# Is anything left to do in the background, deliveries and the feed included?
sub busy ($self)
{
	return $self->work + $self->one('SELECT count(*) FROM delivery_queue
	    WHERE parked_at IS NULL') +
	    $self->one('SELECT count(*) FROM event_queue');
}

# Work that waits for its time is due now, and Calendly's pauses are over.
sub hurry ($self)
{
	my $db = $self->test->db;
	$db->do('UPDATE accounts SET limited_until = NULL
		WHERE limited_until IS NOT NULL');
	$db->do('UPDATE jobs SET next_run_at = now()');
	return;
}

# Work that waits in the background goes on waiting, until hurry().
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

# Until nothing is left to do in the background.
sub settle ($self)
{
	return $self->test->wait_for(sub { $self->hurry;
		!$self->jobs && !$self->one('SELECT count(*) FROM event_queue')
	    }, 'the background work to end, and what it tells in the feed');
}

# Every row of ours that mentions one of these texts, as "table: row".
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
