package Sandbox::Behind;

# Behind: the control API's acts that happen without the app's knowledge:
# subscriptions are disabled or deleted, and people move to another
# organization.

use v5.36;
use Sandbox::Answer qw(bad_control ok);
use Sandbox::Control qw(body person_named subscription_named);

sub routes () {
	return (
		[POST => '/sandbox/disable', \&_disable],
		[POST => '/sandbox/delete-subscription', \&_delete],
		[POST => '/sandbox/move', \&_move],
	);
}

# Returns one subscription by its name, or all of a person's that this app has.
sub _meant ($state, $json) {
	return subscription_named($state, $json)
	    unless defined $json->{person};
	return $state->hooks->made_by(person_named($state, $json), 'app');
}

sub _shown (@subs) {
	return ok({ subscriptions => [map { $_->{uri} } @subs],
	    @subs == 1 ? (subscription => $subs[0]{uri},
	    state => $subs[0]{state}) : () });
}

# Disables as after a day of failures.
sub _disable ($state, $c, $) {
	my @subs = _meant($state, body($c, qw(subscription person)));
	$state->hooks->disable($_) for @subs;
	return _shown(@subs);
}

# Deletes as somebody with another token would, or Calendly's support.
sub _delete ($state, $c, $) {
	my @subs = _meant($state, body($c, qw(subscription person)));
	$state->hooks->remove($_, 'somebody else') for @subs;
	return _shown(@subs);
}

# Makes another organization the person's current one; it is founded if it does
# not exist.
sub _move ($state, $c, $) {
	my $json = body($c, qw(person organization));
	my ($person, $key) = (person_named($state, $json),
	    $json->{organization} // '');
	bad_control('"organization" takes the key of one')
	    unless $key =~ /\A[\w.-]+\z/a;
	my $was = $person->{org};
	$state->people->change($person, { current_organization => $key });
	my @left = grep { $_->{org} == $was }
	    $state->hooks->made_by($person, 'app');
	my $die = $state->switches->{leavers_subscriptions} eq 'die';
	$state->hooks->remove($_, 'move') for $die ? @left : ();
	return ok({ person => $person->{key},
	    organization => $state->people->organization_uri($person),
	    left => $state->uri('organizations', $was->{id}),
	    subscriptions => [map { $_->{uri} } @left] });
}

1;
