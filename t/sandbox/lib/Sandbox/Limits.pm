package Sandbox::Limits;

# Limits: counts calls per Calendly user and minute, over all apps.
# How long that minute is can be switched.  Calls beyond the limit count, too,
# so that the peak tells whether a client has kept to it.

use Mojo::Base -base, -signatures;
use Mojo::Date;
use POSIX qw(ceil);

has [qw(windows counts)] => sub { {} };
has state => undef, weak => 1;

sub _limit ($self, $person) {
	my $limit = $self->state->switches->{rate_limit_minute};
	return $limit unless $limit eq 'plan';
	return $person->{org}{stage} eq 'free' ? 50 : 500;
}

# Returns the running window of a person, which is begun if there is none.
sub _window ($self, $person, $now) {
	my $window = $self->windows->{ $person->{key} };
	my $length = $self->state->switches->{rate_limit_seconds};
	return $window if $window && $now >= $window->{at}
	    && $now - $window->{at} < $length;
	return $self->windows->{ $person->{key} } = { at => $now, n => 0 };
}

sub _count ($self, $person, $path, $n, $fits) {
	my $count = $self->counts->{ $person->{key} } //=
	    { map { $_ => 0 } qw(calls scheduled_events peak limited) };
	$count->{calls}++;
	$count->{scheduled_events}++ if $path =~ m{\A/scheduled_events\b};
	$count->{limited}++ unless $fits;
	$count->{peak} = $n if $n > $count->{peak};
	return;
}

# A date is of the machine's time, because a client knows no other.
sub _retry_after ($self, $seconds) {
	return $seconds
	    if $self->state->switches->{retry_after_form} eq 'seconds';
	return Mojo::Date->new(time + $seconds)->to_string;
}

sub _headers ($self, $limit, $window, $now) {
	my $switches = $self->state->switches;
	my $length = $switches->{rate_limit_seconds};
	my $reset = ceil($window->{at} + $length - $now) || 1;
	$reset = $length if $switches->{rate_limit_reset} eq 'constant';
	my $left = $limit - $window->{n};
	return (
		'X-RateLimit-Limit'     => $limit,
		'X-RateLimit-Remaining' => $left > 0 ? $left : 0,
		'X-RateLimit-Reset'     => $reset,
		$left < 0 && $switches->{retry_after_on_429}
		    ? ('Retry-After' => $self->_retry_after($reset)) : (),
	);
}

# Counts one call.  Returns whether it is within the limit, and the headers that
# say so.
sub take ($self, $person, $path) {
	my ($limit, $now) = ($self->_limit($person), $self->state->clock->now);
	my $window = $self->_window($person, $now);
	my $fits = ++$window->{n} <= $limit || !$limit;
	$self->_count($person, $path, $window->{n}, $fits);
	return ($fits, $limit ? $self->_headers($limit, $window, $now) : ());
}

1;
