# A user who may not have a webhook is polled instead, until there is one.

use Cal::Test;
use Cal::Test::Age;
use Cal::Test::Books;
use Cal::Test::Picture;

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2 });
$c->waits_for_walks(0);
my $books = Cal::Test::Books->new(test => $c);
my $picture = Cal::Test::Picture->new(c => $c);
# Its limit is 50 calls in two seconds, not in a minute.
$books->switch(free_plan_webhooks => \0, rate_limit_seconds => 2);

sub connection ($user) { return $c->api(GET => "/v1/connections/$user")->json }
sub sync ($user) { return connection($user)->{sync} }

sub told ($user)
{
	return grep { $_->{user_id} eq $user && $_->{type} eq 'meeting.changed' }
	    $c->events;
}

# Has the next poll done now, and waits for its end.
sub poll ($user)
{
	my $was = sync($user)->{as_of};
	$c->db->do('UPDATE syncs SET next_at = now() FROM connections c
	    WHERE c.id = connection_id AND c.user_id = ?', undef, $user);
	my $sync;
	$c->wait_for(sub { $sync = sync($user); $sync->{state} eq 'idle'
	    && ($sync->{as_of} // '') gt ($was // '') }, "a poll of $user");
	return $sync;
}

$c->sandbox(POST => '/sandbox/history', { person => 'frida', past => 20,
	ahead => 10, days_back => 60 });
$c->connect('frida', person => 'frida');
$c->wait_for(sub { sync('frida')->{last_complete_at} }, 'the first walk');

subtest 'what was there before is there' => sub {
	my $connection = connection('frida');
	is $connection->{webhook}{state}, 'none', 'there is no webhook';
	is $connection->{webhook}{capability}, 'plan', 'the plan has none';
	is $connection->{sync}{fed_by}, 'poll', 'so polls bring what is new';
	ok $connection->{sync}{as_of}, 'it says how old the picture may be';
	ok $connection->{sync}{next_at}, 'and when it will be newer';
	$picture->from($connection->{sync}{from});
	is_deeply [$picture->differences('frida', 'frida')], [], 'complete';
};

subtest 'a poll brings what is new, and tells it once' => sub {
	my $was = told('frida');
	my $book = $c->sandbox(POST => '/sandbox/book', { person => 'frida' });
	my $sync = poll('frida');
	is $sync->{purpose}, 'poll', 'it was a poll';
	my @told = told('frida');
	is scalar @told, $was + 1, 'one change';
	is $told[-1]{source}, 'poll', 'found by a poll';
	is $told[-1]{data}{meeting}{calendly_uri}, $book->{event}{uri},
	    'the booking';
	is_deeply [$picture->differences('frida', 'frida')], [], 'complete';
	poll('frida');
	is scalar told('frida'), $was + 1, 'the next poll finds nothing new';
};

subtest 'a poll that finds nothing new reads no invitees' => sub {
	my $was = $books->calls('GET /scheduled_events/{uuid}/invitees');
	poll('frida');
	is $books->calls('GET /scheduled_events/{uuid}/invitees'), $was,
	    'only the list was read';
};

subtest 'a quiet account is polled less often, but often enough' => sub {
	poll('frida') for 1 .. 8;
	my ($seconds) = $c->db->selectrow_array('SELECT extract(epoch FROM
	    next_at - now()) FROM syncs');
	cmp_ok $seconds, '>', 85 * 60, 'more than an hour apart';
	cmp_ok $seconds, '<=', 145 * 60, 'but not much more than two';
	$c->sandbox(POST => '/sandbox/book', { person => 'frida' });
	poll('frida');
	($seconds) = $c->db->selectrow_array('SELECT extract(epoch FROM
	    next_at - now()) FROM syncs');
	cmp_ok $seconds, '<=', 19 * 60, 'a quarter of an hour after news';
};

subtest 'after an upgrade there is a webhook, and no polling' => sub {
	$c->sandbox(POST => '/sandbox/people', { person => 'frida',
		changes => { plan => 'standard', stage => 'paid' } });
	my $book = $c->sandbox(POST => '/sandbox/book', { person => 'frida' });
	$c->reconcile('frida');
	my $connection;
	$c->wait_for(sub { $connection = connection('frida');
	    $connection->{sync}{state} eq 'idle'
		&& $connection->{sync}{purpose} eq 'window' },
	    'a walk that closes the gap');
	is $connection->{webhook}{state}, 'active', 'the webhook is there';
	is $connection->{sync}{fed_by}, 'webhook', 'and brings what is new';
	is $connection->{sync}{next_at}, undef, 'no poll is due';
	is_deeply [$picture->differences('frida', 'frida')], [], 'complete';
	$c->sandbox(POST => '/sandbox/book', { person => 'frida', wait => \1 });
	$c->wait_for(sub { (told('frida'))[-1]{source} eq 'webhook' },
		'a webhook to be told');
};

done_testing;
