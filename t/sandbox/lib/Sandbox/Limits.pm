package Sandbox::Limits;

# Limits: counts calls per Calendly user and minute, over all apps.

use Mojo::Base -base, -signatures;
use POSIX qw(ceil);

has windows => sub { {} };
has state => undef, weak => 1;

sub _limit ($self, $person) {
	my $limit = $self->state->switches->{rate_limit_minute};
	return $limit unless $limit eq 'plan';
	return $person->{org}{stage} eq 'free' ? 50 : 500;
}

# Counts one call.  Returns whether it is within the limit, and the headers that
# say so.
sub take ($self, $person) {
	my $limit = $self->_limit($person) or return (1);
	my $now = $self->state->clock->now;
	my $window = $self->windows->{ $person->{key} };
	$window = $self->windows->{ $person->{key} } = { at => $now, n => 0 }
	    if !$window || $now - $window->{at} >= 60 || $now < $window->{at};
	my $fits = ++$window->{n} <= $limit;
	my $reset = ceil($window->{at} + 60 - $now) || 1;
	$reset = 60 if $self->state->switches->{rate_limit_reset} eq 'constant';
	my %headers = (
		'X-RateLimit-Limit'     => $limit,
		'X-RateLimit-Remaining' => $fits ? $limit - $window->{n} : 0,
		'X-RateLimit-Reset'     => $reset,
	);
	$headers{'Retry-After'} = $reset
	    if !$fits && $self->state->switches->{retry_after_on_429};
	return ($fits, %headers);
}

1;
