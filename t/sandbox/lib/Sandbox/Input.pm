package Sandbox::Input;

# Input: reads what a request says, strictly.

use v5.36;
use Exporter 'import';
use Mojo::JSON qw(decode_json);
use Sandbox::Answer qw(denied invalid refuse);

our @EXPORT_OK = qw(json_body only only_query query organization_of person_of
    text time_of);

sub json_body ($c) {
	my $type = $c->req->headers->content_type // '';
	refuse(415, 'Unsupported Media Type',
	    'The body must be application/json.')
	    unless $type =~ m{\Aapplication/json\s*(?:;|\z)}i;
	my $json = eval { decode_json($c->req->body) };
	return $json if ref $json eq 'HASH';
	refuse(400, 'Invalid Argument', 'The body is not a JSON object.');
}

# Dies if the body has other parameters than these.
sub only ($json, @known) {
	my %known = map { $_ => 1 } @known;
	my ($odd) = sort grep { !$known{$_} } keys %$json;
	invalid($odd, 'is not a known parameter') if defined $odd;
	return;
}

# Dies if the query has other parameters than these.
sub only_query ($c, @known) {
	return only($c->req->query_params->to_hash, @known);
}

# Returns one query parameter, which may be given once and not be empty.
sub query ($c, $name, %want) {
	my @values = @{ $c->req->query_params->every_param($name) };
	invalid($name, 'must be given once') if @values > 1;
	my $value = $values[0];
	invalid($name, "can't be blank")
	    if defined $value ? $value eq '' : $want{required};
	invalid($name, 'is invalid') if defined $value && $want{set}
	    && !grep { $_ eq $value } @{ $want{set} };
	return $value // $want{default};
}

sub text ($json, $name, %want) {
	my $value = $json->{$name};
	invalid($name, "can't be blank")
	    if $want{required} && !length($value // '');
	invalid($name, 'must be a text') if ref $value;
	return $value;
}

sub organization_of ($state, $name, $uri) {
	my $id = $state->id_in($uri, 'organizations')
	    // invalid($name, 'is not a URI of an organization');
	return $state->people->organization($id) // denied();
}

sub person_of ($state, $name, $uri) {
	my $id = $state->id_in($uri, 'users')
	    // invalid($name, 'is not a URI of a user');
	return $state->people->named($id) // denied();
}

sub time_of ($state, $c, $name) {
	my $text = query($c, $name) // return undef;
	return $state->clock->parse($text)
	    // invalid($name, 'is not a time such as 2026-01-01T12:00:00Z');
}

1;
