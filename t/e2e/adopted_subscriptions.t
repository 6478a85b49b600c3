# A database that was restored from a backup has forgotten newer subscriptions.
# Those that call us in our form, for this user, and that no tenant knows are
# taken over, drained and deleted. All others stay untouched.

use Cal::Test;
use Cal::Test::Books;

use MIME::Base64 qw(encode_base64url);

my $c = Cal::Test->start;
my $books = Cal::Test::Books->new(test => $c)->unlimited(20);

sub connection ($user) { return $c->api(GET => "/v1/connections/$user")->json }

sub reconcile ($user) { return $c->reconcile($user) }

sub bookings ($user)
{
	return scalar grep { $_->{type} eq 'invitee.created' &&
	    $_->{user_id} eq $user } $c->events;
}

sub uris ($person)
{
	my @uri = sort map { $_->{uri} } $books->hooks($person);
	return @uri;
}

sub forget ($user)
{
	my $of = q{(SELECT g.id FROM grants g JOIN connections c
	    ON c.id = g.connection_id WHERE c.user_id = ?)};
	$c->db->do("DELETE FROM subscriptions WHERE grant_id IN $of", undef,
		$user);
	return $c->db->do("DELETE FROM endpoints WHERE grant_id IN $of", undef,
		$user);
}

sub endpoint ($byte) { return encode_base64url(chr($byte) x 32) }

subtest 'forgotten: what Calendly retries comes, then it goes' => sub {
	$c->connect('u1', person => 'p1');
	my $old = connection('u1')->{webhook}{uri};
	forget('u1');
	my $booked = $c->sandbox(POST => '/sandbox/book',
		{ person => 'p1', wait => \1 });
	is $booked->{deliveries}[0]{last_status}, 404, 'a booking is refused';
	is reconcile('u1')->code, 200, 'reconciled';
	my $new = connection('u1')->{webhook}{uri};
	is_deeply [uris('p1')], [sort $old, $new], 'a new one beside it';
	like $c->log_text, qr/no endpoint of that name is known/, 'it is said';
	$c->sandbox(POST => '/sandbox/clock', { advance => 3600 });
	$c->wait_for(sub { bookings('u1') == 1 }, 'the booking');
	reconcile('u1');
	is scalar(uris('p1')), 2, 'it stays its time';
	$c->db->do("UPDATE subscriptions SET replaced_at = replaced_at -
	    interval '25 hours'");
	reconcile('u1');
	is_deeply [uris('p1')], [$new], 'then it is deleted';
};

subtest 'forgotten, then disconnected: nothing is left' => sub {
	$c->connect('u2', person => 'p2');
	forget('u2');
	my $res = $c->api(DELETE => '/v1/connections/u2');
	is_deeply $res->json('/left_behind'), [], 'nothing is left behind';
	is $books->hooks('p2'), 0, 'nothing is at Calendly';
};

subtest 'what another grant of any tenant knows is left alone' => sub {
	$c->connect('u3', person => 'p3');
	$c->connect('u4', person => 'p3', browser => $c->new_browser);
	my @both = uris('p3');
	is scalar @both, 2, 'two users of one account';
	reconcile($_) for qw(u3 u4 u3);
	is_deeply [uris('p3')], \@both, 'each keeps its own';
	$c->api(DELETE => '/v1/connections/u3');
	is_deeply [uris('p3')], [connection('u4')->{webhook}{uri}],
	    'and the other is untouched by a disconnect';
};

subtest 'another form, another host, another scope: left alone' => sub {
	$c->connect('u5', person => 'p5');
	my $path = '/webhooks/calendly';
	$books->another('p5', $_) for
	    'https://other.example' . "$path/" . endpoint(1),
	    $c->url("$path/" . 'x' x 43),
	    $c->url("$path/" . endpoint(2) . 'A'),
	    $c->url("/webhooks/other/" . endpoint(3));
	my ($mine) = $books->hooks('p5');
	my $res = $books->as('p5', POST => '/webhook_subscriptions', {
		url => $c->url("$path/" . endpoint(4)), scope => 'organization',
		map { $_ => $mine->{$_} } qw(events organization) });
	my $foreign = $books->foreign;
	reconcile('u5');
	$c->api(DELETE => '/v1/connections/u5');
	is $books->foreign, $foreign, 'as they were';
	is scalar(uris('p5')), $res->code == 201 ? 1 : 0,
	    'one for the organization, too';
};

done_testing;
