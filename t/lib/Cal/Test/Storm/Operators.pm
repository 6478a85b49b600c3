package Cal::Test::Storm::Operators;

# Cal::Test::Storm::Operators: what operators do in a storm, and what happens to
# their machines. Each act returns a few words for the trace.

use Mojo::Base -base, -signatures;

use Exporter 'import';
use POSIX ();
use Time::HiRes ();

our @EXPORT_OK = qw(operators_acts);

sub _one_of (@list) { return $list[rand @list] }

sub _reload ($s)
{
	$s->c->calendlyd->signal('HUP');
	$s->c->wait_ready;
	return '';
}

sub _other_events ($s)
{
	my @all = map {"invitee.$_"} qw(created canceled);
	push @all, map {"invitee_no_show.$_"} qw(created deleted)
	    if rand() < 0.5;
	$s->c->configure(CALENDLY_WEBHOOK_EVENTS => join ' ', @all);
	_reload($s);
	return @all . ' kinds';
}

sub _other_address ($s)
{
	my $host = _one_of('127.0.0.1', 'localhost');
	$s->c->configure(BACKEND_URL => $s->c->url =~ s/127\.0\.0\.1/$host/r);
	$s->c->calendlyd->signal('HUP');
	$s->c->stack->ctl_must('adopt');
	$s->c->wait_ready;
	return $host;
}

# The database is restored from a backup that is older than somebody's
# subscription.
sub _restore ($s)
{
	my $db = $s->c->db;
	my $user = _one_of(@{ $s->users })->user;
	my ($id, $hash) = $db->selectrow_array("SELECT e.id,
		encode(e.hash, 'hex') FROM endpoints e
		JOIN connections c ON c.id = e.connection_id
		WHERE c.user_id = ? AND e.state = 'live' AND NOT EXISTS (
		SELECT FROM jobs WHERE owner IS NOT NULL)
		ORDER BY e.id DESC LIMIT 1", undef, $user) or return 'not now';
	$s->restored->{$hash} = $s->now;
	$db->begin_work;
	$db->do('DELETE FROM subscriptions WHERE endpoint_id = ?', undef, $id);
	$db->do('DELETE FROM endpoints WHERE id = ?', undef, $id);
	$db->commit;
	return $user;
}

# A process is killed a moment later, in the middle of the next act.
sub _kill ($s)
{
	my $pool = _one_of(qw(app app runner runner ingest));
	my @pid = sort keys %{ $s->c->calendlyd->workers($pool) };
	my $victim = _one_of(@pid) // return 'nobody';
	my $pid = fork // die "cannot fork: $!";
	if (!$pid) {
		Time::HiRes::sleep(rand 0.15);
		kill KILL => $victim;
		POSIX::_exit(0);
	}
	$s->reap($pid);
	return $pool;
}

sub _kill_all ($s)
{
	$s->c->calendlyd->kill9;
	$s->c->start_calendlyd;
	return '';
}

my @ACT = (
	[0.5 => reload => \&_reload], [0.7 => events => \&_other_events],
	[0.5 => address => \&_other_address], [1 => restore => \&_restore],
	[4 => kill => \&_kill], [0.3 => 'kill all' => \&_kill_all],
);

sub operators_acts () { return @ACT }

1;
