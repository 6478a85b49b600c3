# A walk over a user's meetings is asked for, of those who are connected and of
# nobody else; how far it is stands in the connection, wherever that is shown.

use Cal::Test;

my $c = Cal::Test->start;
$c->waits_for_walks(0);

sub sync ($user) { return $c->api(POST => "/v1/connections/$user/sync") }

sub connection ($user) { return $c->api(GET => "/v1/connections/$user")->json }

sub refused ($user, $status, $code)
{
	my $res = sync($user);
	is $res->code, $status, "$user: answered $status";
	return is $res->json('/code'), $code, "because of $code";
}

subtest 'a user who never came' => sub { refused('nobody', 404, 'not_found') };

subtest 'a user who is connected' => sub {
	$c->connect('alice', person => 'olivia');
	for my $time ('asked', 'asked again') {
		my $res = sync('alice');
		is $res->code, 202, "$time: answered 202";
		like $res->json('/state'), qr/^(?:idle|waiting|running)$/,
		    'with how far it is';
	}
	my $shown = connection('alice')->{sync};
	my ($listed) = @{ $c->api(GET => '/v1/connections')->json('/data') };
	is_deeply [sort keys %{ $listed->{sync} }], [sort keys %$shown],
	    'the list shows as much of it as the connection';
	is $c->db->selectrow_array(q{SELECT count(*) FROM audit
	    WHERE action = 'connection.sync' AND actor = 'api'
	      AND subject = 'alice'}), 2, 'and who asked is on record';
};

subtest 'a user whose tokens are dead' => sub {
	$c->db->do(q{UPDATE connections SET status = 'needs_reauth',
	    reason = 'invalid_grant' WHERE user_id = 'alice'});
	refused('alice', 409, 'needs_reauth');
};

subtest 'a user who is gone' => sub {
	$c->api(DELETE => '/v1/connections/alice');
	is connection('alice')->{status}, 'disconnected', 'disconnected';
	refused('alice', 409, 'needs_reauth');
};

done_testing;
