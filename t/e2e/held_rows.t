# Somebody who locks a tenant's rows (by an operator's open transaction, or a
# stuck client) stops that tenant only: the events and calls of others go on,
# the tenant's own data can be read, and when the rows are unlocked nothing was
# lost or doubled.

use Cal::Test;

use Cal::Test::Body qw(delivery invitee_uri uuid);
use Cal::Test::Books;
use Cal::Test::Post;
use Cal::Test::Readiness;
use Time::HiRes qw(time);

# The others need a second; this is what a busy machine makes of it.
use constant SOON => 10;

my $c = Cal::Test->start(settings => {
	CALENDLYD_RUNNERS => 2, CALENDLYD_APP_WORKERS => 3 });
Cal::Test::Books->new(test => $c)->unlimited;	# all of it in a minute
my $probe = Cal::Test::Readiness->start($c);
# As many connections of the one tenant as there are runners, and more.
$c->connect("u$_", person => (qw(olivia marco olivia))[$_ - 1],
	browser => $c->new_browser) for 1 .. 3;
my %world = (
	held => { key => $c->key, urls => [map { $c->endpoint("u$_") } 1 .. 3] },
	free => another('free', 'frida'),
);
my $serial = 0;

sub another ($name, $person)
{
	my $key = $c->key;
	$c->stack->ctl_must(qw(tenant add), $name);
	$c->key($c->stack->ctl_must(qw(key add), $name));
	$c->connect('u1', person => $person, browser => $c->new_browser);
	my %world = (key => $c->key, urls => [$c->endpoint('u1')]);
	$c->key($key);
	return \%world;
}

# Runs it as the host app of that tenant.
sub as ($who, $code)
{
	my ($key, $tenant) = ($c->key, $c->tenant);
	$c->key($world{$who}{key})->tenant($who eq 'free' ? 'free' : $tenant);
	my @result = $code->();
	$c->key($key)->tenant($tenant);
	return wantarray ? @result : $result[0];
}

# The bookings in a tenant's feed, by their invitees' URIs, in their order.
# There are thousands: not through the API.
sub booked ($who)
{
	return @{ $c->db->selectcol_arrayref(q{SELECT data->>'uri'
		FROM events e JOIN tenants t ON t.id = e.tenant_id
		WHERE t.name = ? AND type = 'invitee.created'
		AND feed_seq IS NOT NULL ORDER BY feed_seq}, undef,
		$who eq 'held' ? $c->tenant : $who) };
}

sub url_of ($who, $uri)
{
	my $urls = $world{$who}{urls};
	return $urls->[hex(substr $uri, -6) % @$urls];
}

# So many deliveries, one after the other, to each of the tenant's connections
# in turn; the invitees' URIs.
sub send_to ($who, $count)
{
	my @uri = map { invitee_uri(uuid(71, ++$serial)) } 1 .. $count;
	for my $uri (@uri) {
		my $r = $c->deliver(url_of($who, $uri),
			delivery('invitee.created', uri => $uri));
		die $r->body if $r->code != 200;
	}
	return @uri;
}

# A session of its own, whose transaction holds what the query finds.
sub hold ($query, @value)
{
	my $db = $c->cluster->db($c->stack->database);
	$db->begin_work;
	$db->selectall_arrayref($query, undef, @value);
	return $db;
}

sub in_time ($title, $code)
{
	my $begun = time;
	my $done = eval { $c->wait_for($code, $title, SOON) };
	ok $done, $title or diag $@;
	note sprintf '%s: %.2f s', $title, time - $begun;
	return;
}

sub are_in ($who, @uri)
{
	my %there = map { $_ => 1 } booked($who);
	return !grep { !$there{$_} } @uri;
}

