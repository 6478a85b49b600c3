# Token answers in all the forms that the switches offer.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use SandboxTest;
use Mojo::JSON qw(decode_json);
use Test::More;

my $s = SandboxTest->new;
$s->control(switches => { token_limit_minute => 0 });

sub switched (%value)
{
	my $told = $s->control(switches => \%value);
	return is $told->{error}, undef, join ' ', 'switched:', %value;
}

subtest 'a life in any spelling, or none' => sub {
	my $pair = $s->connect('marco');
	for my $said ('null', '"7200"', '7200.0', '7199.5', '-1', '0', 'soon') {
		switched(token_expires_in => $said);
		my $body = $s->refresh($pair->{refresh_token})->body;
		like $body, qr/"expires_in":\Q$said\E[,}]/, $said;
		($pair->{refresh_token}) = $body =~ /"refresh_token":"([^"]+)/;
	}
	switched(token_expires_in => 'absent');
	$pair = $s->refresh($pair->{refresh_token})->json;
	ok $pair->{access_token}, 'the answer is JSON';
	ok !exists $pair->{expires_in}, 'without a life';
	switched(token_expires_in => '');
	$pair = $s->refresh($pair->{refresh_token})->json;
	is $pair->{expires_in}, 7200, 'and the usual one again';
};

subtest 'a refresh that brings no refresh token' => sub {
	my $pair = $s->connect('sam');
	switched(refresh_rotates => 0);
	for (1 .. 3) {
		my $next = $s->refresh($pair->{refresh_token})->json;
		ok !exists $next->{refresh_token}, 'it names none';
		is $s->get('/users/me', $next->{access_token})->code, 200,
		    'its access token is good';
	}
	is $s->state->tokens->used_twice, 0, 'nothing was used up';
	switched(refresh_rotates => 1);
	my $next = $s->refresh($pair->{refresh_token})->json;
	isnt $next->{refresh_token}, $pair->{refresh_token}, 'it rotates again';
	is $s->refresh($pair->{refresh_token})->json->{error}, 'invalid_grant',
	    'and the old one is dead';
};

subtest 'scopes in every form' => sub {
	my %form = (
		string  => 'scheduled_events:read users:read webhooks:write',
		commas  => 'scheduled_events:read,users:read,webhooks:write',
		array   => [qw(scheduled_events:read users:read webhooks:write)],
		default => 'default',
	);
	for my $form (sort keys %form) {
		switched(token_scope_form => $form);
		is_deeply $s->connect('frida')->{scope}, $form{$form}, $form;
	}
	switched(token_scope_form => 'string');
};

subtest 'names that nobody expects' => sub {
	switched(token_names => 'camel');
	my $said = $s->connect('frida');
	ok $said->{accessToken} && !exists $said->{access_token}, 'camels';
	switched(token_names => 'snake');
};

subtest 'a byte order mark' => sub {
	my $pair = $s->connect('olivia');
	switched(token_bom => 1);
	my $body = $s->refresh($pair->{refresh_token})->body;
	is substr($body, 0, 3), "\xef\xbb\xbf", 'begins it';
	ok decode_json(substr $body, 3)->{access_token}, 'the pair follows';
	switched(token_bom => 0);
};

subtest 'refusals without invalid_grant, for one person or all' => sub {
	my ($mine, $other) = map { $s->connect($_) } 'marco', 'sam';
	my %status = (unauthorized => 401, empty => 401, access_denied => 403,
	    html => 403);
	for my $how (sort keys %status) {
		switched(token_refusal => $how, token_refusal_person => 'marco');
		my $res = $s->refresh($mine->{refresh_token});
		is $res->code, $status{$how}, $how;
		unlike $res->body, qr/invalid_grant/, 'names no invalid_grant';
		my $next = $s->refresh($other->{refresh_token});
		is $next->code, 200, 'another is served';
		$other = $next->json;
		ok $s->connect('marco')->{access_token}, 'a code is exchanged';
	}
	switched(token_refusal_person => '');
	is $s->refresh($other->{refresh_token})->code, 401, 'now all of them';
	switched(token_refusal => 'none');
	is $s->refresh($mine->{refresh_token})->code, 200,
	    'the token that was refused is as good as before';
};

subtest 'any OAuth error under any status' => sub {
	my $pair = $s->connect('frida');
	switched(token_error => '200 invalid_grant');
	my $res = $s->refresh($pair->{refresh_token});
	is $res->code, 200, 'the status';
	is $res->json->{error}, 'invalid_grant', 'the error';
	switched(token_error => '');
	is $s->refresh($pair->{refresh_token})->code, 200,
	    'nothing was carried out';
};

done_testing;
