# Each fault does to the caller what it promises, and the books record it.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use SandboxTest;
use Test::More;
use Time::HiRes qw(time);

my $s = SandboxTest->new;
my $who = $s->connect('olivia');
my $token = $who->{access_token};

sub fault ($kind, %rule) {
	$s->call(DELETE => '/sandbox/faults');
	return $s->control(faults => { kind => $kind, times => 1,
	    match => { path => '/users/me' }, %rule });
}

sub me () { return $s->get('/users/me', $token) }

subtest 'latency' => sub {
	fault('latency', value => 300);
	my $began = time;
	is me()->code, 200, 'answered';
	cmp_ok time - $began, '>=', 0.29, 'late';
	is me()->code, 200, 'and only once';
};

subtest 'latency longer than the caller waits' => sub {
	fault('latency', value => 400, match => { path => '/webhook_*' });
	$s->ua->request_timeout(0.1);
	is $s->subscribe($who, url => 'https://x.example/late')->code, undef,
	    'gave up';
	$s->ua->request_timeout($SandboxTest::DEADLINE);
	ok $s->until(sub { $s->state->hooks->by_url
	    ->{'https://x.example/late'} }), 'but it came to be';
	my ($late) = values %{ $s->state->hooks->by_url
	    ->{'https://x.example/late'} };
	$s->state->hooks->remove($late, 'a test');
};

subtest 'status' => sub {
	fault('status', value => 503);
	is me()->code, 503, 'as told';
	is me()->code, 200, 'once';
};

subtest 'redirect' => sub {
	fault('redirect', value => 'https://thief.example/');
	my $res = me();
	is $res->code, 302, 'a redirect';
	is $res->headers->location, 'https://thief.example/', 'elsewhere';
};

subtest 'bodies that are not what they should be' => sub {
	fault('not_json');
	like me()->body, qr/<!doctype html>/, 'HTML';
	fault('wrong_content_type', value => 'text/plain');
	is me()->headers->content_type, 'text/plain', 'another type';
	fault('huge_body', value => 300_000);
	is length me()->body, 300_000, 'huge';
	fault('slow_body', value => 500);
	my $began = time;
	my $res = me();
	is $res->json->{resource}{uri}, $who->{owner}, 'whole';
	cmp_ok time - $began, '>=', 0.4, 'but slow';
};

subtest 'drop does the work and says nothing' => sub {
	fault('drop', match => { method => 'POST', path => '/webhook_*' });
	my $res = $s->subscribe($who);
	is $res->code, undef, 'no answer';
	my $subs = $s->get('/sandbox/state')->json->{subscriptions};
	is @$subs, 1, 'but it is there';
	fault('drop', commit => \0, match => { path => '/webhook_*' });
	$s->subscribe($who, url => 'https://x.example/2');
	$subs = $s->get('/sandbox/state')->json->{subscriptions};
	is @$subs, 1, 'unless told not to';
};

subtest 'hang' => sub {
	fault('hang', value => 300);
	my $began = time;
	is me()->code, undef, 'no answer';
	cmp_ok time - $began, '>=', 0.29, 'for long';
};

subtest 'one person alone' => sub {
	my $sam = $s->connect('sam');
	my $codes = sub ($pair) { join ' ',
		$s->get('/users/me', $pair->{access_token})->code,
		$s->refresh($pair->{refresh_token})->code };
	fault('status', times => 2, value => 503, match => { person => 's*' });
	is $codes->($who), '200 200', 'who is not meant is served';
	is $codes->($sam), '503 503', 'who is meant is not';
	$who = $s->connect('olivia');
};

subtest 'a refresh whose answer is lost' => sub {
	fault('drop', match => { path => '/oauth/token' });
	$s->refresh($who->{refresh_token});
	my $res = $s->refresh($who->{refresh_token});
	is $res->json->{error}, 'invalid_grant', 'is spent all the same';
	my $tokens = $s->get('/sandbox/state')->json->{tokens};
	is $tokens->{used_twice_after_lost_reply}, 1, 'told apart';
	is $tokens->{used_twice_after_answer}, 0, 'from a careless one';
	$s->control(switches => { refresh_lost_reply_grace => 60 });
	$who = $s->connect('olivia');
	fault('drop', match => { path => '/oauth/token' });
	$s->refresh($who->{refresh_token});
	$res = $s->refresh($who->{refresh_token});
	is $res->code, 200, 'a switch lends it grace';
	$token = $res->json->{access_token};
	is me()->code, 200, 'and the pair is good';
	$s->control(clock => { advance => 61 });
	is $s->refresh($who->{refresh_token})->code, 400, 'for a while';
};

subtest 'refreshes in flight are counted' => sub {
	$s->control('reset');
	$who = $s->connect('sam');
	fault('latency', value => 200, times => 2,
	    match => { path => '/oauth/token' });
	my @tx = map { $s->ua->build_tx(POST => $s->base . '/oauth/token',
	    { Authorization => $s->basic }, form => {
		grant_type => 'refresh_token', client_id => 'the-id',
		refresh_token => $who->{refresh_token} }) } 1 .. 2;
	Mojo::Promise->all(map { $s->ua->start_p($_) } @tx)->wait;
	my $state = $s->get('/sandbox/state')->json;
	is $state->{requests_in_flight_token}{sam}, 2, 'two at once';
	is $state->{tokens}{max_in_flight_per_grant}, 2, 'of one grant';
	is_deeply [sort map { $_->res->code } @tx], [200, 400],
	    'one of them won';
};

# Returns what the receiver got, as names of meetings.
sub names () {
	return [map { $_->{json}{payload}{scheduled_event}{name} }
	    @{ $s->got }];
}

sub book (@names) {
	$s->control(book => { person => 'sam', name => $_ }) for @names;
	return;
}

subtest 'deliveries: duplicate, reorder, lose, drop' => sub {
	$s->control('reset');
	$who = $s->connect('sam');
	$s->subscribe($who);
	my $go = sub ($kind, $value, $expect) {
		@{ $s->got } = ();
		fault($kind, match => { delivery => \1 }, value => $value);
		book(qw(one two three));
		ok $s->until(sub { @{ $s->got } >= @$expect }), "$kind: sent";
		is_deeply names(), $expect, "$kind: as told";
	};
	$go->('duplicate', 2, [qw(one one two three)]);
	$go->('reorder', 1, [qw(two one three)]);
	$go->('lose', undef, [qw(two three)]);
	$go->('drop', undef, [qw(one two three)]);
	$s->control(clock => { advance => 15 });
	ok $s->until(sub { @{ $s->got } == 4 }), 'drop: sent once more';
	is names()->[3], 'one', 'as if it had not arrived';
};

subtest 'a wrong rule is refused in plain words' => sub {
	like fault('explode')->{error}, qr/there is no fault "explode"/,
	    'unknown';
	like fault('reorder')->{error}, qr/does not fit a call/, 'unfit';
	like fault('hang', match => { delivery => \1 })->{error},
	    qr/does not fit a delivery/, 'unfit the other way';
	like fault('drop', times => 0)->{error}, qr/"times"/, 'times';
	like fault('latency', value => 'long')->{error}, qr/"value"/, 'value';
	like fault('drop', colour => 1)->{error}, qr/unknown: colour/, 'odd';
	like fault('drop', match => { host => 1 })->{error}, qr/"match"/,
	    'match';
};

done_testing;
