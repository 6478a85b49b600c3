# What sync has brought of a user goes with the user: when they are erased, when
# they disconnect in the middle of a walk, and when a meeting is gone at Calendly.

use Cal::Test;
use Cal::Test::Books;
use Mojo::JSON qw(encode_json);

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 2 });
$c->waits_for_walks(0);
my $books = Cal::Test::Books->new(test => $c)->unlimited(10);

sub calendar ($person, %number)
{
	return $c->sandbox(POST => '/sandbox/history', { person => $person,
		past => 20, ahead => 20, days_back => 60, %number });
}

sub sync ($user) { return $c->api(GET => "/v1/connections/$user")->json('/sync') }

sub is_read ($user)
{
	return $c->wait_for(sub { my $s = sync($user);
		$s->{state} eq 'idle' && $s->{last_complete_at} },
	    "the meetings of $user to be read");
}

# How many rows of a table are of a user.
sub rows ($user, $table)
{
	return $books->one("SELECT count(*) FROM $table t
		JOIN connections c ON c.id = t.connection_id
		WHERE c.user_id = '$user'");
}

# Connected, in the middle of a walk that can't go on: Calendly answers every
# call for invitees so.
sub in_a_walk ($user, $person, $status)
{
	calendar($person);
	$books->fault('status', GET => '/scheduled_events/*',
		value => $status);
	$c->connect($user, person => $person, browser => $c->new_browser);
	$c->wait_for(sub { rows($user, 'sync_events') == 40 &&
		sync($user)->{trouble} }, "the walk of $user to be stuck");
	return;
}

# What the user and the people who met them could be known by.
sub known ($user, $person)
{
	my $page = $c->sandbox(GET => "/sandbox/books?person=$person");
	my ($id) = $c->db->selectrow_array('SELECT id FROM connections
		WHERE user_id = ?', undef, $user);
	return ($id, map { ($_->{uri} =~ m{([^/]+)$}, map { $_->{email} }
		@{ $_->{invitees} }) } @{ $page->{events} });
}

sub is_erased ($user, @known)
{
	my $res = $c->api(DELETE => "/v1/connections/$user?erase=true");
	like $res->code, qr/^20[02]$/, 'to be erased';
	$books->mend;
	$books->settle;
	is $c->api(GET => "/v1/connections/$user")->code, 404, 'erased';
	is_deeply [$books->mentions(@known)], [],
	    'no table knows the user, nor whom they met';
	is $books->one("SELECT count(*) FROM $_"), 0, "nothing is in $_"
	    for qw(syncs sync_events sync_invitees meeting_reads meetings
	    invitees events);
	return;
}

subtest 'erased after a walk' => sub {
	calendar('p1');
	$c->connect('ada', person => 'p1', browser => $c->new_browser);
	is_read('ada');
	cmp_ok rows('ada', 'meeting_reads'), '>=', 40, 'much was read';
	is_erased('ada', known('ada', 'p1'));
};

subtest 'erased in the middle of a walk' => sub {
	in_a_walk('bob', 'p2', 503);
	is_erased('bob', known('bob', 'p2'));
};

subtest 'what a walk has still to read holds no password of a room' => sub {
	in_a_walk('cyd', 'p3', 503);
	my $listed = encode_json($c->db->selectcol_arrayref(
		'SELECT event::text FROM sync_events'));
	ok $listed =~ /zoom\.us/, 'there are rooms';
	is_deeply [$listed =~ /password|passcode/gi], [],
	    'without their passwords';
	is_erased('cyd', known('cyd', 'p3'));
};

subtest 'disconnected in the middle of a walk' => sub {
	in_a_walk('dan', 'p4', 503);
	$c->api(DELETE => '/v1/connections/dan');
	$books->mend;
	ok $c->wait_for(sub { rows('dan', 'sync_events') == 0 },
		'the list to be dropped'), 'nothing is left to read';
};

subtest 'a meeting that is gone names nobody' => sub {
	calendar('p6', past => 0, ahead => 3);
	$c->connect('fay', person => 'p6', browser => $c->new_browser);
	is_read('fay');
	my $page = $c->sandbox(GET => '/sandbox/books?person=p6');
	my ($event) = grep { $_->{status} eq 'active' } @{ $page->{events} };
	my @known = map { ($_->{email}, qq("$_->{name}")) }
	    @{ $event->{invitees} };
	ok $books->mentions(@known), 'whom they meet is known';
	$c->sandbox(POST => '/sandbox/vanish', { event => $event->{uri} });
	$c->api(POST => '/v1/connections/fay/sync');
	$c->wait_for(sub { grep { $_->{type} eq 'meeting.changed' &&
		$_->{data}{change} eq 'gone' } $c->events }, 'it to be gone');
	$c->wait_for(sub { sync('fay')->{state} eq 'idle' }, 'the end');
	is_deeply [grep { !/^events:/ } $books->mentions(@known)],
	    [], 'then by nothing but the events that were told before';
	my ($told) = grep { $_->{type} eq 'meeting.changed' &&
	    $_->{data}{change} eq 'created' &&
	    $_->{data}{meeting}{calendly_uri} eq $event->{uri} } $c->events;
	ok $told, 'which the feed keeps';
};

done_testing;
