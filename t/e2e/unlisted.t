# What is not understood is not absent: lists that lag or lie, entries that
# can't be read and URLs that are spelled otherwise never lead to a superfluous
# subscription, nor to one that stays at Calendly unnamed.
#
# With sanitizers in every run.

use Cal::Test;
use Cal::Test::Books;
use Cal::Test::Liar;

my $c = Cal::Test->start(idle => 1);
my $liar = Cal::Test::Liar->new(test => $c)->start;
$c->start_calendlyd;
my $books = Cal::Test::Books->new(test => $c)->unlimited(40);
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

sub creates { return $books->calls('POST /webhook_subscriptions') }

# However often one looks, the same one stays, alone.
sub stays ($what, $user, $person, $uri)
{
	my $made = creates();
	reconcile($user) for 1 .. 3;
	is creates(), $made, "$what: none is made";
	is join(' ', map { $_->{uri} } $books->hooks($person)), $uri,
	    "$what: it is still there";
	is connection($user)->{webhook}{uri}, $uri, "$what: and counts";
	return is connection($user)->{webhook}{trouble}, undef,
	    "$what: nothing is amiss";
}

# Disconnected; Calendly has nothing, and we say so.
sub gone ($what, $user, $person)
{
	is $c->api(DELETE => "/v1/connections/$user")->code, 200,
	    "$what: disconnected";
	is $books->hooks($person), 0, "$what: Calendly has none of ours";
	return is_deeply connection($user)->{left_behind}, [],
	    "$what: nothing is left behind";
}

# Disconnected, and after a day of tries the truth about it.
sub given_up ($user)
{
	is $c->api(DELETE => "/v1/connections/$user")->code, 202,
	    'it is tried again';
	$c->db->do('UPDATE grants SET teardown_deadline = now()');
	$books->settle;
	return connection($user);
}

my %lie = (
	'a list that shows none of ours' => { omit => $ours },
	'without a state' => { entry => { state => undef } },
	'a state in capitals' => { entry => { state => 'ACTIVE' } },
	'without events' => { entry => { events => undef } },
	'events that are no list' => { entry => { events => 'all' } },
	'events in another order' => { entry => { events =>
	    [qw(invitee_no_show.deleted invitee_no_show.created
		invitee.canceled invitee.created)] } },
	'without a URI' => { entry => { uri => undef } },
	'a URI that names nothing' => { entry => { uri => '?' } },
	'a slash at the end' => { swap => ['$', '/'] },
	'a host in capitals' => { swap => ['^https://127', 'HTTPS://127'] },
	'almost empty' => { entry => { map { $_ => undef }
	    qw(state events scope user organization created_at uri) } },
);

for my $what (sort keys %lie) {
	subtest $what => sub {
		my ($user, $person, $uri) = connected();
		$liar->says(%{ $lie{$what} });
		stays($what, $user, $person, $uri);
		gone($what, $user, $person);
		$liar->says;
	};
}

subtest 'a 201 that spells the URL otherwise' => sub {
	$liar->says(swap => ['^https://[^/]+', 'https://calls.example']);
	my ($user, $person, $uri) = connected();
	stays('spelled otherwise', $user, $person, $uri);
	gone('spelled otherwise', $user, $person);
	$liar->says;
};

subtest 'neither listed nor shown nor denied: nothing is concluded' => sub {
	for my $status (403, 400, 500) {
		my ($user, $person, $uri) = connected();
		my $made = creates();
		$liar->says(omit => $ours, show => $status);
		reconcile($user) for 1 .. 3;
		is creates(), $made, "$status: none is made";
		is $books->hooks($person), 1, "$status: none is deleted";
		is connection($user)->{webhook}{trouble}, $status == 500 ?
		    undef : 'unconfirmed', "$status: and the API says so";
		$liar->says;
		$books->settle;
		stays("after $status", $user, $person, $uri);
	}
};

subtest 'gone is gone: 404 and 410 by its own URI' => sub {
	for my $status (404, 410) {
		my ($user, $person, $uri) = connected();
		$liar->says(omit => $ours, show => $status);
		is reconcile($user)->code, 200, 'answered 200';
		isnt connection($user)->{webhook}{uri}, $uri,
		    "$status: another one is made";
		$liar->says;
		reconcile($user);
		is $books->hooks($person), 1, "$status: and is the only one";
	}
};

