package Sandbox::Meetings;

# Meetings: the books of a person: all events with their invitees, as the API
# would show them if it did not lag, to compare a client's picture with.

use v5.36;
use Sandbox::Answer qw(bad_control ok);
use Sandbox::Control qw(person_named);
use Sandbox::Sight qw(event_now);

use constant AT_MOST => 2000;

sub routes () {
	return [GET => '/sandbox/books', \&_books];
}

sub _count ($query) {
	my $count = $query->{count} // 500;
	bad_control('"count" takes a number from 1 to ' . AT_MOST)
	    unless $count =~ /\A[1-9]\d{0,3}\z/ && $count <= AT_MOST;
	return $count;
}

sub _shown ($state, $event) {
	return {
		%{ event_now($state, $event) },
		invitees => [map { $_->{shape} }
		    grep { !$_->{vanished} } @{ $event->{invitees} }],
	};
}

# Returns one part of the books after another; "next" of the answer is the
# "after" of the next request.
sub _books ($state, $c, $) {
	my $query = $c->req->query_params->to_hash;
	my ($odd) = sort grep { !/\A(?:person|after|count)\z/ } keys %$query;
	bad_control("unknown: $odd; this takes person after count")
	    if defined $odd;
	my $count = _count($query);
	my $agenda = $state->calendar->of_host(person_named($state, $query));
	my @all = grep { !$_->{vanished} } @{ $agenda->events };
	my @rest = defined $query->{after}
	    ? grep { $_->{page_key} gt $query->{after} } @all : @all;
	my $more = @rest > $count;
	splice @rest, $count if $more;
	return ok({
		total  => scalar @all,
		events => [map { _shown($state, $_) } @rest],
		next   => $more ? $rest[-1]{page_key} : undef,
	});
}

1;
