package Cal::Test::Residents;

# Cal::Test::Residents: puts many connected users into the database, without a
# consent page for each. The ids of their connections and meetings are the same
# in every run.
#
#	my @user = Cal::Test::Residents->settle($c, users => 8,
#		tenants => [qw(test other)]);
#	$c->deliver($user[3]{url}, $body);

use Mojo::Base -strict, -signatures;

use Digest::SHA qw(sha256);

use Cal::Test::Body qw(uuid);

use constant CONNECTION => 0xc0;	# the first part of their ids

# Puts users into the existing tenants in turn; returns hashes of name, tenant,
# connection, url.
sub settle ($class, $c, %arg)
{
	my @tenant = @{ $arg{tenants} // [$c->tenant] };
	return map { _settle($c, $_, $tenant[$_ % @tenant]) }
	    0 .. $arg{users} - 1;
}

sub _settle ($c, $n, $tenant)
{
	my %user = (name => "r$n", tenant => $tenant,
		connection => uuid(CONNECTION, $n));
	my $endpoint = sprintf 'R%042d', $n;
	my $db = $c->db;
	my ($id) = $db->selectrow_array('SELECT id FROM tenants' .
		' WHERE name = ?', undef, $tenant);
	$db->do(q{INSERT INTO connections (id, tenant_id, user_id, status,
		capability, connected_at) VALUES (?, ?, ?, 'connected', 'ok',
		now())}, undef, $user{connection}, $id, $user{name});
	$db->do(q{INSERT INTO endpoints (tenant_id, connection_id, hash)
		VALUES (?, ?, decode(?, 'hex'))}, undef, $id,
		$user{connection}, unpack 'H*', sha256($endpoint));
	return { %user, url => $c->url("/webhooks/calendly/$endpoint") };
}

1;
