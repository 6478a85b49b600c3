package Sandbox::Tokens;

# Tokens: codes, access tokens and refresh tokens, with their whole history.
# Nothing is ever forgotten: a dead token still tells how it died, and the test
# that looks for leaked secrets needs every value that was ever minted.
# A grant is one authorization; a pair is an access and a refresh token that
# were minted together.

use Mojo::Base -base, -signatures;
use Sandbox::Ids qw(random_text uuid);

use constant {
	CODE_LIVES   => 600,
	ACCESS_LIVES => 7200,
};

has [qw(codes access refresh grants minutes in_flight max_in_flight)] =>
    sub { {} };
has [qw(app_codes minted refreshed revoked used_twice after_answer after_lost
    after_invalid limited)] => 0;
has max_in_flight_per_grant => 0;
has state => undef, weak => 1;

sub mint_code ($self, %code) {
	my $value = random_text(43);
	$self->codes->{$value} = {
		%code, at => $self->state->clock->now, used => 0,
	};
	return $value;
}

sub code_expired ($self, $code) {
	return $self->state->clock->now - $code->{at} > CODE_LIVES;
}

# Returns whether this person may have one more token in this minute.
sub within_limit ($self, $person) {
	my $limit = $self->state->switches->{token_limit_minute} or return 1;
	my $times = $self->minutes->{ $person->{key} } //= [];
	my $since = $self->state->clock->now - 60;
	@$times = grep { $_ > $since } @$times;
	return 1 if @$times < $limit;
	$self->limited($self->limited + 1);
	return 0;
}

# "kept" is the refresh token that stays, instead of a new one.
sub _pair ($self, $grant, $kept = undef) {
	my $now = $self->state->clock->now;
	my $pair = {
		grant => $grant, at => $now, expires => $now + ACCESS_LIVES,
		access => 'sbxa_' . random_text(395),
		refresh => $kept // 'sbxr_' . random_text(59),
		kept_refresh => defined $kept,
		state => 'live', answered => 0, access_used => 0,
	};
	$self->access->{ $pair->{access} } = $pair;
	$self->refresh->{ $pair->{refresh} } = $pair;
	$grant->{pair} = $pair;
	push @{ $self->minutes->{ $grant->{person}{key} } }, $now;
	$self->minted($self->minted + 1);
	return $pair;
}

sub open_grant ($self, $code) {
	my $person = $code->{person};
	$self->kill_person($person)
	    if $self->state->switches->{new_grant_kills_older};
	my $grant = $code->{grant} = {
		id => uuid(), person => $person, scopes => $code->{scopes},
	};
	$self->grants->{ $grant->{id} } = $grant;
	$person->{grants}{ $grant->{id} } = $grant;
	$code->{used} = 1;
	return $self->_pair($grant);
}

# Returns the new pair.  The old pair's refresh token is dead from here on, or
# by switch belongs to the new pair.
sub rotate ($self, $pair) {
	my $next = $self->_pair($pair->{grant},
	    $self->state->switches->{refresh_rotates} ? undef
	    : $pair->{refresh});
	$pair->{state} = 'used';
	$pair->{used_at} = $next->{at};
	$pair->{next} = $next;
	$pair->{access_revoked} = 1
	    if $self->state->switches->{old_access_dies_on_refresh};
	$self->refreshed($self->refreshed + 1);
	return $next;
}

# Returns the pair that a used token still gives by the switch for grace.
sub grace ($self, $pair) {
	my $grace = $self->state->switches->{refresh_lost_reply_grace};
	my $next = $pair->{next};
	return undef unless $next && $next->{state} eq 'live';
	return $next->{access_used} ? undef : $next if $grace eq 'until_used';
	my $age = $self->state->clock->now - $pair->{used_at};
	return $age < $grace ? $next : undef;
}

# Records a refresh token that was presented after it had been used.
sub note_reuse ($self, $pair) {
	$self->used_twice($self->used_twice + 1);
	my $count = $pair->{told_invalid} ? 'after_invalid'
	    : $pair->{next} && $pair->{next}{answered} ? 'after_answer'
	    : 'after_lost';
	$self->$count($self->$count + 1);
	return;
}

sub kill_grant ($self, $grant) {
	my $pair = $grant->{pair};
	$pair->{state} = 'revoked' if $pair->{state} eq 'live';
	$pair->{access_revoked} = 1;
	$grant->{dead} = 1;
	delete $grant->{person}{grants}{ $grant->{id} };
	$self->revoked($self->revoked + 1);
	return;
}

sub kill_person ($self, $person) {
	$self->kill_grant($_) for values %{ $person->{grants} };
	return;
}

# Returns what is true of this access token: live, expired, revoked or unknown.
sub access_state ($self, $value) {
	my $pair = $self->access->{$value} or return 'invalid';
	return 'revoked' if $pair->{access_revoked};
	return 'expired' if $self->state->clock->now >= $pair->{expires};
	return 'live';
}

# Counts a refresh while its answer is under way; returns a function that ends
# that.
sub enter ($self, $value) {
	my $pair = $self->refresh->{ $value // '' } or return sub { };
	my ($grant, $key) = ($pair->{grant}, $pair->{grant}{person}{key});
	my ($now, $max) = ($self->in_flight, $self->max_in_flight);
	my $mine = ++$grant->{in_flight};
	$self->max_in_flight_per_grant($mine)
	    if $mine > $self->max_in_flight_per_grant;
	my $theirs = ++$now->{$key};
	$max->{$key} = $theirs if $theirs > ($max->{$key} // 0);
	return sub { $now->{$key}--; $grant->{in_flight}-- };
}

sub _live ($self) {
	my (%live, $now);
	$now = $self->state->clock->now;
	for my $grant (map { values %{ $_->{grants} // {} } }
	    $self->state->people->list) {
		my $count = $live{ $grant->{person}{key} }
		    //= { access => 0, refresh => 0 };
		$count->{refresh}++ if $grant->{pair}{state} eq 'live';
		$count->{access}++ if $grant->{pair}{expires} > $now;
	}
	return \%live;
}

sub summary ($self) {
	return {
		(map { $_ => $self->$_ } qw(minted refreshed revoked
		    used_twice limited max_in_flight_per_grant)),
		used_twice_after_answer     => $self->after_answer,
		used_twice_after_invalid    => $self->after_invalid,
		used_twice_after_lost_reply => $self->after_lost,
		live => $self->_live,
	};
}

sub secrets ($self) {
	return {
		codes          => [sort keys %{ $self->codes }],
		access_tokens  => [sort keys %{ $self->access }],
		refresh_tokens => [sort keys %{ $self->refresh }],
	};
}

1;
