package Sandbox::Consent;

# Consent: the authorization endpoint, and the page on which a person allows or
# denies the app.

use v5.36;
use Mojo::URL;
use Sandbox::Answer qw(html redirect);
use Sandbox::Ids qw(random_text);
use Sandbox::Page qw(page);
use Sandbox::Scopes qw(scope_about scope_known);

use constant ASK_LIVES => 3600;

sub routes () {
	return (
		[GET  => '/oauth/authorize', \&_authorize],
		[POST => '/oauth/authorize', \&_decide],
	);
}

# Answers errors that must not be answered by a redirect, because the redirect
# URI is not proven to be the app's.
sub _stop ($what, $why) {
	die html(400, page('error', title => $what, why => $why));
}

sub _back ($state, $ask, %query) {
	my $url = Mojo::URL->new($ask->{redirect_uri});
	$query{state} = $ask->{state} if defined $ask->{state};
	my $iss = $state->switches->{iss_in_callback};
	$query{iss} = 'https://auth.calendly.com' if $iss eq 'right';
	$query{iss} = 'https://auth.attacker.example' if $iss eq 'wrong';
	$url->query->append(map { $_ => $query{$_} } sort keys %query);
	return redirect("$url");
}

sub _fail ($state, $ask, $error, $description) {
	die _back($state, $ask, error => $error,
	    error_description => $description);
}

# Reads the client and the redirect URI, both of which must be exactly as
# registered.
sub _ask ($state, $c) {
	my $query = $c->req->query_params->to_hash;
	_stop('Unknown app', 'No app has this client_id.')
	    if ($query->{client_id} // '') ne $state->config->{client_id};
	my $uri = $query->{redirect_uri} // '';
	_stop('Wrong redirect URI', 'The redirect_uri is missing or is not '
	    . 'exactly one that the app has registered.')
	    unless grep { $_ eq $uri } @{ $state->config->{redirect_uris} };
	my ($repeated) = grep { ref $query->{$_} } sort keys %$query;
	return {
		%$query, redirect_uri => $uri, repeated => $repeated,
		state => ref $query->{state} ? undef : $query->{state},
	};
}

sub _check ($state, $ask) {
	my $fail = sub (@why) { _fail($state, $ask, @why) };
	$fail->('invalid_request', "$ask->{repeated} is repeated.")
	    if $ask->{repeated};
	$fail->('unsupported_response_type', 'response_type must be code.')
	    if ($ask->{response_type} // '') ne 'code';
	$fail->('invalid_request', 'prompt is not supported.')
	    if defined $ask->{prompt}
	    && !$state->switches->{prompt_accepted};
	return if !defined $ask->{code_challenge}
	    && !$state->switches->{pkce_required};
	$fail->('invalid_request', 'A code_challenge is required.')
	    unless length($ask->{code_challenge} // '');
	$fail->('invalid_request', 'code_challenge_method must be S256.')
	    if ($ask->{code_challenge_method} // '') ne 'S256';
	$fail->('invalid_request', 'The code_challenge is malformed.')
	    unless $ask->{code_challenge} =~ /\A[A-Za-z0-9_-]{43}\z/;
	return;
}

# One unknown scope fails the whole request, and so does a request without
# scopes.
sub _scopes ($state, $ask) {
	my @asked = split / +/, $ask->{scope} // '';
	my @unknown = grep { !scope_known($_) } @asked;
	_fail($state, $ask, 'invalid_scope', 'The requested scope is invalid, '
	    . 'unknown, or malformed.')
	    if @unknown || !@asked && !$state->switches->{legacy_app};
	return \@asked;
}

sub _forget_old ($state) {
	my ($asks, $now) = ($state->consents, $state->clock->now);
	delete @$asks{ grep { $now - $asks->{$_}{at} > ASK_LIVES }
	    keys %$asks };
	return;
}

sub _first ($n, @list) {
	splice @list, $n if @list > $n;
	return \@list;
}

sub _authorize ($state, $c, $) {
	my $ask = _ask($state, $c);
	_check($state, $ask);
	$ask->{scopes} = _scopes($state, $ask);
	return html(200, '') if $c->req->method eq 'HEAD';
	$state->consent_visits($state->consent_visits + 1);
	if (my $who = $state->auto_approve) {
		my ($key, $denies) = $who =~ /\A([^=]+)(=deny)?\z/;
		return _decided($state, $ask, $key, !$denies);
	}
	_forget_old($state);
	my $id = random_text(32);
	$state->consents->{$id} = { %$ask, at => $state->clock->now };
	my $page = html(200, page('consent', ask => $id,
	    roles => { owner => 'owner', admin => 'admin', user => 'member' },
	    people => _first(50, $state->people->list),
	    scopes => [map { [$_, scope_about($_)] } @{ $ask->{scopes} }]));
	my $policy = $state->switches->{consent_coop};
	$page->{headers}{'Cross-Origin-Opener-Policy'} = $policy
	    if $policy ne 'none';
	return $page;
}

sub _granted ($state, $ask) {
	my %only = map { $_ => 1 }
	    split / +/, $state->switches->{granted_scopes};
	return { map { $_ => 1 } grep { !%only || $only{$_} }
	    @{ $ask->{scopes} } };
}

sub _decided ($state, $ask, $key, $allowed) {
	_fail($state, $ask, 'access_denied',
	    'The resource owner or authorization server denied the request.')
	    unless $allowed;
	my $person = $state->people->find($key)
	    or _stop('Nobody chosen', 'There is no such person here.');
	my $code = $state->tokens->mint_code(person => $person,
	    redirect_uri => $ask->{redirect_uri},
	    challenge => $ask->{code_challenge},
	    scopes => _granted($state, $ask));
	return _back($state, $ask, code => $code);
}

sub _decide ($state, $c, $) {
	my $form = $c->req->body_params;
	my $ask = delete $state->consents->{ $form->param('ask') // '' }
	    or _stop('This page is no longer good', 'It was answered already '
	    . 'or is too old. Go back to the app and begin again.');
	return _decided($state, $ask, $form->param('person') // '',
	    ($form->param('decision') // '') eq 'allow');
}

1;
