# A Calendly that refuses to revoke, does not say which tokens live, or says
# oddly or not at all whose tokens they are: each has a switch.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use SandboxTest;
use Test::More;

my $s = SandboxTest->new;
$s->control(switches => { token_limit_minute => 0 });

sub form ($pair)
{
	return { client_id => 'the-id', client_secret => 'the-secret',
		token => $pair->{refresh_token} };
}

for my $status (400, 401, 403) {
	subtest "a revocation refused with $status ends nothing" => sub {
		my $pair = $s->connect('sam');
		$s->control(switches => { revoke_refused => $status });
		is $s->form('/oauth/revoke', form($pair))->code, $status,
		    'refused';
		ok $s->form('/oauth/introspect', form($pair))->json->{active},
		    'it is active still';
		is $s->form('/oauth/introspect', { %{ form($pair) },
			token => 'nonsense' })->json->{active}, 0,
		    'what is none is not';
		$s->control(switches => { revoke_refused => 'none' });
		is $s->refresh($pair->{refresh_token})->code, 200, 'it is good';
	};
}

subtest 'an introspection may be refused, or say nothing' => sub {
	my $pair = $s->connect('sam');
	$s->control(switches => { introspect => 'refused' });
	is $s->form('/oauth/introspect', form($pair))->code, 403, 'refused';
	$s->control(switches => { introspect => 'odd' });
	my $res = $s->form('/oauth/introspect', form($pair));
	is $res->code, 200, 'answered';
	is $res->json->{active}, 'perhaps', 'with what says nothing';
	$s->control(switches => { introspect => 'works' });
};

subtest 'a token answer may not say whose the tokens are' => sub {
	$s->control(switches => { token_owner => 'null' });
	my $pair = $s->connect('sam');
	is_deeply [@$pair{qw(owner organization)}], [undef, undef], 'null';
	$s->control(switches => { token_owner => 'odd' });
	$pair = $s->connect('sam');
	unlike $pair->{$_}, qr{/}, "$_: no URI" for qw(owner organization);
	$s->control(switches => { token_owner => 'uri' });
};

subtest 'users/me may be without names, or with an odd URI' => sub {
	my $pair = $s->connect('sam');
	my $me = sub { $s->get('/users/me', $pair->{access_token})
	    ->json->{resource} };
	my $before = $me->();
	$s->control(switches => { user_names_null => 1 });
	is_deeply $me->(), { %$before, name => undef, timezone => undef },
	    'null for name and time zone, all else as before';
	$s->control(switches => { user_names_null => 0, user_uri_odd => 1 });
	unlike $me->()->{uri}, qr{/}, 'an odd URI';
	$s->control(switches => { user_uri_odd => 0 });
	is_deeply $me->(), $before, 'as it was';
};

done_testing;
