# Calendly's rate limit is kept: calls are counted before they are made, and
# when Calendly says that none is left, or answers 429, no more calls are made
# for that user until it allows them again.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Metrics;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c);
$c->connect('u1', person => 'olivia');
$c->connect('u2', person => 'sam', browser => $c->new_browser);

sub reconcile ($user) { return $c->reconcile($user)->code }

sub lists { return $books->calls('GET /webhook_subscriptions') }

sub refused { return $books->one(q{SELECT count(*) FROM api_calls
	WHERE status = 429}) }

subtest 'a 429 stops calls for that user alone' => sub {
	$books->fault(status => GET => '/webhook_subscriptions', value => 429,
		times => 1);
	is reconcile('u1'), 202, 'it waits';
	my $before = lists();
	is reconcile('u1'), 202, 'and waits';
	is lists(), $before, 'without asking Calendly again';
	is reconcile('u2'), 200, 'another user does not';
	my ($last) = @{ $c->api(GET => '/v1/connections/u1/log')
		->json('/data') };
	like $last->{error}, qr/rate limit.*used up for another \d+ s/, 'said';
};

subtest 'then they go on' => sub {
	$books->settle;		# the calls that waited, first
	is reconcile('u1'), 200, 'reconciled';
};

# Takes calls as work in the background on another host would, until there are
# none left for it. Returns how many there were.
sub use_in_background ($user)
{
	my ($n, $wait) = (-1);
	do {
		($wait) = $c->db->selectrow_array('SELECT wait_ms
		    FROM connections c, budget_take(c.id, NULL, true)
		    WHERE c.user_id = ?', undef, $user);
		$n++;
	} until $wait;
	return $n;
}

subtest 'background work leaves a tenth to people' => sub {
	$books->switch(rate_limit_minute => 50);
	$books->hurry;
	is reconcile('u2'), 200, 'the limit is known now';
	my $calls = lists();
	cmp_ok use_in_background('u2'), '>', 30, 'much is read';
	is reconcile('u2'), 200, 'a person is still served';
	cmp_ok lists(), '>', $calls, 'by Calendly';
	is $books->one(q{SELECT calls_left FROM accounts
		WHERE user_uuid = (SELECT split_part(user_uri, '/', 5)
		FROM grants g JOIN connections c ON c.grant_id = g.id
		WHERE c.user_id = 'u2')}), 4, 'from what was kept';
	$c->connect('u3', person => 'sam', browser => $c->new_browser);
	is scalar($books->hooks('sam')), 2, 'and a connect is complete';
	ok use_in_background('u2') == 0, 'of which nothing is for the rest';
};

subtest 'many calls, and Calendly need not refuse one' => sub {
	my $before = refused();
	my @code = map { reconcile('u1') } 1 .. 60;
	is $code[-1], 202, 'the last of them waits';
	is refused(), $before, 'without a 429';
	cmp_ok(Cal::Test::Metrics->scrape($c)->value(
		'calendlyd_calendly_calls_held_total', caller => 'people'),
		'>', 0, 'those that waited are counted');
};

subtest 'the last one that is allowed is the last' => sub {
	$c->sandbox(POST => '/sandbox/clock', { advance => 61 });
	$books->settle;
	$books->switch(rate_limit_minute => 1);
	my $before = refused();
	reconcile('u1') for 1 .. 3;
	cmp_ok refused() - $before, '<=', 2,
	    'Calendly hardly ever had to refuse';
	cmp_ok $books->one('SELECT count(*) FROM accounts
		WHERE limited_until > now()'), '>', 0, 'it is waited for';
};

done_testing;
