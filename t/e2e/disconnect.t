# Disconnecting leaves nothing behind, neither at Calendly nor here; left_behind
# names what can't be removed.
#
# With sanitizers in every run.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Load;
use Cal::Test::Stopwatch;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited(20);

sub connection ($user) { return $c->api(GET => "/v1/connections/$user")->json }
sub disconnect ($user) { return $c->api(DELETE => "/v1/connections/$user") }

sub told ($user)
{
	return scalar grep { $_->{user_id} eq $user &&
	    $_->{type} eq 'connection.disconnected' } $c->events;
}

# Connected as a person of one's own; the callback URL at Calendly.
sub connected ($user, $person)
{
	$c->connect($user, person => $person);
	is connection($user)->{webhook}{state}, 'active', "$user is connected";
	return $c->endpoint($user);
}

sub is_gone ($user, $person, $endpoint)
{
	my $u = connection($user);
	is $u->{status}, 'disconnected', 'it is disconnected';
	is_deeply $u->{left_behind}, [], 'nothing is left behind';
	is $u->{calendly}, undef, 'no account is shown any more';
	is $books->hooks($person), 0, 'Calendly holds no subscription of ours';
	is $books->live($person), 0, 'nor a token that is good';
	is $books->sealed, 0, 'no sealed secret is left here';
	is $c->deliver($endpoint, '{}')->code, 410, 'deliveries are refused';
	$c->wait_for(sub { told($user) }, 'the feed to tell of it');
	return is told($user), 1, 'the feed told it once';
}

subtest 'with Calendly there, all is done when it answers' => sub {
	my $endpoint = connected('u1', 'p1');
	my $res = disconnect('u1');
	is $res->code, 200, 'answered 200';
	is $res->json('/status'), 'disconnected', 'as disconnected';
	is $res->json('/reason'), 'user_request', 'because it was asked for';
	is_gone('u1', 'p1', $endpoint);
	is $books->jobs, 0, 'no work is left';
};

subtest 'repeating it is safe and answers the same' => sub {
	my $before = connection('u1');
	my $calls = $books->state('api_calls_total');
	is disconnect('u1')->code, 200, "answered 200 again" for 1 .. 3;
	is_deeply connection('u1'), $before, 'nothing changed';
	is_deeply $books->state('api_calls_total'), $calls,
	    'Calendly was not asked';
	is told('u1'), 1, 'the feed told it once';
	is disconnect('nobody')->code, 404, 'a user never seen is 404';
};

subtest 'a reconnect afterwards is a new connect' => sub {
	$c->connect('u1', person => 'p1');
	is connection('u1')->{status}, 'connected', 'it is connected';
	is $books->hooks('p1'), 1, 'with one subscription';
	is disconnect('u1')->code, 200, 'and it can be disconnected again';
	is $books->sealed, 0, 'without a secret left';
};

subtest 'with Calendly away it is let go of at once, the rest follows' => sub {
	my $endpoint = connected('u2', 'p2');
	$books->fault('status', undef, '/*', value => 503);
	my $res = disconnect('u2');
	is $res->code, 202, 'answered 202';
	is $res->json('/status'), 'disconnecting', 'as disconnecting';
	is $c->deliver($endpoint, '{}')->code, 410, 'events are refused';
	is disconnect('u2')->code, 202, 'repeating it answers the same';
	is told('u2'), 0, 'it is not yet told';
	$books->mend;
	$books->settle;
	is_gone('u2', 'p2', $endpoint);
};

subtest 'a Calendly that hangs keeps nobody waiting' => sub {
	my $endpoint = connected('u3', 'p3');
	$books->fault('hang', GET => '/webhook_subscriptions', times => 1);
	my $watch = Cal::Test::Stopwatch->start($c);
	is disconnect('u3')->code, 202, 'answered 202';
	cmp_ok $watch->seconds, '<', 12, 'after ten seconds';
	$books->settle;
	is_gone('u3', 'p3', $endpoint);
};

