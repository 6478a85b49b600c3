# The row of a job that is due is locked by somebody: it is looked at again
# soon, but with pauses, so that the database is not kept busy. And many jobs
# that wait for rows in vain do not hold up the jobs of other tenants.

use Cal::Test;

use Time::HiRes qw(time);

use constant {
	# So many of other tenants, one after the other, while each of the held
	# ones would wait for a second.
	OTHERS => 8,
	IN_TIME => 5,
	SECONDS => 5,
	# The runner's two lanes, with 50 ms from one look to the next.
	MOST => 5 * 20 * 2,
};

my $c = Cal::Test->start(settings => { CALENDLYD_RUNNERS => 1 });
$c->connect('u1', person => 'olivia', browser => $c->new_browser);

# Connections that are made from now on count the calls of functions.
my $database = $c->stack->database;
my $holder = $c->cluster->db($database);
$holder->do(qq{ALTER DATABASE "$database" SET track_functions = 'pl'});
$holder->do(q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	WHERE datname = current_database()
	AND application_name = 'calendlyd runner'});

sub looks
{
	return $holder->selectrow_array(q{SELECT coalesce(sum(calls), 0)
		FROM pg_stat_user_functions WHERE funcname = 'job_take'});
}

$c->wait_for(sub { looks() > 0 }, 'calls to be counted');
$c->db->do(q{SELECT job_ask(id, 'test', 'x', 3600) FROM tenants LIMIT 1});
# Time to get hold of it before a runner does.
$c->db->do(q{UPDATE jobs SET next_run_at = now() + interval '3 s'
	WHERE subject = 'x'});
my $hold = $c->cluster->db($database);
$hold->begin_work;
is $hold->do(q{SELECT FROM jobs WHERE subject = 'x' FOR UPDATE}), 1, 'held';
$c->wait_for(sub { $c->db->selectrow_array(
	q{SELECT due <= now() FROM jobs WHERE subject = 'x'}) }, 'it to be due');
my $before = looks();
sleep SECONDS;
my $n = looks() - $before;
cmp_ok $n, '>', 0, "looked at again ($n)";
cmp_ok $n, '<', MOST * 1.2, 'but not all the time';
$hold->rollback;
$c->wait_for(sub { $c->db->selectrow_array(
	q{SELECT tries > 0 FROM jobs WHERE subject = 'x'}) }, 'it to be run');
pass 'and run when it can be';

# All of these are for one connection, but for none that is locked as one.
my ($tenant, $id) = $c->db->selectrow_array(
	'SELECT tenant_id, id::text FROM connections');
$c->stack->ctl_must(qw(tenant add other));
$hold->begin_work;
$hold->do('SELECT FROM grants FOR UPDATE');
my @letter = grep { substr($id, $_, 1) =~ /[a-f]/ } 0 .. 35;
for my $n (1 .. 63) {
	my $subject = $id;
	substr($subject, $_, 1) =~ tr/a-f/A-F/
		for grep { defined } @letter[grep { $n & 1 << $_ } 0 .. 5];
	$c->db->do(q{SELECT job_ask(?, 'reconcile', ?, 0)}, undef, $tenant,
		$subject);
}
sub held { return $c->db->selectrow_array(
	q{SELECT count(*) FROM jobs WHERE last_error ~ 'holds its rows'}) }
$c->wait_for(sub { held() > 0 }, 'one to wait in vain');
my $begun = time;
for my $n (1 .. OTHERS) {
	$c->db->do(q{SELECT job_ask(id, 'test', ?, 0) FROM tenants
		WHERE name = 'other'}, undef, "other $n");
	$c->wait_for(sub { $c->db->selectrow_array(q{SELECT tries > 0 FROM jobs
		WHERE subject = ?}, undef, "other $n") }, 'another one');
}
cmp_ok time - $begun, '<', IN_TIME, 'others do not wait with them';
is $c->db->selectrow_array(q{SELECT count(*) FROM jobs
	WHERE kind = 'reconcile' AND tries > 1}), 0, 'no try was used up';
$hold->rollback;
done_testing;
