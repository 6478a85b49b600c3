package Cal::Test::Standby;

# Cal::Test::Standby: a second PostgreSQL that follows a test's own one, and
# becomes the primary when told to.
#
#	my $standby = Cal::Test::Standby->follow($c);	# synchronously
#	$c->configure(DATABASE_URL => $standby->both('calendlyd'));
#	$standby->stall_primary;	# its storage hangs; its kernel lives
#	$standby->promote;
#	$standby->take_over;		# both, and $c->db is here now
#	my $db = $standby->db;
#	$standby->release;		# the other is the test's

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use File::Temp qw(tempdir);
use Mojo::File qw(path);

use Cal::Test::Cluster;
use Cal::Test::Proc;

has [qw(c cluster primary)];

sub follow ($class, $c)
{
	my $dir = tempdir('calpg-XXXXXX', TMPDIR => 1);
	my $uid = (stat $c->cluster->dir)[4];
	chown $uid, -1, $dir;
	_as($uid, (glob '/usr/lib/postgresql/*/bin/pg_basebackup')[-1],
		'-h', $c->cluster->dir, '-U', 'postgres', '-R', '-c', 'fast',
		'--no-sync', '-D', "$dir/data");
	path($dir, 'ready')->spurt('');
	my $cluster = Cal::Test::Cluster->new(dir => $dir,
		proc => Cal::Test::Proc->new(name => 'standby',
		    argv => ['sh', path(__FILE__)->dirname->child(
			'../../../../deploy/cluster.sh')->to_abs->to_string,
			'run', $dir, '-c', 'fsync=off', '-c',
			'wal_retrieve_retry_interval=200ms'],
		    log => "$dir/server.log", stop_signal => 'INT'));
	$cluster->start;
	my $self = $class->new(c => $c, cluster => $cluster,
		primary => $c->cluster);
	_set($c->db, 'synchronous_standby_names', '*');
	$self->wait_synchronous;
	return $self;
}

# Does the same, and makes both known to calendlyd, whose database is the one
# that accepts writes.
sub serve ($class, $c)
{
	my $self = $class->follow($c);
	$c->configure(DATABASE_URL => $self->both('calendlyd'));
	$c->calendlyd->restart;
	$c->wait_ready;
	return $self;
}

sub _as ($uid, @argv)
{
	@argv = ('setpriv', "--reuid=$uid", '--clear-groups', '--', @argv)
	    if !$>;
	my $r = Cal::Test::Proc->run(\@argv, 60);
	croak "@argv: $r->{err}" if $r->{status};
	return;
}

sub _set ($db, $name, $value)
{
	$db->do("ALTER SYSTEM SET $name = '$value'");
	$db->do('SELECT pg_reload_conf()');
	return;
}

# What is acknowledged from now on is on the standby, too.
sub wait_synchronous ($self)
{
	return $self->c->wait_for(sub { $self->c->db->selectrow_array(
		q{SELECT count(*) FROM pg_stat_replication
		   WHERE sync_state = 'sync'}) }, 'the standby to follow');
}

# Stalls the test's own PostgreSQL for good, as if by its storage, and makes the
# standby the primary.
sub take_over ($self)
{
	my $c = $self->c;
	$self->wait_synchronous;
	$self->stall_primary;
	delete $c->{db};
	$self->promote;
	$c->stack->cluster($self->cluster);
	return $self;
}

# Returns one URL for both servers.
sub both ($self, $role)
{
	my ($one, $two) = ($self->primary, $self->cluster);
	return $one->url($self->c->stack->database, $role) =~
	    s/host=[^&]*/'host=' . $one->dir . ',' . $two->dir/er .
	    '&target_session_attrs=read-write';
}

# Sends a signal to every process of the server; the kernel still accepts
# connections for it.
sub _signal_primary ($self, $signal)
{
	my $dir = $self->primary->dir;
	kill $signal => grep { (readlink "/proc/$_/cwd" // '') =~ /^\Q$dir\E/ }
	    map { m{(\d+)$} } glob '/proc/[0-9]*';
	return;
}

sub stall_primary ($self) { return $self->_signal_primary('STOP') }
sub wake_primary ($self)  { return $self->_signal_primary('CONT') }

sub db ($self)
{
	return $self->{db} //= $self->cluster->db($self->c->stack->database);
}

sub promote ($self)
{
	my $db = $self->db;
	$db->do('SELECT pg_promote()');
	_set($db, 'synchronous_standby_names', '');
	return;
}

sub release ($self)
{
	$self->c->stack->cluster($self->primary);
	$self->wake_primary;
	delete $_->{db} for $self, $self->c;
	return $self->cluster->release;
}

1;
