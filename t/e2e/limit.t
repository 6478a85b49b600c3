# Calendly's rate limit is kept: when it says that no call is left, or answers
# 429, no more calls are made for that user until it allows them again.

use Cal::Test;
use Cal::Test::Books;

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c);
$c->connect('u1', person => 'olivia');
$c->connect('u2', person => 'sam', browser => $c->new_browser);

sub reconcile ($user) { return $c->reconcile($user)->code }

sub lists { return $books->calls('GET /webhook_subscriptions') }

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

subtest 'the last one that is allowed is the last' => sub {
	$books->switch(rate_limit_minute => 1);
	reconcile('u1') for 1 .. 3;
	my ($refused) = $books->one(q{SELECT count(*) FROM api_calls
		WHERE status = 429});
	cmp_ok $refused, '<=', 2, 'Calendly hardly ever had to refuse';
	cmp_ok $books->one('SELECT count(*) FROM accounts
		WHERE limited_until > now()'), '>', 0, 'it is waited for';
};

done_testing;
