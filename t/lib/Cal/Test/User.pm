package Cal::Test::User;

# Cal::Test::User: one user of calendlyd with a browser, and what the user and
# the host application do. "status" says how the last of it ended.

use Mojo::Base -base, -signatures;

use Carp qw(croak);

has [qw(c user person)];
has other    => undef;		# a second account of his
has browser  => sub ($self) { $self->_own_browser };
has session  => undef;
has consents => sub { {} };	# given, by person
has status   => '';

sub api ($self, $method, $path = '', $json = undef)
{
	$self->status('no answer');
	my $res = $self->c->api($method, "/v1/connections/$self->{user}$path",
		$json);
	$self->status($res->code . ' ' . ($res->json('/code') //
	    $res->json('/status') // ''));
	return $res;
}

# Returns whether the outcome is a success, or a page that explains what is
# wrong.
sub is_clear ($self)
{
	return $self->status =~ m{^20[02]\ (?:dis)?connect(?:ed|ing)$|
	    ^202\ $|	# a walk is asked for
	    ^409\ needs_reauth$|^50[34]\ |
	    ^200\ .*/pages/(?:connected|failed|expired)\.html|
	    ^200\ .*/oauth/authorize}x;
}

# The browser has an address of its own, because nginx limits how often each
# address may come.
sub _own_browser ($self)
{
	state $addresses = 0;
	my $n = ++$addresses;
	my $browser = $self->c->new_browser;
	$browser->ua->socket_options({ LocalAddr =>
		sprintf '127.1.%d.%d', $n / 250, 1 + $n % 250 });
	return $browser;
}

# Opens the link, and gives Calendly's consent if it is asked for.
sub open_link ($self, $person = $self->person)
{
	my $browser = $self->browser;
	$self->status('no answer');
	$browser->visit($self->session->{url});
	if ($browser->url =~ m{/oauth/authorize}) {
		$self->consents->{$person}++;
		$browser->press('Allow', fields => { person => $person });
	}
	$self->status(($browser->res ? $browser->res->code : 0) . ' ' .
		$browser->url);
	return;
}

sub connect ($self, %arg)
{
	my $person = delete $arg{person} // $self->person;
	$self->session($self->c->session($self->user, %arg));
	return $self->open_link($person);
}

sub session_done ($self)
{
	my $id = ($self->session // return 0)->{id};
	return $self->c->api(GET => "/v1/connect-sessions/$id")
	    ->json('/status') eq 'done';
}

# Tries again as people do: first with the same link, then with another one.
sub connect_again ($self, %arg)
{
	my $person = $arg{person} // $self->person;
	for my $try (1 .. 3) {
		eval {
			$try == 1 && $self->session ? $self->open_link($person)
			    : $self->connect(%arg);
			$self->session_done
		} and return;
		$self->time_passes;
	}
	croak 'does not get connected again: ' . $self->browser->story;
}

# Makes the last refresh old, so that a reconnect does not rely on it.
sub last_refreshed_long_ago ($self)
{
	$self->c->db->do("UPDATE grants SET refreshed_at = now() -
	    interval '1 hour' WHERE connection_id = (SELECT id FROM connections
	    WHERE user_id = ?)", undef, $self->user);
	return;
}

# Makes every lease and turn run out.
sub time_passes ($self)
{
	my $db = $self->c->db;
	$db->do("UPDATE grants SET $_ = $_ - interval '1 hour'")
	    for qw(refresh_until refresh_not_before work_until);
	$db->do("UPDATE connect_sessions SET turn_until = turn_until -
	    interval '1 hour'");
	$db->do("UPDATE grants SET created_at = created_at -
	    interval '1 hour' WHERE status = 'pending'");
	$db->do("UPDATE jobs SET deadline = deadline - interval '1 hour'");
	$db->do("UPDATE accounts SET mints = '{}' WHERE mints <> '{}'");
	return;
}

1;
