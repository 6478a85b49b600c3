# PostgreSQL's disk is full, so that reading works and writing does not. /readyz
# says so, even while nobody writes; what was accepted stays, and what was
# refused is accepted once there is room again.
#
# The tables are on a small file system in memory, which only root can make.

use Cal::Test;

use Cal::Test::Body qw(delivery invitee_uri uuid);
use Cal::Test::Proc;
use Cal::Test::Readiness;
use Mojo::File qw(path);
use Time::HiRes qw(time sleep);

use constant {
	ROOM => '100m',
	LARGE => 200_000,	# bytes that need room of their own
	WHILE => 6,		# s
};

plan skip_all => 'only root can mount a file system' if $>;
my $c = Cal::Test->start(own_cluster => 1);
$c->connect('u1', person => 'olivia');
my $url = $c->endpoint('u1');
my $base = $c->cluster->dir . '/data/base';
my ($serial, $mounted) = (0, 0);

sub run_it (@argv)
{
	my $r = Cal::Test::Proc->run(\@argv, 60);
	return $r->{status} == 0 || diag("@argv: $r->{err}") && 0;
}

# Noise, or it would be stored in less.
sub large
{
	return delivery('invitee.created',
		uri => invitee_uri(uuid(13, ++$serial)),
		name => join '', map { chr 97 + rand 26 } 1 .. LARGE);
}

sub move_tables
{
	delete $c->{db};
	$c->cluster->stop;
	rename $base, "$base.away" or die "$base: $!";
	mkdir $base;
	$mounted = run_it(qw(mount -t tmpfs -o), 'size=' . ROOM, 'none', $base);
	run_it('cp', '-a', "$base.away/.", $base);
	run_it('chown', '--reference', "$base.away", $base);
	$c->cluster->start;
	return $c->wait_ready;
}

# Whoever is killed leaves it to the machine's next start.
END {
	local $?;
	if ($mounted) {
		$c->cluster->stop;
		run_it('umount', '-l', $base);
	}
}

sub fill
{
	return run_it('sh', '-c',
		"head -c 1G /dev/zero >$base/filler 2>/dev/null; true");
}

if (!eval { move_tables() && $mounted }) {
	plan skip_all => 'no file system can be mounted here';
}

my $probe = Cal::Test::Readiness->start($c);

subtest 'nobody writes: it is known all the same' => sub {
	$probe->truth(0);
	fill();
	my $full = time;
	sleep 0.1 while time < $full + WHILE;
	my @late = grep { $_->{ready} && $_->{asked} > $full + 4 }
	    $probe->answers;
	is scalar @late, 0, '/readyz says no';
	unlink "$base/filler";
	$probe->truth(1);
	$c->wait_ready;
	pass 'and yes when there is room';
};

subtest 'webhooks are refused, and taken when they come again' => sub {
	my @first = map { large() } 1 .. 3;
	is_deeply [map { $c->deliver($url, $_)->code } @first],
	    [200, 200, 200], 'while there is room they are taken';
	$probe->truth(0);
	fill();
	my @second = map { large() } 1 .. 20;
	my @code = map { $c->deliver($url, $_)->code } @second;
	is_deeply [grep { !/^(200|503)$/ } @code], [], 'stored, or a 503';
	ok scalar(grep { $_ == 503 } @code), 'some do not fit';
	my $since = time;
	sleep 0.1 while time < $since + WHILE;
	is $c->api(GET => '/v1/connections/u1')->code, 200,
	    'what needs no room works';
	unlink "$base/filler";
	$probe->truth(undef);
	is_deeply [map { $c->deliver($url, $_)->code }
		@second[grep { $code[$_] == 503 } 0 .. $#code]],
	    [map {200} grep { $_ == 503 } @code], 'they are taken now';
	$c->wait_ready;
	$probe->truth(1);
	my $n = @first + @second;
	$c->wait_for(sub { !$c->db->selectrow_array(
		'SELECT count(*) FROM delivery_queue') }, 'all to be applied');
	is $c->db->selectrow_array('SELECT count(*) FROM deliveries_in' .
	    " WHERE kind = 'invitee.created'"), $n, 'each is stored, once';
};

is_deeply [$probe->lies], [], '/readyz said the truth all the time';
is_deeply [grep { !/no room/ } keys %{ $probe->reasons }], [], 'and why';
note explain $probe->reasons;

done_testing;
