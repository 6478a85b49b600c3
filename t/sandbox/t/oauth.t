# OAuth is as strict as Calendly's.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use SandboxTest;
use Test::More;

my $s = SandboxTest->new;

subtest 'the redirect brings a code and the state' => sub {
	my $back = $s->authorize(state => 'a b&c=d');
	like $back->{code}, qr/\A[\w-]{43}\z/, 'a code';
	is $back->{state}, 'a b&c=d', 'the state as it was';
	is $back->{error}, undef, 'no error';
};

subtest 'a place that is not registered is never redirected to' => sub {
	for my $uri ("$SandboxTest::REDIRECT/", 'https://app.example/',
	    uc $SandboxTest::REDIRECT, undef) {
		my $res = $s->get($s->authorize_url(redirect_uri => $uri));
		is $res->code, 400, $uri // 'none at all';
		is $res->headers->location, undef, 'stays here';
	}
	is $s->get($s->authorize_url(client_id => 'other'))->code, 400,
	    'an unknown app';
};

subtest 'a bad request comes back as an error with the state' => sub {
	my @bad = (
		['unsupported_response_type', response_type => 'token'],
		['invalid_request', code_challenge => undef],
		['invalid_request', code_challenge_method => 'plain'],
		['invalid_request', code_challenge_method => undef],
		['invalid_request', code_challenge => 'short'],
		['invalid_request', scope => ['users:read', 'users:read']],
		['invalid_scope', scope => undef],
		['invalid_scope', scope => 'users:read invitees:read'],
	);
	for my $row (@bad) {
		my ($error, %over) = @$row;
		my $back = $s->authorize(%over);
		is $back->{error}, $error, join ' ', map { $_ // 'none' } %over;
		is $back->{state}, 's1', 'with the state';
		ok length $back->{error_description}, 'and a reason';
	}
};

subtest 'a person can deny' => sub {
	$s->control('auto-approve', { person => 'marco=deny' });
	is $s->authorize->{error}, 'access_denied', 'denied';
	$s->control('auto-approve', { person => 'olivia' });
};

subtest 'a HEAD of the consent page is no visit' => sub {
	my $before = $s->state->consent_visits;
	my $res = $s->call(HEAD => $s->authorize_url);
	is $res->code, 200, 'answered';
	is $s->state->consent_visits, $before, 'not counted';
	$s->authorize;
	is $s->state->consent_visits, $before + 1, 'a GET is';
};

subtest 'the consent page may take a popup away from its opener' => sub {
	my $policy = sub {
		$s->get($s->authorize_url)->headers
		    ->header('Cross-Origin-Opener-Policy');
	};
	$s->control('auto-approve', { person => undef });
	is $policy->(), undef, 'it does not';
	for my $value ('same-origin', 'same-origin-allow-popups') {
		$s->control(switches => { consent_coop => $value });
		is $policy->(), $value, 'unless switched on';
	}
	$s->control(switches => { consent_coop => 'none' });
	$s->control('auto-approve', { person => 'olivia' });
};

subtest 'a code gives a pair' => sub {
	my $res = $s->exchange($s->authorize->{code});
	is $res->code, 200, 'exchanged';
	is $res->headers->cache_control, 'no-store', 'not to be stored';
	my $json = $res->json;
	is $json->{token_type}, 'Bearer', 'a bearer token';
	is $json->{expires_in}, 7200, 'for two hours';
	like $json->{owner}, qr{\Ahttps://api.calendly.com/users/}, 'owner';
	like $json->{organization}, qr{/organizations/}, 'organization';
	is $json->{scope}, join(' ', sort split / /, $SandboxTest::LEAST),
	    'scope';
	is $s->get('/users/me', $json->{access_token})->json->{resource}{uri},
	    $json->{owner}, 'and the token works';
};

subtest 'a code is good once, for ten minutes, for who began' => sub {
	my $code = $s->authorize->{code};
	my @wrong = (
		[code_verifier => 'x' x 50], [code_verifier => undef],
		[redirect_uri => 'https://app.example/'],
		[redirect_uri => undef], [code => 'nonsense'],
	);
	for my $over (@wrong) {
		my $res = $s->exchange($code, @$over);
		is $res->code, 400, join ' ', map { $_ // 'none' } @$over;
	}
	is $s->exchange($code)->code, 200, 'right at last';
	my $again = $s->exchange($code);
	is $again->json->{error}, 'invalid_grant', 'not twice';
	$code = $s->authorize->{code};
	$s->control(clock => { advance => 601 });
	is $s->exchange($code)->json->{error}, 'invalid_grant', 'not late';
};

subtest 'the client proves itself by Basic, with its id in the body' => sub {
	my %form = (grant_type => 'refresh_token', refresh_token => 'x',
	    client_id => 'the-id');
	my @cases = (
		[401, 'invalid_client', 'no Basic', {}],
		[401, 'invalid_client', 'wrong secret', {},
		    $s->basic('the-id', 'no')],
		[401, 'invalid_client', 'wrong id', {},
		    $s->basic('no', 'the-secret')],
		[401, 'invalid_client', 'another id in the body',
		    { client_id => 'no' }, $s->basic],
		[400, 'invalid_request', 'no id in the body',
		    { client_id => undef }, $s->basic],
		[400, 'invalid_request', 'a secret in the body',
		    { client_secret => 'the-secret' }, $s->basic],
		[400, 'unsupported_grant_type', 'another grant',
		    { grant_type => 'password' }, $s->basic],
		[400, 'invalid_request', 'a repeated field',
		    { client_id => ['the-id', 'the-id'] }, $s->basic],
		[400, 'invalid_grant', 'all well but the token', {},
		    $s->basic],
	);
	for my $case (@cases) {
		my ($status, $error, $what, $over, $basic) = @$case;
		my $form = { %form, %$over };
		delete @$form{ grep { !defined $form->{$_} } keys %$form };
		my $res = $s->form('/oauth/token', $form,
		    $basic ? (Authorization => $basic) : ());
		is $res->code, $status, "$what: $status";
		is $res->json->{error}, $error, "$what: $error";
	}
};

subtest 'only a form is taken, and nothing from the query' => sub {
	my $res = $s->call(POST => '/oauth/token', undef,
	    json => { grant_type => 'refresh_token' });
	is $res->code, 400, 'JSON refused';
	$res = $s->form('/oauth/token?client_id=the-id', { x => 1 },
	    Authorization => $s->basic);
	is $res->code, 400, 'query refused';
	is $s->get('/oauth/token')->code, 404, 'GET is not there';
};

subtest 'a refresh token is good once' => sub {
	my $pair = $s->connect('sam');
	my $next = $s->refresh($pair->{refresh_token});
	is $next->code, 200, 'refreshed';
	isnt $next->json->{refresh_token}, $pair->{refresh_token}, 'rotated';
	is $s->get('/users/me', $pair->{access_token})->json->{message},
	    'The access token was revoked', 'the old access token died';
	is $s->get('/users/me', $next->json->{access_token})->code, 200,
	    'the new one works';
	my $reused = $s->refresh($pair->{refresh_token});
	is $reused->json->{error}, 'invalid_grant', 'not twice';
	my $tokens = $s->get('/sandbox/state')->json->{tokens};
	is $tokens->{used_twice}, 1, 'and the books say so';
	is $tokens->{used_twice_after_answer}, 1, 'after a good answer';
	is $s->refresh($next->json->{refresh_token})->code, 200,
	    'the new one is unharmed';
};

subtest 'an access token expires after two hours' => sub {
	my $pair = $s->connect('frida');
	$s->control(clock => { advance => 7201 });
	my $res = $s->get('/users/me', $pair->{access_token});
	is $res->code, 401, 'refused';
	is $res->json->{message}, 'The access token expired', 'says why';
	is $s->refresh($pair->{refresh_token})->code, 200,
	    'its refresh token does not';
};

subtest 'revoking takes id and secret in the form' => sub {
	my $pair = $s->connect('sam');
	my %form = (client_id => 'the-id', client_secret => 'the-secret',
	    token => $pair->{access_token});
	is $s->form('/oauth/revoke', { %form, client_secret => 'no' })->code,
	    401, 'wrong secret';
	is $s->form('/oauth/revoke', { %form, token => '' })->code, 400,
	    'no token';
	is $s->form('/oauth/introspect', \%form)->json->{active}, 1,
	    'still active';
	my $res = $s->form('/oauth/revoke', \%form);
	is $res->code, 200, 'revoked';
	is $res->body, '', 'nothing to say';
	is $s->refresh($pair->{refresh_token})->json->{error},
	    'invalid_grant', 'the pair is dead';
	ok !$s->form('/oauth/introspect', \%form)->json->{active},
	    'and not active';
	is $s->form('/oauth/revoke', \%form)->code, 200, 'again: no harm';
};

subtest 'eight tokens per user and minute, and a 429 costs nothing' => sub {
	$s->control(clock => { advance => 120 });
	my $pair = $s->connect('marco');
	$pair = $s->refresh($pair->{refresh_token})->json for 1 .. 7;
	my $ninth = $s->refresh($pair->{refresh_token});
	is $ninth->code, 429, 'the ninth is refused';
	$s->control(clock => { advance => 61 });
	is $s->refresh($pair->{refresh_token})->code, 200,
	    'a minute later the same token is good';
	$s->control(switches => { token_limit_minute => 0 });
	$pair = $s->connect('marco') for 1 .. 12;
	ok $pair->{access_token}, 'the limit can be switched off';
};

subtest 'a changed e-mail or password ends all tokens' => sub {
	for my $what (qw(email password login_method)) {
		my $pair = $s->connect('sam');
		$s->control(people => { person => 'sam',
		    changes => { $what => 'new@second.example' } });
		is $s->refresh($pair->{refresh_token})->json->{error},
		    'invalid_grant', $what;
	}
};

done_testing;
