package Sandbox::OAuth;

# OAuth: the token, revoke and introspect endpoints.

use v5.36;
use Digest::SHA qw(sha256);
use MIME::Base64 qw(decode_base64 encode_base64url);
use Mojo::Util qw(secure_compare url_unescape);
use Sandbox::Answer qw(answer none oauth_error ok);
use Sandbox::TokenAnswer qw(pair_answer refuse_refresh);

sub routes () {
	return (
		[POST => '/oauth/token', \&_token],
		[POST => '/oauth/revoke', \&_revoke],
		[POST => '/oauth/introspect', \&_introspect],
	);
}

# Returns the form's fields; each may come once, and none may be in the query.
sub _form ($c) {
	my $type = $c->req->headers->content_type // '';
	oauth_error(400, 'invalid_request',
	    'The body must be application/x-www-form-urlencoded.')
	    unless $type =~ m{\Aapplication/x-www-form-urlencoded\s*(?:;|\z)}i;
	oauth_error(400, 'invalid_request',
	    'Parameters belong in the body, not in the query.')
	    if length $c->req->url->query->to_string;
	my $form = $c->req->body_params->to_hash;
	for my $name (sort keys %$form) {
		oauth_error(400, 'invalid_request', "$name is repeated.")
		    if ref $form->{$name};
	}
	return $form;
}

