package Sandbox::Settings;

# Settings: the part of the control API for clock, faults, switches, people and
# keys.

use v5.36;
use Sandbox::Answer qw(bad_control ok);
use Sandbox::Control qw(body number person_named);
use Sandbox::Ids qw(random_text);

sub routes () {
	return (
		[GET    => '/sandbox/clock', \&_clock_shown],
		[POST   => '/sandbox/clock', \&_clock],
		[GET    => '/sandbox/faults', \&_faults],
		[POST   => '/sandbox/faults', \&_add_fault],
		[DELETE => '/sandbox/faults', \&_clear_faults],
		[GET    => '/sandbox/switches', \&_switches],
		[POST   => '/sandbox/switches', \&_switch],
		[POST   => '/sandbox/people', \&_people],
		[POST   => '/sandbox/auto-approve', \&_auto_approve],
		[POST   => '/sandbox/revoke-app', \&_revoke_app],
		[POST   => '/sandbox/signing-key', \&_signing_key],
		[POST   => '/sandbox/reset', \&_reset],
	);
}

sub _clock_shown ($state, $c, $) {
	my $clock = $state->clock;
	return ok({ offset => $clock->offset, now => $clock->text });
}

sub _clock ($state, $c, $) {
	my $json = body($c, qw(offset advance));
	bad_control('say "offset" or "advance", in seconds')
	    unless 1 == grep { defined $json->{$_} } qw(offset advance);
	defined $json->{offset}
	    ? $state->clock->set(number($json, 'offset', 0))
	    : $state->clock->advance(number($json, 'advance', 0));
	return _clock_shown($state, $c, undef);
}

sub _faults ($state, $c, $) {
	my $faults = $state->faults;
	return ok({ faults => $faults->rules, kinds => $faults->kinds });
}

sub _add_fault ($state, $c, $) {
	my $json = body($c);
	my $wrong = $state->faults->fault($json);
	bad_control($wrong) if $wrong;
	return ok({ fault => $state->faults->add($json) });
}

sub _clear_faults ($state, $c, $) {
	body($c);
	$state->faults->clear;
	return _faults($state, $c, undef);
}

sub _switches ($state, $c, $) {
	return ok({ switches => $state->switches->list });
}

# Sets all of them or, if one is wrong, none.
sub _switch ($state, $c, $) {
	my ($json, $switches) = (body($c), $state->switches);
	my @wrong = grep { defined } map { $switches->fault($_, $json->{$_}) }
	    sort keys %$json;
	bad_control(join '; ', @wrong) if @wrong;
	$switches->set($_, $json->{$_}) for keys %$json;
	return _switches($state, $c, undef);
}

# Makes many people for a load test: "load1", "load2", ..., each with an
# organization of their own.
sub _crowd ($state, $json) {
	my ($people, $prefix) = ($state->people, $json->{prefix} // 'person');
	bad_control('"count" takes a number from 1 to 100000')
	    unless $json->{count} =~ /\A[1-9]\d{0,5}\z/;
	my @new = grep { !$people->find($_) }
	    map { "$prefix$_" } 1 .. $json->{count};
	$people->add(key => $_) for @new;
	return ok({ added => scalar @new });
}

sub _people ($state, $c, $) {
	my $json = body($c, qw(person changes create count prefix));
	return _crowd($state, $json) if defined $json->{count};
	my ($people, $changes) = ($state->people, $json->{changes} // {});
	bad_control('"changes" takes an object') if ref $changes ne 'HASH';
	my @wrong = grep { defined } map {
		$people->change_fault($_, $changes->{$_}) } sort keys %$changes;
	bad_control(join '; ', @wrong) if @wrong;
	$people->add(key => $json->{person})
	    if $json->{create} && ($json->{person} // '') =~ /\A[\w.-]+\z/a
	    && !$people->find($json->{person});
	my $person = person_named($state, $json);
	$people->change($person, $changes);
	return ok({
		person => $person->{key},
		role => $person->{role},
		user => $people->resource($person),
		organization =>
		    $people->organization_resource($person->{org}),
	});
}

# Sets the answer of the next consent pages: null to ask, "olivia",
# "olivia=deny".
sub _auto_approve ($state, $c, $) {
	my $json = body($c, 'person');
	my $who = $json->{person};
	person_named($state, { person => $who =~ s/=deny\z//r })
	    if defined $who;
	$state->auto_approve($who);
	return ok({ auto_approve => $who });
}

sub _revoke_app ($state, $c, $) {
	my $person = person_named($state, body($c, 'person'));
	my $live = keys %{ $person->{grants} // {} };
	$state->tokens->kill_person($person);
	return ok({ person => $person->{key}, grants_ended => $live });
}

# Changes the app's key from one moment to the next, as Calendly does.
sub _signing_key ($state, $c, $) {
	my $json = body($c, 'key');
	$state->signing_key($json->{key} // random_text(43));
	return ok({ signing_key => $state->signing_key });
}

sub _reset ($state, $c, $) {
	body($c);
	$state->reset;
	return ok({ reset => \1 });
}

1;
