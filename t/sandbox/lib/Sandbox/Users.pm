package Sandbox::Users;

# Users: who the caller is, and the caller's organization.

use v5.36;
use Sandbox::Answer qw(denied not_found ok);
use Sandbox::Input qw(organization_of person_of query);
use Sandbox::Paging qw(page);

sub routes () {
	return (
		['users:read', GET => '/users/me', \&_me],
		['users:read', GET => '/users/#id', \&_user],
		['organizations:read', GET => '/organizations/#id',
		    \&_organization],
		['organizations:read', GET => '/organization_memberships',
		    \&_memberships],
		['organizations:read', GET => '/organization_memberships/#id',
		    \&_membership],
	);
}

sub _me ($state, $c, $who) {
	my $switches = $state->switches;
	my $me = $state->people->resource($who->{person});
	@$me{qw(name timezone)} = () if $switches->{user_names_null};
	$me->{uri} = 'user no. 17' if $switches->{user_uri_odd};
	return ok({ resource => $me });
}

# Returns the caller, or somebody of the same organization.
sub _user ($state, $c, $who) {
	my $person = $state->people->named($c->param('id')) // not_found();
	denied() if $person->{org} != $who->{person}{org};
	return ok({ resource => $state->people->resource($person) });
}

sub _organization ($state, $c, $who) {
	my $org = $state->people->organization($c->param('id'))
	    // not_found();
	not_found() if $org->{id} ne $c->param('id');
	denied() if $org != $who->{person}{org};
	return ok({ resource =>
	    $state->people->organization_resource($org) });
}

# A manager may ask for the whole organization, a member only for themselves.
sub _memberships ($state, $c, $who) {
	my ($people, $me) = ($state->people, $who->{person});
	my ($user, $organization) = map { query($c, $_) }
	    qw(user organization);
	Sandbox::Answer::invalid('user', 'or organization must be given')
	    unless defined $user || defined $organization;
	my $org = defined $organization
	    ? organization_of($state, organization => $organization)
	    : $me->{org};
	my $person = defined $user ? person_of($state, user => $user) : undef;
	denied() unless $org == $me->{org};
	denied() unless $person && $person == $me
	    || $people->is_manager($me, $org);
	my @found = grep { $_->{org} == $org && (!$person || $_ == $person) }
	    $people->list;
	@found = sort { $a->{membership} cmp $b->{membership} } @found;
	return ok(page($state, $c, [map { {
		page_key => $_->{membership}, person => $_,
	} } @found], show => sub ($item) {
		$people->membership_resource($item->{person}) }));
}

sub _membership ($state, $c, $who) {
	my ($people, $me) = ($state->people, $who->{person});
	my $person = $people->memberships->{ $c->param('id') } // not_found();
	denied() unless $person == $me
	    || $people->is_manager($me, $person->{org});
	return ok({ resource => $people->membership_resource($person) });
}

1;