sub _required ($form, @names) {
	for my $name (@names) {
		oauth_error(400, 'invalid_request',
		    "Missing required parameter: $name.")
		    unless length($form->{$name} // '');
	}
	return;
}

sub _wrong_client () {
	oauth_error(401, 'invalid_client', 'Client authentication failed due '
	    . 'to unknown client, no client authentication included, or '
	    . 'unsupported authentication method.');
}

sub _is_client ($config, $id, $secret) {
	return secure_compare($id, $config->{client_id})
	    && secure_compare($secret, $config->{client_secret});
}

# The client must use HTTP Basic, and send its id (but not the secret) in the
# body as well.
sub _basic ($state, $c, $form) {
	my ($config, $header) =
	    ($state->config, $c->req->headers->authorization // '');
	my ($coded) = $header =~ m{\ABasic ([A-Za-z0-9+/]+=*)\z}i
	    or _wrong_client();
	my ($id, $secret) = split /:/, decode_base64($coded), 2;
	_wrong_client() unless defined $secret
	    && (_is_client($config, $id, $secret) || _is_client($config,
		url_unescape($id), url_unescape($secret)));
	oauth_error(400, 'invalid_request',
	    'The secret belongs in the Basic header, not in the body.')
	    if exists $form->{client_secret};
	_required($form, 'client_id');
	_wrong_client() if $form->{client_id} ne $config->{client_id};
	return;
}

sub _form_client ($state, $form) {
	_required($form, qw(client_id client_secret token));
	_wrong_client() unless _is_client($state->config,
	    @$form{qw(client_id client_secret)});
	return;
}

sub _invalid_grant ($state) {
	oauth_error($state->switches->{invalid_grant_status}, 'invalid_grant',
	    'The provided authorization grant is invalid, expired, revoked, '
	    . 'does not match the redirection URI used in the authorization '
	    . 'request, or was issued to another client.');
}

sub _limited ($state) {
	my %headers = ('Cache-Control' => 'no-store');
	$headers{'Retry-After'} = 60 if $state->switches->{retry_after_on_429};
	die answer(429, { error => 'too_many_requests',
	    error_description => 'More than '
	    . "$state->{switches}{token_limit_minute} tokens were asked for "
	    . 'this user within a minute.' }, %headers);
}

sub _proves ($code, $verifier) {
	return !length($verifier // '') unless $code->{challenge};
	return ($verifier // '') =~ /\A[A-Za-z0-9._~-]{43,128}\z/
	    && encode_base64url(sha256($verifier)) eq $code->{challenge};
}

sub _by_code ($state, $c, $form) {
	_required($form, qw(code redirect_uri));
	my $tokens = $state->tokens;
	my $code = $tokens->codes->{ $form->{code} } or _invalid_grant($state);
	_required($form, 'code_verifier') if $code->{challenge};
	if ($code->{used}) {
		$tokens->kill_grant($code->{grant})
		    if $state->switches->{code_reuse} eq 'revokes'
		    && !$code->{grant}{dead};
		_invalid_grant($state);
	}
	_invalid_grant($state) if $tokens->code_expired($code)
	    || $form->{redirect_uri} ne $code->{redirect_uri}
	    || !_proves($code, $form->{code_verifier});
	_limited($state) unless $tokens->within_limit($code->{person});
	return $tokens->open_grant($code);
}

sub _by_refresh ($state, $c, $form) {
	_required($form, 'refresh_token');
	my $tokens = $state->tokens;
	my $pair = $tokens->refresh->{ $form->{refresh_token} }
	    or _invalid_grant($state);
	$tokens->note_reuse($pair) if $pair->{state} eq 'used';
	if ($pair->{state} ne 'live') {
		my $next = $tokens->grace($pair);
		return $next if $next;
		$tokens->kill_grant($pair->{grant})
		    if $state->switches->{refresh_kills_on_reuse}
		    && $pair->{state} eq 'used' && !$pair->{grant}{dead};
		$pair->{told_invalid} = 1 unless $c->stash('sandbox.lost');
		_invalid_grant($state);
	}
	refuse_refresh($state, $pair->{grant}{person});
	_limited($state) unless $tokens->within_limit($pair->{grant}{person});
	return $tokens->rotate($pair);
}

my %GRANT = (
	authorization_code => \&_by_code,
	refresh_token      => \&_by_refresh,
);

sub _token ($state, $c, $) {
	my $form = _form($c);
	_basic($state, $c, $form);
	_required($form, 'grant_type');
	my $by = $GRANT{ $form->{grant_type} }
	    or oauth_error(400, 'unsupported_grant_type',
	    'The authorization grant type is not supported.');
	my $pair = $by->($state, $c, $form);
	$pair->{answered} = 1 unless $c->stash('sandbox.lost');
	return pair_answer($state, $pair, $form->{grant_type});
}

sub _remove_subscriptions ($state, $person) {
	return unless $state->switches->{revoke_removes_subscriptions};
	$state->hooks->remove($_, 'revocation')
	    for $state->hooks->made_by($person, 'app');
	return;
}

my %REFUSAL = (
	400 => 'invalid_request',
	401 => 'invalid_client',
	403 => 'unauthorized_client',
);

sub _revoke ($state, $c, $) {
	my $form = _form($c);
	_form_client($state, $form);
	my $refused = $state->switches->{revoke_refused};
	oauth_error($refused, $REFUSAL{$refused},
	    'You are not authorized to revoke this token.')
	    if $refused ne 'none';
	my ($tokens, $value) = ($state->tokens, $form->{token});
	my $pair = $tokens->refresh->{$value} // $tokens->access->{$value};
	if (!$pair || $pair->{grant}{dead} || $pair->{state} ne 'live') {
		my $status = $state->switches->{revoke_unknown_status};
		oauth_error($status, 'unauthorized_client',
		    'You are not authorized to revoke this token.')
		    if $status != 200;
		return none(200);
	}
	my $person = $pair->{grant}{person};
	$state->switches->{revoke_kills_all_tokens_of_user}
	    ? $tokens->kill_person($person)
	    : $tokens->kill_grant($pair->{grant});
	_remove_subscriptions($state, $person);
	return none(200);
}

sub _introspect ($state, $c, $) {
	my $form = _form($c);
	_form_client($state, $form);
	my $says = $state->switches->{introspect};
	oauth_error(403, 'unauthorized_client',
	    'You are not authorized to introspect this token.')
	    if $says eq 'refused';
	return ok({ active => 'perhaps' }) if $says eq 'odd';
	my ($tokens, $value) = ($state->tokens, $form->{token});
	my $refresh = $tokens->refresh->{$value};
	my $pair = $refresh // $tokens->access->{$value};
	my $live = $refresh ? $refresh->{state} eq 'live'
	    : $tokens->access_state($value) eq 'live';
	return ok({ active => \0 }) unless $live;
	my ($people, $person) = ($state->people, $pair->{grant}{person});
	return ok({
		active       => \1,
		scope        => join(' ', sort keys %{ $pair->{grant}{scopes} }),
		client_id    => $state->config->{client_id},
		token_type   => 'Bearer',
		iat          => int $pair->{at},
		$refresh ? () : (exp => int $pair->{expires}),
		owner        => $people->uri($person),
		organization => $people->organization_uri($person),
	});
}

1;
