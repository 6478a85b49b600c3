# Meetings can be read while Calendly fails for subscriptions: the walk does not
# wait for the webhook, and once there is one, nothing is read or told twice.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Walks;

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2 });
$c->waits_for_walks(0);
my $books = Cal::Test::Books->new(test => $c)->unlimited;
my $picture = walks_of($c, $books);

sub connection ($user) { return $c->api(GET => "/v1/connections/$user")->json }

sub told ($user, $type)
{
	return grep { $_->{user_id} eq $user && $_->{type} eq $type } $c->events;
}

sub walks ($user)
{
	return $books->one('SELECT walk FROM syncs s JOIN connections c
		ON c.id = s.connection_id WHERE user_id = ?', $user);
}

# Connects, without having the reconcile tried again before its time: each
# subscription that may or may not have been made counts.
sub connected ($user, $person)
{
	connect_as($user, $person);
	$c->wait_for(sub { my $s = sync($user); $s->{last_complete_at} &&
	    $s->{state} eq 'idle' }, "the meetings of $user to be read");
	return;
}

# Has the reconcile tried again until there is a webhook, and all it asks for
# done.
sub mended ($user)
{
	$books->mend;
	$c->db->do(q{UPDATE subscriptions SET
	    created_at = created_at - interval '1 day', missing_since =
	    CASE WHEN state = 'creating' THEN now() - interval '1 day' END});
	$c->reconcile($user);
	$c->wait_for(sub { $books->hurry;
		connection($user)->{webhook}{state} eq 'active' }, 'a webhook');
	$books->settle;
	return complete($user);
}

for (['its list fails', status => GET => '/webhook_subscriptions', {}],
    ['its list is refused for a while', status => GET =>
	'/webhook_subscriptions', { value => 429 }],
    ['its list hangs', hang => GET => '/webhook_subscriptions',
	{ value => 200 }],
    ['it cannot be made', status => POST => '/webhook_subscriptions', {}],
    ['its making is not answered', drop => POST => '/webhook_subscriptions',
	{ commit => \0 }]) {
	my ($name, $kind, $method, $path, $rule) = @$_;
	subtest "after a connect $name" => sub {
		my ($user, $person) = fresh(past => 3, ahead => 4);
		$books->fault($kind, $method, $path, person => $person,
			%$rule);
		connected($user, $person);
		is_complete($user, $person, 'all the same');
		isnt connection($user)->{webhook}{state}, 'active',
		    'without a webhook';
		is sync($user)->{fed_by}, 'poll', 'polls bring what is new';
		my $was = walks($user);
		mended($user);
		is sync($user)->{fed_by}, 'webhook', 'then it does';
		is scalar told($user, 'connection.synced'), 1,
		    'one walk over all is told';
		is walks($user), $was + 1, 'another closed the gap';
		is sync($user)->{purpose}, 'window', 'which was a short one';
		is_complete($user, $person, 'and nothing is missing');
	};
}

subtest 'in a gap' => sub {
	my ($user, $person) = fresh(past => 3, ahead => 4);
	backfilled($user, $person);
	is sync($user)->{fed_by}, 'webhook', 'there is a webhook';
	$c->sandbox(POST => '/sandbox/disable', { person => $person });
	$books->fault(status => POST => '/webhook_subscriptions',
		person => $person);
	my $book = $c->sandbox(POST => '/sandbox/book',
		{ person => $person, quiet => \1 });
	$c->reconcile($user);
	$c->wait_for(sub { sync($user)->{state} eq 'idle' && grep {
		$_->{data}{meeting}{calendly_uri} eq $book->{event}{uri} }
		told($user, 'meeting.changed') }, 'the booking to be found');
	is sync($user)->{fed_by}, 'poll', 'by polls';
	is scalar told($user, 'webhook.gap'), 0, 'the gap is not over';
	is scalar told($user, 'connection.synced'), 1, 'nor is it read back';
	my $was = walks($user);
	mended($user);
	is scalar told($user, 'webhook.gap'), 1, 'then it is over';
	is scalar told($user, 'connection.synced'), 2, 'and read back, once';
	is walks($user), $was + 1, 'by one walk';
	is sync($user)->{purpose}, 'repair', 'over everything';
	is sync($user)->{fed_by}, 'webhook', 'the webhook tells again';
	is_complete($user, $person, 'nothing is missing');
};

done_testing;