# What the others do meanwhile.
sub the_others_go_on
{
	my @uri = send_to('free', 5);
	in_time('their events are in the feed', sub { are_in('free', @uri) });
	as('free', sub {
		is $c->session('u2')->{expires_at} ? 1 : 0, 1, 'a session';
		# 202 if the routine check of the same has just begun.
		in_time('a reconcile', sub {
			$c->reconcile('u1')->code == 200 });
		$c->waits_for_walks(0);
		in_time('a disconnect', sub { $c->connect('u3',
			person => (qw(sam frida marco))[$serial % 3], browser => $c->new_browser);
			$c->api(DELETE => '/v1/connections/u3')->code == 200 });
		in_time('its event', sub { $c->db->selectrow_array(
			q{SELECT every(feed_seq IS NOT NULL) FROM events
			WHERE type = 'connection.disconnected'}) });
	});
	return;
}

# Its own events are read while its rows are held.
sub reads_go_on
{
	as('held', sub {
		my $begun = time;
		is $c->api(GET => $_)->code, 200, "GET $_" for '/v1/events',
		    '/v1/meetings', '/v1/connections/u1', '/v1/connections';
		cmp_ok time - $begun, '<', SOON, 'in time';
	});
	return;
}

sub once_and_whole (@uri)
{
	in_time("the tenant's own are there", sub { are_in('held', @uri) });
	my %mine = map { $_ => 1 } @uri;
	my @there = grep { $mine{$_} } booked('held');
	is scalar @there, scalar @uri, 'each once';
	my $n = $c->db->selectrow_array('SELECT count(*)' .
	    ' - count(DISTINCT feed_seq) FROM events e JOIN tenants t' .
	    ' ON t.id = e.tenant_id AND t.name = ?', undef, $c->tenant);
	is $n, 0, 'each has its number';
	return @there;
}

sub stalls { return $c->log_text(qr/calendlyd/) =~ /no answer in time/ }

my $tenant = '(SELECT id FROM tenants WHERE name = ?)';

subtest 'a held head of the feed' => sub {
	my $hold = hold("SELECT FROM feed_heads WHERE tenant_id = $tenant" .
	    ' FOR UPDATE', $c->tenant);
	# A runner for each of the first three.
	my @uri = map { sleep 1; send_to('held', $_) } 1, 1, 1, 197;
	my %of = map { $_ => url_of('held', $_) } @uri;
	for (1 .. 4) {		# for longer than a statement may take
		the_others_go_on();
		reads_go_on();
		sleep 2;
	}
	is scalar(grep { my $is = $_; grep { $_ eq $is } @uri }
	    booked('held')), 0, "the tenant's own wait";
	$hold->rollback;
	my @there = once_and_whole(@uri);
	for my $url (@{ $world{held}{urls} }) {
		is_deeply [grep { $of{$_} eq $url } @there],
		    [grep { $of{$_} eq $url } @uri], 'in their order';
	}
};

subtest 'more events wait than one look takes in' => sub {
	my $hold = hold("SELECT FROM feed_heads WHERE tenant_id = $tenant" .
	    ' FOR UPDATE', $c->tenant);
	$c->db->do(qq{INSERT INTO events (tenant_id, id, connection_id,
		user_id, type, source, occurred_at, received_at, data)
		SELECT c.tenant_id, gen_random_uuid(), c.id, c.user_id, 'x',
		'system', now(), now(), '{}'
		FROM connections c, generate_series(1, 20000)
		WHERE c.tenant_id = $tenant AND c.user_id = 'u1'}, undef, $c->tenant);
	$c->db->do(q{INSERT INTO event_queue (tenant_id, event_id)
		SELECT tenant_id, id FROM events WHERE type = 'x'});
	the_others_go_on();
	$hold->rollback;
	$c->wait_for(sub { !$c->db->selectrow_array(
		'SELECT count(*) FROM event_queue') }, 'all to be numbered');
	is $c->db->selectrow_array(q{SELECT count(DISTINCT feed_seq)
		FROM events WHERE type = 'x'}), 20_000, 'each once';
	$c->db->do(q{DELETE FROM events WHERE type = 'x'});
};