subtest 'nor is it told that it is well again' => sub {
	my ($user, $person) = connected();
	my $told = sub {
		$c->wait_for(sub { !$books->one('SELECT count(*)
		    FROM event_queue') }, 'the feed to have everything');
		return join ' ', map { $_->{type} } grep { $_->{type} =~
		    /\Awebhook\./ && $_->{user_id} eq $user } $c->events;
	};
	$c->calendlyd->stop;
	$c->sandbox(POST => '/sandbox/book', { person => $person, wait => \1 });
	$c->start_calendlyd;
	reconcile($user);
	is $told->(), 'webhook.failing', 'it fails';
	$liar->says(omit => $ours, show => 403);
	reconcile($user);
	is $told->(), 'webhook.failing', 'not shown: no news';
	$liar->says(entry => { state => undef, retry_started_at => undef });
	reconcile($user);
	is $told->(), 'webhook.failing', 'not readable: no news';
	$liar->says;
	$c->sandbox(POST => '/sandbox/clock', { advance => 3600 });
	$c->wait_for(sub { $told->() =~ /recovered/ }, 'the news');
};

subtest 'not for ever: after six hours another one is made' => sub {
	my ($user, $person, $uri) = connected();
	$liar->says(omit => $ours, show => 403, delete => 403);
	reconcile($user);
	my $later = sub ($time) {
		$c->db->do("UPDATE subscriptions SET missing_since =
		    missing_since - interval '$time', created_at =
		    created_at - interval '$time'");
	};
	$later->('5 hours 50 minutes');
	my $made = creates();
	reconcile($user);
	is creates(), $made, 'not before that';
	$later->('20 minutes');
	reconcile($user) for 1 .. 2;
	is creates(), $made + 1, 'one is made';
	is $books->hooks($person), 2, 'beside the other';
	isnt connection($user)->{webhook}{uri}, $uri, 'and counts';
	$liar->says;
	$books->settle;
	reconcile($user);
	is $books->hooks($person), 1, 'in the end there is one';
	gone('after six hours', $user, $person);
};

subtest 'what is badly answered of another one keeps nobody' => sub {
	my ($user, $person, $old) = connected();
	my ($hook) = $books->hooks($person);
	$c->db->do('UPDATE endpoints SET refused_at = now()');
	$c->calendlyd->stop;
	$c->configure(CALENDLY_WEBHOOK_EVENTS => 'invitee.created');
	$c->start_calendlyd;
	reconcile($user);
	is $books->hooks($person), 2, 'one drains beside its successor';
	$books->unsubscribe($person, connection($user)->{webhook}{uri});
	$liar->says(omit => $hook->{callback_url}, show => 500);
	# The successor is asked for first: it was made last.
	$books->fault('status', GET => $old =~
		s{.*(?=/webhook_subscriptions/)}{}r, value => 500);
	$liar->says(omit => $hook->{callback_url});
	is reconcile($user)->code, 200, 'repaired';
	is $books->hooks($person), 2, 'with another one';
	$books->mend;
	$liar->says;
	$c->db->do(q{UPDATE subscriptions SET replaced_at = replaced_at
	    - interval '26 hours'});
	reconcile($user);
	is $books->hooks($person), 1, 'in the end there is one';
	$c->calendlyd->stop;
	$c->configure(CALENDLY_WEBHOOK_EVENTS => undef);
	$c->start_calendlyd;
};

subtest 'listed under another URI than it was made with' => sub {
	my ($user, $person, $uri) = connected();
	my $made = creates();
	my ($alias) = $uri =~ s{[^/]+\z}{alias-of-this-one}r;
	$liar->says(entry => { uri => $alias }, truly => 'show');
	reconcile($user) for 1 .. 3;
	is creates(), $made, 'none is made';
	is join(' ', map { $_->{uri} } $books->hooks($person)), $uri,
	    'and it is still there';
	gone('listed under another URI', $user, $person);
	$liar->says;
};

subtest 'a delete that is refused is named, and the tokens still end' => sub {
	for my $status (403, 400) {
		my ($user, $person, $uri) = connected();
		$liar->says(delete => $status);
		my $end = given_up($user);
		is $end->{status}, 'disconnected', 'disconnected';
		is_deeply $end->{left_behind}, [$uri], 'it is named';
		is $end->{reason}, 'unfinished', 'and why';
		is $books->live($person), 0, 'no token lives';
		$liar->says;
	}
};

subtest '410 to a delete is as good as done' => sub {
	my ($user, $person) = connected();
	$liar->says(delete => 410);
	my $res = $c->api(DELETE => "/v1/connections/$user");
	is_deeply $res->json('/left_behind'), [], 'nothing is left behind';
	$liar->says;
};

subtest 'a list that is refused does not keep us from deleting' => sub {
	my ($user, $person) = connected();
	$liar->says(list => 403);
	gone('list refused', $user, $person);
	is $books->live($person), 0, 'no token lives';
	$liar->says;
};

subtest 'every URI that was ever ours is deleted' => sub {
	my ($user, $person, $uri) = connected();
	my ($first) = $books->hooks($person);
	my $path = $first->{callback_url} =~ s{^https://[^/]+}{}r;
	$books->subscribe($person, "https://old.example$path");
	$liar->says(delete => 503);
	reconcile($user);
	$liar->says(omit => $ours);
	is $books->hooks($person), 2, 'one is left from another time';
	gone('two of one endpoint', $user, $person);
	$liar->says;
};

# The program before this one does not take back that it is gone.
subtest 'what was gone once and counts again is asked for' => sub {
	my ($user, $person) = connected();
	$c->db->do(q{UPDATE subscriptions SET gone_at = now()
	    WHERE state = 'active'});
	$liar->says(omit => $ours);
	gone('revived', $user, $person);
	$liar->says;
};

subtest 'one without a URI is shown, and named when it stays' => sub {
	my ($user, $person, $uri) = connected();
	my ($first) = $books->hooks($person);
	my $path = $first->{callback_url} =~ s{^https://[^/]+}{}r;
	$books->subscribe($person, "https://old.example$path");
	$liar->says(entry => { uri => undef });
	my $all = $c->api(GET => "/v1/connections/$user/webhooks")
	    ->json('/data');
	is scalar(grep { $_->{ours} } @$all), 2, 'both are ours';
	is_deeply given_up($user)->{left_behind},
	    ["https://old.example$ours***"], 'by its callback URL alone';
	$liar->says;
};

subtest 'an entry that comes twice is one' => sub {
	my ($user, $person, $uri) = connected();
	$books->another($person, "https://other.example/$_") for 1 .. 3;
	$liar->says(twice => 1);
	stays('twice', $user, $person, $uri);
	$liar->says;
};

done_testing;
