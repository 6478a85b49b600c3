# Calendly refuses to make a subscription, or its answer can't be used: the API,
# the connection's log and "calendlyctl errors" say so, and no subscription is
# made twice.

use Cal::Test;
use Cal::Test::Books;
use Mojo::JSON qw(decode_json);

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited(12);
my $next = 0;

sub connection ($user) { return $c->api(GET => "/v1/connections/$user")->json }
sub hook ($user) { return connection($user)->{webhook} }

sub reconcile ($user) { return $c->reconcile($user) }

sub connected
{
	my ($user, $person) = ('u' . ++$next, "p$next");
	my $end = $c->connect($user, person => $person,
		browser => $c->new_browser);
	return ($user, $person, $end);
}

# The newest call for this purpose, as the connection's log has it.
sub logged ($user, $purpose)
{
	my ($call) = grep { $_->{purpose} eq $purpose }
	    @{ $c->api(GET => "/v1/connections/$user/log?limit=100")
		->json('/data') };
	return $call;
}

# What an operator is told to do about it.
sub advised ($user, $purpose)
{
	my ($call) = grep { $_->{purpose} eq $purpose
	    && $_->{user_id} eq $user } @{ decode_json(
	    $c->stack->ctl_must('errors', '--json'))->{calls} };
	return $call->{todo};
}

sub creations
{
	return $books->calls('POST /webhook_subscriptions');
}

sub is_whole ($user, $person)
{
	is scalar(my @hook = $books->hooks($person)), 1, 'one at Calendly';
	is hook($user)->{uri}, $hook[0]{uri}, 'which we rely on';
	return is hook($user)->{state} . ' ' . hook($user)->{capability},
	    'active ok', 'and all is well';
}

for my $status (400, 422, 405) {
	subtest "a definite $status on create" => sub {
		$books->fault('status', POST => '/webhook_subscriptions',
			value => $status);
		my $made = creations();
		my ($user, $person, $end) = connected();
		like $end->url, qr{/connected-limited\.html.*=rejected},
		    'the user hears that meetings come late';
		is hook($user)->{capability}, 'rejected', 'the API says why';
		is hook($user)->{state}, 'none', 'and that there is none';
		my $call = logged($user, 'subscription_create');
		is $call->{status}, $status, 'the log has the status';
		ok length $call->{reply}, 'and the reply';
		like advised($user, 'subscription_create'), qr/BACKEND_URL/,
		    'the operator hears where to look';
		is $books->jobs, 0, 'it is not tried again and again';
		is creations(), $made + 1, 'one call said it all';
		$books->mend;
		is reconcile($user)->code, 200, 'mended';
		is_whole($user, $person);
	};
}

subtest 'a success that names no subscription: it is found by its URL' => sub {
	$books->fault('not_json', POST => '/webhook_subscriptions',
		value => 201, times => 1);
	my $made = creations();
	my ($user, $person, $end) = connected();
	unlike $end->url, qr/limited/, 'the user is told of no refusal';
	my $call = logged($user, 'subscription_create');
	is $call->{status}, 201, 'the log has the status';
	is $call->{error}, 'the reply is not JSON', 'what is wrong';
	like $call->{reply}, qr/html/i, 'and the reply';
	like advised($user, 'subscription_create'), qr/their reply/,
	    'the operator hears that it can\'t be used';
	$books->settle;
	is creations(), $made + 1, 'no second one was made';
	is_whole($user, $person);
};

subtest 'it says so until Calendly makes sense' => sub {
	my ($user, $person) = connected();
	$books->unsubscribe($person, hook($user)->{uri});
	$books->fault('not_json', POST => '/webhook_subscriptions',
		value => 201, times => 1);
	my $res = reconcile($user);
	is $res->code, 202, 'it goes on';
	is $res->json('/webhook/capability'), 'unreadable', 'the API says so';
	$books->settle;
	is_whole($user, $person);
};

subtest 'a list without an end' => sub {
	my ($user, $person) = connected();
	my $uri = hook($user)->{uri};
	$books->switch(pages_without_end => \1);
	is reconcile($user)->code, 202, 'it waits';
	is hook($user)->{capability}, 'unreadable', 'the API says why';
	is hook($user)->{uri}, $uri, 'and that there is one';
	my $call = logged($user, 'subscription_list');
	is $call->{status}, 200, 'the log has the status';
	is $call->{error}, 'the listing does not end', 'what is wrong';
	like $call->{reply}, qr/"collection"/, 'and the reply';
	unlike $call->{reply}, qr{webhooks/calendly/[\w-]{43}},
	    'without the secret part of our URL';
	like advised($user, 'subscription_list'), qr/their reply/,
	    'the operator hears that it can\'t be used';
	my $made = creations();
	my $end = $c->new_browser->visit($c->session($user)->{url});
	unlike $end->url, qr/limited/, 'a reconnect promises nothing false';
	$books->switch(pages_without_end => \0);
	$books->settle;
	is creations(), $made, 'nothing was made meanwhile';
	is_whole($user, $person);
	is hook($user)->{uri}, $uri, 'it is still the first one';
};

subtest 'a list that holds none' => sub {
	my ($user, $person) = connected();
	$books->fault('not_json', GET => '/webhook_subscriptions');
	is reconcile($user)->code, 202, 'it waits';
	is hook($user)->{capability}, 'unreadable', 'the API says why';
	$books->mend;
	$books->settle;
	is_whole($user, $person);
};

subtest 'a list that is rejected' => sub {
	my ($user, $person) = connected();
	$books->fault('status', GET => '/webhook_subscriptions', value => 400);
	is reconcile($user)->code, 202, 'it waits';
	is hook($user)->{capability}, 'rejected', 'the API says why';
	like advised($user, 'subscription_list'), qr/reply/,
	    'the operator hears where to look';
	unlike advised($user, 'subscription_list'), qr/consent/,
	    'and not that the user should consent';
	$books->mend;
	$books->settle;
	is_whole($user, $person);
};

subtest 'an outage is none of this' => sub {
	my ($user, $person) = connected();
	$books->fault('status', GET => '/webhook_subscriptions', value => 503);
	is reconcile($user)->code, 202, 'it waits';
	is hook($user)->{capability}, 'ok', 'it passes by itself';
	$books->mend;
	$books->settle;
	is_whole($user, $person);
};

done_testing;