subtest 'a refresh of somebody who died keeps nobody waiting' => sub {
	my $endpoint = connected('u9', 'p9');
	$c->db->do(q{UPDATE grants SET refresh_owner = gen_random_uuid(),
		refresh_started_at = now(), access_expires_at = now(),
		refresh_until = now() + interval '1 minute'
		WHERE status = 'live'});
	my $watch = Cal::Test::Stopwatch->start($c);
	is disconnect('u9')->code, 202, 'answered 202';
	cmp_ok $watch->seconds, '<', 12, 'after ten seconds';
	$c->db->do('UPDATE grants SET refresh_until = NULL,
		refresh_started_at = NULL');
	$books->settle;
	is_gone('u9', 'p9', $endpoint);
};

subtest 'a fault at any step is made good' => sub {
	my @step = ([GET => '/webhook_subscriptions'],
	    [DELETE => '/webhook_*'], [POST => '/oauth/revoke']);
	for my $kind (qw(status drop)) {
		for my $i (0 .. 2) {
			my ($user, $person) = ("$kind$i", 'p' . (4 + $i));
			my $endpoint = connected($user, $person);
			$books->fault($kind, @{ $step[$i] }, times => 1);
			like disconnect($user)->code, qr/^20[02]$/,
			    "$kind at @{ $step[$i] }";
			$books->settle;
			is_gone($user, $person, $endpoint);
		}
	}
};

subtest 'a token that has run out is refreshed for it' => sub {
	my $endpoint = connected('old', 'p7');
	$c->sandbox(POST => '/sandbox/clock', { advance => 3 * 3600 });
	is disconnect('old')->code, 200, 'answered 200';
	is_gone('old', 'p7', $endpoint);
};

subtest 'dead credentials: what stays at Calendly is named' => sub {
	my $endpoint = connected('dead', 'p8');
	my $uri = connection('dead')->{webhook}{uri};
	$c->sandbox(POST => '/sandbox/revoke-app', { person => 'p8' });
	my $res = disconnect('dead');
	is $res->code, 200, 'answered 200';
	is_deeply $res->json('/left_behind'), [$uri], 'its URI is named';
	is $res->json('/reason'), 'credentials_dead', 'and why';
	is $books->sealed, 0, 'no secret is left';
	is $c->deliver($endpoint, '{}')->code, 410, 'deliveries are refused';
};

subtest 'a later reconnect takes away what was left behind' => sub {
	is $books->hooks('p8'), 1, 'one was left behind';
	$c->connect('dead', person => 'p8');
	$books->settle;
	my @hook = $books->hooks('p8');
	is scalar @hook, 1, 'Calendly holds one subscription again';
	is $hook[0]{uri}, connection('dead')->{webhook}{uri}, 'the new one';
	is_deeply connection('dead')->{left_behind}, [], 'nothing is named';
	disconnect('dead');
};

subtest 'another account takes nothing away: it stays named' => sub {
	connected('mover', 'p12');
	my $uri = connection('mover')->{webhook}{uri};
	$c->sandbox(POST => '/sandbox/revoke-app', { person => 'p12' });
	disconnect('mover');
	$c->connect('mover', person => 'p13');
	is_deeply connection('mover')->{left_behind}, [$uri],
	    'while connected to the other';
	is_deeply disconnect('mover')->json('/left_behind'), [$uri],
	    'and after leaving that one';
	$c->connect('mover', person => 'p12');
	$books->settle;
	is_deeply connection('mover')->{left_behind}, [],
	    'until the first account is back';
	is scalar(grep { $_->{uri} eq $uri } $books->hooks('p12')), 0,
	    'and it is gone';
	disconnect('mover');
};

subtest 'a connection that needs a new consent can be disconnected' => sub {
	connected('sick', 'p9');
	$c->sandbox(POST => '/sandbox/revoke-app', { person => 'p9' });
	is $c->api(POST => '/v1/connections/sick/reconcile')->code, 409,
	    'Calendly takes its tokens no more';
	is connection('sick')->{status}, 'needs_reauth', 'it says so';
	is $c->api(GET => '/v1/connections?status=needs_reauth')
	    ->json('/data/0/user_id'), 'sick', 'and the list finds it';
	my $res = disconnect('sick');
	is $res->code, 200, 'answered 200';
	is scalar @{ $res->json('/left_behind') }, 1, 'what is left is named';
	is $books->sealed, 0, 'no secret is left';
};

subtest 'a create that is still under way does not land after it' => sub {
	my $endpoint = connected('busy', 'p11');
	$books->unsubscribe('p11', connection('busy')->{webhook}{uri});
	$books->fault('latency', POST => '/webhook_subscriptions',
		value => 1500, times => 1);
	my $repair = Cal::Test::Load->start($c, clients => 1, times => 1,
		request => [POST => '/v1/connections/busy/reconcile',
		    { Authorization => 'Bearer ' . $c->key }]);
	$c->wait_for(sub {
		my $last = $books->state('api_calls')->{api_calls}[-1];
		$last->{method} eq 'POST' && !defined $last->{status}
	}, 'the create to be on its way');
	is disconnect('busy')->code, 202, 'answered 202: somebody is at it';
	like join(' ', %{ $repair->wait_end }), qr/^20[02] 1$/, 'it ends well';
	$books->settle;
	is_gone('busy', 'p11', $endpoint);
};

subtest 'subscriptions of other apps are never touched' => sub {
	$c->sandbox(POST => '/sandbox/foreign-subscription', { person => 'p10',
		url => $_ }) for 'https://other.example/a',
	    $c->url('/webhooks/calendly/' . 'x' x 43);
	my $before = $books->foreign;
	my $endpoint = connected('u10', 'p10');
	is disconnect('u10')->code, 200, 'answered 200';
	is_gone('u10', 'p10', $endpoint);
	is $books->foreign, $before, 'they are as they were';
};

done_testing;
