package Sandbox::TokenAnswer;

# TokenAnswer: what the token endpoint answers about a new pair, in any of the
# forms that token servers are known to use.

use v5.36;
use Exporter 'import';
use Sandbox::Answer qw(answer html none oauth_error);
use Sandbox::Tokens;

our @EXPORT_OK = qw(pair_answer refuse_refresh);

my %FORM = (
	string  => sub (@scopes) { join ' ', @scopes },
	commas  => sub (@scopes) { join ',', @scopes },
	array   => sub (@scopes) { [@scopes] },
	default => sub (@scopes) { 'default' },
);

my %REFUSAL = (
	unauthorized  => sub () { answer(401, { message => 'Unauthorized' }) },
	empty         => sub () { none(401) },
	access_denied => sub () { answer(403, { error => 'access_denied',
	    error_description => 'The resource owner or authorization server '
	    . 'denied the request.' }) },
	html          => sub () { html(403, "<!doctype html><title>Forbidden"
	    . "</title><p>Access denied.\n") },
);

# Dies with the refusal that a switch asks for, for everybody or for one person.
sub refuse_refresh ($state, $person) {
	my $switches = $state->switches;
	my ($status, $error) = split / /, $switches->{token_error};
	oauth_error($status, $error, 'A switch says so.') if $error;
	my $how = $REFUSAL{ $switches->{token_refusal} } or return;
	my $whom = $switches->{token_refusal_person};
	die $how->() if $whom eq '' || $whom eq $person->{key};
	return;
}

# Returns, by switch, to whom the tokens belong.
sub _owner ($state, $person) {
	my ($as, $people) = ($state->switches->{token_owner}, $state->people);
	return (owner => undef, organization => undef) if $as eq 'null';
	return (owner => 'user no. 17', organization => 'their firm')
	    if $as eq 'odd';
	return (owner => $people->uri($person)) if $as eq 'user';
	return (owner => $people->uri($person),
	    organization => $people->organization_uri($person));
}

sub _body ($state, $pair, $grant_type) {
	my $grant = $pair->{grant};
	my ($switches, $body) = ($state->switches, {
		token_type    => 'Bearer',
		access_token  => $pair->{access},
		refresh_token => $pair->{refresh},
		created_at    => int $pair->{at},
		expires_in    => Sandbox::Tokens::ACCESS_LIVES(),
		_owner($state, $grant->{person}),
	});
	my $shown = $switches->{token_scope_returned};
	$body->{scope} = $FORM{ $switches->{token_scope_form} }->(
	    sort keys %{ $grant->{scopes} })
	    if $shown eq 'always'
	    || $shown eq 'code_only' && $grant_type eq 'authorization_code';
	delete $body->{refresh_token} if $pair->{kept_refresh};
	return $switches->{token_names} eq 'camel' ? _in_camel_case($body)
	    : $body;
}

sub _in_camel_case ($body) {
	return { map { s/_(\w)/\u$1/gr => $body->{$_} } keys %$body };
}

# Writes the lifetime exactly as the switch has it, which may make the answer
# invalid JSON.
sub _spell_life ($answer, $life) {
	return if $life eq '';
	my $said = qr/"expires_in":\d+/;
	$life eq 'absent'
	    ? $answer->{body} =~ s/,$said|$said,//
	    : $answer->{body} =~ s/$said/"expires_in":$life/;
	return;
}

sub pair_answer ($state, $pair, $grant_type) {
	my $switches = $state->switches;
	my $answer = answer(200, _body($state, $pair, $grant_type),
	    'Cache-Control' => 'no-store', Pragma => 'no-cache');
	_spell_life($answer, $switches->{token_expires_in});
	$answer->{body} = "\xef\xbb\xbf$answer->{body}"
	    if $switches->{token_bom};
	return $answer;
}

1;
