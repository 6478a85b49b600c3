# A subscription that was just made and already seems wrong is not replaced at
# once, but after 1, 10 and 60 minutes, six hours, and then daily; the API says
# why, and the log has it once.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Liar;

my $c = Cal::Test->start(idle => 1);
my $liar = Cal::Test::Liar->new(test => $c)->start;
$c->start_calendlyd;
my $books = Cal::Test::Books->new(test => $c)->unlimited(20);
my $next = 0;
my $ours = '/webhooks/calendly/';

sub connection ($user) { return $c->api(GET => "/v1/connections/$user")->json }

sub reconcile ($user) { return $c->reconcile($user) }

sub connected
{
	my ($user, $person) = ('u' . ++$next, "p$next");
	$c->connect($user, person => $person);
	return ($user, $person, connection($user)->{webhook}{uri});
}

sub creates ($user)
{
	return $books->one('SELECT count(*) FROM subscriptions s
	    JOIN grants g ON g.id = s.grant_id JOIN connections c
	    ON c.id = g.connection_id WHERE c.user_id = ?', $user);
}

sub trouble ($user) { return connection($user)->{webhook}{trouble} }

# So much time has gone by since the last one was made.
sub later ($time)
{
	$c->db->do("UPDATE grants SET subscription_sound_at =
	    subscription_sound_at - interval '$time'");
	return $c->db->do("UPDATE subscriptions SET
	    created_at = created_at - interval '$time',
	    missing_since = missing_since - interval '$time'");
}

# How many are made by three reconciles.
sub made_by_looking ($user)
{
	my $before = creates($user);
	reconcile($user) for 1 .. 3;
	return creates($user) - $before;
}

my %wrong = (
	other_events => { entry => { events => ['invitee.created'] } },
	other_url => { truly => 'create',
	    swap => ['^https://[^/]+', 'https://elsewhere.example'] },
	disabled => { entry => { state => 'disabled' } },
);

for my $why (sort keys %wrong) {
	subtest "made, and yet wrong: $why" => sub {
		my ($user, $person) = connected();
		reconcile($user);
		$liar->says(%{ $wrong{$why} });
		later('1 day');
		# The first: nothing tells that Calendly is at fault.
		is made_by_looking($user), $why eq 'disabled' ? 2 : 1,
		    'one is made to repair it';
		is trouble($user), $why, 'then it waits, and says why';
		later('50 seconds');
		is made_by_looking($user), 0, 'for a minute';
		later('20 seconds');
		is made_by_looking($user), 1, 'then another one';
		for my $pause ('10 minutes', '60 minutes', '6 hours', '1 day',
		    '1 day') {
			later($pause . ' - 20 seconds');
			is made_by_looking($user), 0, "not within $pause";
			later('30 seconds');
			is made_by_looking($user), 1, "after $pause another";
		}
		is $books->hooks($person), 1, 'one is at Calendly';
		my $n = () = $c->log_text =~ /not made now: $why/g;
		cmp_ok $n, '<=', 8, 'it is not said at each look';
		$liar->says;
		reconcile($user);
		is trouble($user), undef, 'a sound one ends it';
		$books->unsubscribe($person, connection($user)->{webhook}{uri});
		is made_by_looking($user), 1, 'and is repaired at once';
	};
}

subtest 'just made: not made anew within a minute' => sub {
	my ($user, $person, $uri) = connected();
	$liar->says(%{ $wrong{other_events} });
	is made_by_looking($user), 0, 'none is made';
	is trouble($user), 'other_events', 'and the API says why';
	is connection($user)->{webhook}{uri}, $uri, 'it counts meanwhile';
	my $left = $books->one(q{SELECT extract(epoch FROM next_check_at -
		now()) FROM connections WHERE user_id = ?}, $user);
	cmp_ok $left, '<=', 62, 'it is looked at again in time';
	$liar->says;
};

subtest 'gone as soon as made: once at once, then damped' => sub {
	my ($user, $person) = connected();
	$liar->says(omit => $ours, show => 404);
	is made_by_looking($user), 1, 'one';
	is trouble($user), 'gone', 'and why no more';
	$liar->says;
	reconcile($user);
	is $books->hooks($person), 1, 'in the end there is one';
};

subtest 'asked for, no usable answer: it counts, three at most' => sub {
	my ($user, $person, $uri) = connected();
	reconcile($user);
	$books->unsubscribe($person, $uri);
	$liar->says(create => 500);
	my $tries = sub { $books->one('SELECT count(*) FROM subscriptions s
	    JOIN grants g ON g.id = s.grant_id JOIN connections c
	    ON c.id = g.connection_id WHERE c.user_id = ?
	    AND s.uri IS NULL', $user) };
	reconcile($user) for 1 .. 6;
	is $tries->(), 3, 'three are tried';
	is trouble($user), 'too_many', 'then it waits';
	$liar->says;
	later('5 hours 50 minutes');
	is made_by_looking($user), 0, 'for six hours';
	later('20 minutes');
	reconcile($user) for 1 .. 2;
	is $books->hooks($person), 1, 'then there is one';
	is trouble($user), undef, 'and nothing is amiss';
};

subtest 'another wish is not damped' => sub {
	my ($user, $person) = connected();
	$liar->says(%{ $wrong{disabled} });
	made_by_looking($user);
	$liar->says;
	$c->calendlyd->stop;
	$c->configure(CALENDLY_WEBHOOK_EVENTS => 'invitee.created');
	$c->start_calendlyd;
	is made_by_looking($user), 1, 'other events are subscribed to at once';
	is_deeply connection($user)->{webhook}{events}, ['invitee.created'],
	    'as wished';
};

subtest 'a new grant is not damped' => sub {
	my ($user, $person) = connected();
	$liar->says(%{ $wrong{disabled} });
	made_by_looking($user);
	$c->api(DELETE => "/v1/connections/$user");
	$liar->says;
	$c->connect($user, person => $person);
	is $books->hooks($person), 1, 'made at once';
	is trouble($user), undef, 'and nothing is amiss';
};

done_testing;
