# The feed filtered by user and by type: each matching event comes once and in
# order; looking for rare events costs no more than its share.

use Cal::Test;

use Cal::Test::Body qw(delivery invitee_uri uuid);
use Mojo::Util qw(url_escape);

my $c = Cal::Test->start;
$c->connect('u1', person => 'olivia');
$c->connect('u2', person => 'marco', browser => $c->new_browser);
my %url = map { ($_ => $c->endpoint($_)) } 'u1', 'u2';

my $serial = 0;
for my $kind (qw(created canceled created)) {
	is $c->deliver($url{$_}, delivery("invitee.$kind",
		uri => invitee_uri(uuid(7, ++$serial))))->code, 200, $kind
	    for 'u1', 'u2';
}
my @all = $c->wait_for(sub {
	return 0 if $c->db->selectrow_array('SELECT count(*) FROM (SELECT FROM
		delivery_queue UNION ALL SELECT FROM event_queue) q');
	my @event = $c->events;
	return (grep { $_->{type} =~ /^invitee/ } @event) == 6 && \@event;
}, 'all in the feed')->@*;

sub page ($query) { return $c->api(GET => "/v1/events?$query")->json }

# All that fit, in pages of two.
sub fitting ($filter)
{
	my (@id, $after);
	for (1 .. 50) {
		my $page = page("limit=2&$filter" .
		    (defined $after ? "&after=$after" : ''));
		push @id, map { $_->{id} } $page->{data}->@*;
		$after = $page->{next};
		return (\@id, $after) if !$page->{more};
	}
	die 'no end';
}

my $u1 = sub ($e) { $e->{user_id} eq 'u1' };
my $created = sub ($e) { $e->{type} eq 'invitee.created' };
my %filter = (
	'user_id=u1' => $u1,
	'type=invitee.created' => $created,
	'user_id=u1&type=invitee.created' =>
	    sub ($e) { $u1->($e) && $created->($e) },
	'type=invitee.canceled,connection.connected' =>
	    sub ($e) { $e->{type} =~ /canceled|connected/ },
	'type=' . join(',', map { "x.$_" } 1 .. 20) => sub ($e) { 0 },
	'user_id=nobody' => sub ($e) { 0 },
	'type=invitee.create' => sub ($e) { 0 },
);
my ($every, $head) = fitting('');

subtest 'what fits comes once and in the order of the whole feed' => sub {
	for my $filter (sort keys %filter) {
		my $fits = $filter{$filter};
		my ($got, $next) = fitting($filter);
		is_deeply $got, [map { $_->{id} } grep { $fits->($_) } @all],
		    $filter;
		is $next, $head, '"next" has moved past what does not fit';
	}
};

subtest 'a cursor of one filter is a place in the feed of any other' => sub {
	my $page = page('user_id=u1&limit=2');
	my $last = $page->{data}[-1]{id};
	my ($n) = grep { $all[$_]{id} eq $last } 0 .. $#all;
	my $after = "after=$page->{next}";
	my $ids = sub (@event) { [map { $_->{id} } @event] };
	is_deeply $ids->(page($after)->{data}->@*),
	    $ids->(@all[$n + 1 .. $#all]), 'of all';
	is_deeply $ids->(page("$after&user_id=u2")->{data}->@*),
	    $ids->(grep { $_->{user_id} eq 'u2' } @all[$n + 1 .. $#all]),
	    'of the other user';
};

# 25,000 of one kind, and one of another at their end.
subtest 'a rare type is looked for a bounded part of the feed at a time' => sub {
	$c->db->do(q{WITH h AS (
		UPDATE feed_heads SET seq = seq + 25001
		RETURNING tenant_id, seq - 25001 AS seq)
		INSERT INTO events (id, tenant_id, connection_id, user_id,
		       type, source, occurred_at, received_at, data, feed_seq)
		SELECT gen_random_uuid(), h.tenant_id, c.id, c.user_id,
		       CASE n WHEN 25001 THEN 'x.rare' ELSE 'x.many' END,
		       'system', now(), now(), '{}', h.seq + n
		  FROM h, connections c, generate_series(1, 25001) n
		 WHERE c.user_id = 'u1'});
	my ($after, @size) = ($head);
	for (1 .. 9) {
		my $page = page("type=x.rare&after=$after");
		$after = $page->{next};
		push @size, scalar $page->{data}->@*;
		last if !$page->{more};
	}
	is_deeply \@size, [0, 0, 1], 'in three steps';
	is_deeply [fitting("user_id=u2&after=$head")]->[0], [],
	    'what is of another user costs no step';
	is page("user_id=u2&after=$head")->{more}, Mojo::JSON->false,
	    'not one';
};

subtest 'a filter that can fit nothing is refused' => sub {
	my %bad = (type => ['', ',', 'a,', ',a', 'a,,b', 'a b', "a'",
		    join ',', ('a') x 21],
		user_id => ['', '.', '..', 'a b', 'x' x 129],
		wait => ['', '-1', '26', '1.5', '1e1', '007', 'x', '100']);
	for my $name (sort keys %bad) {
		for my $value ($bad{$name}->@*) {
			my $res = $c->api(GET => "/v1/events?$name=" .
			    url_escape $value);
			is $res->code, 400, "$name=$value";
			is $res->json('/errors/0/field'), $name, 'it says so';
		}
	}
};

done_testing;