subtest 'a held connection' => sub {
	my $hold = hold("SELECT FROM connections WHERE tenant_id = $tenant" .
	    ' FOR UPDATE', $c->tenant);
	my @uri = send_to('held', 20);
	$c->db->do("SELECT job_ask(tenant_id, 'reconcile', id::text)
		FROM connections WHERE tenant_id = $tenant", undef, $c->tenant);
	the_others_go_on();
	reads_go_on();
	as('held', sub {
		my $begun = time;
		my $res = $c->api(DELETE => '/v1/connections/u1');
		is $res->code, 503, 'a change is refused';
		ok $res->headers->header('Retry-After'), 'for now';
		like $res->json('/detail'), qr/holds rows/, 'and says why';
		cmp_ok time - $begun, '<', 7, 'soon';
	});
	$hold->rollback;
	once_and_whole(@uri);
};

subtest 'a held table' => sub {
	my $hold = hold('SELECT 1');
	$hold->do('LOCK TABLE connections');
	as('held', sub {
		my $begun = time;
		my $res = $c->api(GET => '/v1/connections/u1');
		is $res->code, 503, 'it is not read';
		like $res->json('/detail'), qr/holds rows/, 'and says why';
		cmp_ok time - $begun, '<', 7, 'soon';
	});
	$hold->rollback;
	reads_go_on();
};

subtest 'a held connection with a long queue' => sub {
	my $hold = hold("SELECT FROM connections WHERE tenant_id = $tenant" .
	    ' FOR UPDATE', $c->tenant);
	my @uri = map { invitee_uri(uuid(71, ++$serial)) } 1 .. 3000;
	my $count = Cal::Test::Post->start($c, count => 0 + @uri,
		item => sub ($n) { (url_of('held', $uri[$n]),
			delivery('invitee.created', uri => $uri[$n])) })
	    ->wait_end;
	is $count->{200}, @uri, 'all are taken';
	the_others_go_on();
	my $all = @uri + (my @before = booked('held'));
	$hold->rollback;
	$c->wait_for_all(sub { scalar(my @there = booked('held')) },
		$all, 'in the feed');
	once_and_whole(@uri);
};

subtest 'a held meeting' => sub {
	my ($uri) = send_to('held', 1);
	in_time('a meeting', sub { are_in('held', $uri) });
	my $hold = hold("SELECT FROM meetings WHERE tenant_id = $tenant" .
	    ' FOR UPDATE', $c->tenant);
	my $r = $c->deliver(url_of('held', $uri), delivery('invitee.canceled',
		uri => $uri, status => 'canceled'));
	is $r->code, 200, 'its cancellation is taken';
	my @uri = send_to('held', 20);
	the_others_go_on();
	reads_go_on();
	$hold->rollback;
	once_and_whole(@uri);
	my $sql = "FROM events WHERE type = 'invitee.canceled'";
	in_time('the cancellation', sub { $c->db->selectrow_array(
		"SELECT count(*) $sql AND feed_seq IS NOT NULL") == 1 });
	is $c->db->selectrow_array('SELECT count(*) FROM delivery_queue' .
	    ' WHERE tries > 0'), 0, 'no try was used up';
};

for my $table (qw(tenants grants jobs subscriptions endpoints api_keys
    delivery_queue deliveries_in events event_queue invitees)) {
	subtest "held $table" => sub {
		my $id = $table eq 'tenants' ? 'id' : 'tenant_id';
		my $hold = hold("SELECT FROM $table WHERE $id = $tenant" .
		    ' FOR UPDATE', $c->tenant);
		$c->db->do(q{UPDATE connections SET next_check_at = now()});
		my @uri = send_to('held', 5);
		my $again = delivery('invitee.created', uri => $uri[0]);
		in_time('what is known is taken again', sub { $c->deliver(
			url_of('held', $uri[0]), $again)->code == 200 });
		the_others_go_on();
		reads_go_on();
		$hold->rollback;
		once_and_whole(@uri);
	};
}

ok !stalls(), 'no held row passes for a database that hangs';

is_deeply [$probe->lies], [], '/readyz said the truth all the time';
done_testing;
