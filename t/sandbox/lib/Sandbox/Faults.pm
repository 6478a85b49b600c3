package Sandbox::Faults;

# Faults: rules that say which call or delivery goes wrong, how, and how often.

use Mojo::Base -base, -signatures;

# For each kind: whether it applies to calls and deliveries, whether the work is
# done all the same, and what "value" means.
my %KIND = (
	latency => { call => 1, delivery => 1, commit => 1,
	    about => 'answer (or send) after so many ms', value => 1000 },
	hang => { call => 1, commit => 0, value => 0,
	    about => 'never answer; close after so many ms, 0 for never' },
	status => { call => 1, commit => 0, value => 500,
	    about => 'answer with this status' },
	drop => { call => 1, delivery => 1, commit => 1, value => 0,
	    about => 'do the work, then close the connection unanswered; of a '
	    . 'delivery: send it, but lose the answer' },
	lose => { delivery => 1, value => 0, about => 'never send it' },
	reorder => { delivery => 1, value => 1,
	    about => 'send it after so many later ones' },
	duplicate => { delivery => 1, value => 2,
	    about => 'send it so many times' },
	slow_body => { call => 1, commit => 1, value => 30_000,
	    about => 'the body takes so many ms' },
	huge_body => { call => 1, commit => 1, value => 16 << 20,
	    about => 'the body has so many bytes' },
	not_json => { call => 1, commit => 1, value => 200,
	    about => 'an HTML body under this status' },
	wrong_content_type => { call => 1, commit => 1, value => 'text/html',
	    about => 'the right body under this type' },
	redirect => { call => 1, commit => 0,
	    value => 'https://elsewhere.invalid/',
	    about => 'answer with a redirect to this URL' },
);

has rules => sub { [] };
has last_id => 0;

sub kinds ($self) {
	return { map { $_ => $KIND{$_}{about} } keys %KIND };
}

sub _match_fault ($match, $kind) {
	return '"match" takes method, path, person, delivery, event'
	    if ref $match ne 'HASH' || grep {
		!/\A(?:method|path|person|delivery|event)\z/ } keys %$match;
	my $target = $match->{delivery} ? 'delivery' : 'call';
	return undef if $KIND{$kind}{$target};
	my @fit = sort grep { $KIND{$_}{$target} } keys %KIND;
	return "fault \"$kind\" does not fit a $target; these do: @fit";
}

# Returns undef if the rule can be added, else the reason why not.
sub fault ($self, $rule) {
	my @odd = grep { !/\A(?:match|kind|value|times|commit)\z/ } keys %$rule;
	return "unknown: @odd; a fault has match, kind, value, times, commit"
	    if @odd;
	my $kind = $rule->{kind} // '';
	return "there is no fault \"$kind\"; these there are: "
	    . join ' ', sort keys %KIND unless $KIND{$kind};
	return '"times" takes a number above 0'
	    if defined $rule->{times} && $rule->{times} !~ /\A[1-9]\d*\z/;
	return '"value" takes a number'
	    if defined $rule->{value} && $KIND{$kind}{value} =~ /\A\d/
	    && $rule->{value} !~ /\A\d+\z/;
	return _match_fault($rule->{match} // {}, $kind);
}

sub add ($self, $rule) {
	my $kind = $KIND{ $rule->{kind} };
	$self->last_id(my $id = $self->last_id + 1);
	my $made = {
		id     => $id,
		kind   => $rule->{kind},
		match  => $rule->{match} // {},
		value  => $rule->{value} // $kind->{value},
		times  => $rule->{times},
		hits   => 0,
		commit => $rule->{commit} // $kind->{commit} ? \1 : \0,
	};
	push @{ $self->rules }, $made;
	return $made;
}

# An asterisk at the end of a pattern stands for anything, elsewhere for one part
# of a path.
sub _is ($pattern, $text) {
	return 1 unless defined $pattern;
	my $open = $pattern =~ s/\*\z// ? '' : '\z';
	my $parts = join '[^/]*', map { quotemeta } split /\*/, $pattern, -1;
	return $text =~ /\A$parts$open/s;
}

# Returns the first rule that matches and counts it as used; undef if none does.
sub _take ($self, $holds) {
	for my $rule (@{ $self->rules }) {
		next if defined $rule->{times}
		    && $rule->{hits} >= $rule->{times};
		next unless $holds->($rule->{match});
		$rule->{hits}++;
		return $rule;
	}
	return undef;
}

# "person" is a function that tells who calls; it is called only for rules that
# depend on it.
sub for_call ($self, $method, $path, $person) {
	return undef unless @{ $self->rules };
	return $self->_take(sub ($match) {
		return !$match->{delivery}
		    && _is($match->{method} && uc $match->{method}, $method)
		    && _is($match->{path}, $path)
		    && (!defined $match->{person}
			|| _is($match->{person}, $person->()));
	});
}

sub for_delivery ($self, $event) {
	return undef unless @{ $self->rules };
	return $self->_take(sub ($match) {
		return $match->{delivery} && _is($match->{event}, $event);
	});
}

sub clear ($self) { return $self->rules([]) }

1;
