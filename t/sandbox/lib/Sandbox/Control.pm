package Sandbox::Control;

# Control: helpers that the control API under /sandbox shares: reading a body,
# and finding what it names.  Its refusals are {"error": a sentence}.

use v5.36;
use Exporter 'import';
use Mojo::JSON qw(decode_json);
use Mojo::Promise;
use Sandbox::Answer qw(bad_control);

our @EXPORT_OK = qw(body event_named invitee_named number outcome
    person_named subscription_named);

# A page of another site must not control a developer's sandbox through the
# browser.
sub _same_site ($c) {
	my $origin = $c->req->headers->origin // return;
	my $host = $c->req->headers->host // '';
	bad_control("a page of $origin may not control this sandbox", 403)
	    unless $origin =~ m{\Ahttps?://\Q$host\E\z};
	return;
}

sub _json ($c) {
	my $type = $c->req->headers->content_type // '';
	bad_control('send the body as application/json', 415)
	    unless $type =~ m{\Aapplication/json\b}i;
	my $json = eval { decode_json($c->req->body) };
	return $json if ref $json eq 'HASH';
	bad_control('the body is not a JSON object');
}

# Returns the body's fields, all of which must be known.
sub body ($c, @known) {
	_same_site($c);
	my $json = length $c->req->body ? _json($c) : {};
	return $json unless @known;
	my %known = map { $_ => 1 } @known;
	my @odd = sort grep { !$known{$_} } keys %$json;
	bad_control("unknown: @odd; this takes @known") if @odd;
	return $json;
}

sub number ($json, $name, $default) {
	my $value = $json->{$name} // return $default;
	bad_control("\"$name\" takes a number")
	    unless $value =~ /\A-?\d+(?:\.\d+)?\z/;
	return $value;
}

sub _last_part ($uri) { return ($uri // '') =~ m{([^/]+)/*\z} ? $1 : '' }

sub person_named ($state, $json, $name = 'person') {
	my $key = $json->{$name} // bad_control("say which \"$name\"");
	my $people = $state->people;
	my $known = $people->find($key) // $people->named(_last_part($key));
	return $known if $known;
	my @some = map { $_->{key} } $people->list;
	splice @some, 10 if @some > 10;
	bad_control("there is no person \"$key\"; there are: @some", 404);
}

sub event_named ($state, $json) {
	my $id = _last_part($json->{event});
	return $state->calendar->events->{$id}
	    // bad_control('say which "event", by URI or id', 404);
}

sub invitee_named ($state, $json) {
	my $id = _last_part($json->{invitee});
	return $state->calendar->invitees->{$id}
	    // bad_control('say which "invitee", by URI or id', 404);
}

sub subscription_named ($state, $json) {
	my $id = _last_part($json->{subscription});
	return $state->hooks->find($id)
	    // bad_control('say which "subscription", by URI or id', 404);
}

# Answers with the deliveries that an act caused; if the caller waits, once the
# first attempt of each is over.
sub outcome ($state, $json, $answer, @deliveries) {
	my $made = sub {
		$answer->{deliveries} =
		    [map { $state->deliver->shown($_) } @deliveries];
		return Sandbox::Answer::ok($answer);
	};
	return $made->() unless $json->{wait} && @deliveries;
	return Mojo::Promise->all(map { $_->{first_try} } @deliveries)
	    ->then(sub (@) { return $made->() });
}

1;
