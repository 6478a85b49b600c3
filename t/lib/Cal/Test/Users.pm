package Cal::Test::Users;

# Cal::Test::Users: users who connect and reconnect, many at once, and what must
# be true of them afterwards.
#
#	my $users = Cal::Test::Users->new(test => $c, books => $books);
#	my ($user, $person) = $users->connected;
#	...
#	$users->told($user, 'connected', 'the feed tells nothing new');
#	$users->is_whole($user, $person);
# The persons are p1, p2 and so on: make them by $books->unlimited(N).

use Mojo::Base -base, -signatures;

use Mojo::Promise;
use Mojo::URL;
use Test::More;

use Cal::Test::Browser;

our $CALLBACK = qr{/oauth/calendly/callback};

has [qw(test books)];
has next   => 0;
has people => 0;

# Everybody has an address of their own, because nginx would slow them down
# otherwise.
sub browser ($self)
{
	$self->people($self->people + 1);
	my $b = $self->test->new_browser;
	$b->ua->socket_options({ LocalAddr => sprintf '127.0.%d.%d',
		1 + $self->people / 250, 1 + $self->people % 250 });
	return $b;
}

# Goes through the consent page, or up to it, in a new browser.
sub connect ($self, $user, %arg)
{
	return $self->test->connect($user, browser => $self->browser, %arg);
}

# Returns a user and a person who are not used yet.
sub fresh ($self)
{
	$self->next($self->next + 1);
	return ('u' . $self->next, 'p' . $self->next);
}

# Returns a user who connected long enough ago for a refresh.
sub connected ($self)
{
	my ($user, $person) = $self->fresh;
	$self->connect($user, person => $person);
	$self->stale;
	return ($user, $person);
}

# Ends the pauses after recent tries.
sub stale ($self)
{
	return $self->test->db->do('UPDATE grants SET refreshed_at = NULL,' .
	    ' refresh_not_before = NULL');
}

# Returns a new browser that is about to open the callback.
sub at_callback ($self, $user, $person, %arg)
{
	return $self->connect($user, person => $person, until => $CALLBACK,
		%arg);
}

# Returns the callback with a second code for the state with which this browser
# has come back.
sub another_code ($self, $b, $person)
{
	my $first = $b->url;
	my ($ask) = grep { m{/oauth/authorize\?} } map { $_->{url} }
	    @{ $b->trail };
	$b->visit($ask)->press('Allow', fields => { person => $person },
		until => $CALLBACK);
	my $second = $b->url;
	$b->url($first);
	return $second;
}

# Returns which page of ours a URL is, else the URL.
sub page ($self, $url)
{
	return "$url" =~ m{/pages/([^/]+)\.html} ? $1 : "$url";
}

# Visits all of these at the same time, [browser, URL] each; returns how many
# end where, as "2 connected, 3 expired".
sub at_once ($self, @visit)
{
	my @to;
	Mojo::Promise->all(map { $self->end_of($_->[0]->ua, $_->[1]) } @visit)
	    ->then(sub (@end) { @to = map { $_->[0] } @end })->wait;
	return _tally(map { $self->page($_) } @to);
}

# Returns where a visit ends, following pages that refresh themselves.
sub end_of ($self, $ua, $url)
{
	return $ua->get_p($url)->then(sub ($tx) {
		my $res = $tx->res;
		my ($to, $pause) = Cal::Test::Browser::goes_on($res);
		return $to // 'nowhere' if !defined $to || $res->is_redirect;
		return Mojo::Promise->timer($pause)->then(sub {
			$self->end_of($ua, Mojo::URL->new($to)->to_abs(
				$tx->req->url)) });
	});
}

# Does the same with browsers that are about to open the callback.
sub finish_at_once ($self, @browser)
{
	return $self->at_once(map { [$_, $_->url] } @browser);
}

sub _tally (@what)
{
	my %n;
	$n{$_}++ for @what;
	return join ', ', map {"$n{$_} $_"} sort keys %n;
}

sub connection ($self, $user)
{
	return $self->test->api(GET => "/v1/connections/$user")->json;
}

# Returns how sessions ended: "1 done connected, 4 done reconnected".
sub outcomes ($self, @session)
{
	return _tally(map {
		my $s = $self->test->api(GET =>
			"/v1/connect-sessions/$_->{id}")->json;
		join ' ', $s->{status}, $s->{result} // '-';
	} @session);
}

# Checks that the feed finally has these events about the connection, and no
# others, but for those that tell of walks over its meetings.
sub told ($self, $user, $types, $title)
{
	my $got;
	my $as_wanted = sub {
		$got = join ' ', map { $_->{type} =~ s/^connection\.//r }
		    grep { $_->{user_id} eq $user &&
			$_->{source} eq 'system' &&
			$_->{type} ne 'connection.synced' }
		    $self->test->events;
		return $got eq $types;
	};
	$self->books->settle;
	eval { $self->test->wait_for($as_wanted, 'the feed') };
	return is $got, $types, $title;
}

# Checks that there is one good subscription that delivers, a token that
# Calendly accepts, and a working refresh token.
sub is_whole ($self, $user, $person)
{
	my ($c, $books) = ($self->test, $self->books);
	return subtest "$user is whole" => sub {
		$books->settle;
		my $u = $self->connection($user);
		is "$u->{status} $u->{webhook}{state}", 'connected active',
		    'connected, with a webhook';
		like $u->{calendly}{email}, qr/^\Q$person\E@/, 'as it should';
		my $seen = $c->api(GET => "/v1/connections/$user/webhooks");
		is $seen->code, 200, 'its token is good';
		is scalar(grep { $_->{current} } @{ $seen->json('/data') }), 1,
		    'its subscription is there';
		is $c->deliver($c->endpoint($user), '{}')->code, 200,
		    'deliveries are taken';
		$self->stale;
		my $minted = $books->minted;
		is $self->page($self->connect($user)->url), 'connected',
		    'a link reconnects at once';
		is $books->minted, $minted + 1, 'its refresh token was good';
	};
}

1;
