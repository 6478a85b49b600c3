package Cal::Test::Cluster;

# Cal::Test::Cluster: PostgreSQL for tests.
# shared() is the cluster whose directory is in CAL_TEST_CLUSTER (check.sh
# starts one for all tests), or else one for this test alone. own() always is
# this test's alone, which may stop and kill it. Databases in either belong to
# calendlyd_admin, as in production.

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use Cwd qw(getcwd);
use DBI;
use Fcntl qw(:flock);
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use Mojo::Util qw(url_escape);
use Time::HiRes qw(sleep time);

use Cal::Test::Proc;

has 'dir';
has proc      => undef;		# undef: somebody else runs it
has databases => sub { [] };

my $seen = 0;

sub shared ($class, $top)
{
	my $dir = $ENV{CAL_TEST_CLUSTER} or return $class->own($top);
	my $self = $class->new(dir => $dir);
	$self->_wait_ready(10);
	return $self;
}

# The cluster is not below the project's directory, because root runs the server
# as user postgres, who may not be able to get there, and because a socket's
# path must be short. @setting is "name=value"; by default one that saves time
# and would not survive a loss of power.
sub own ($class, $top, @setting)
{
	@setting = ('fsync=off') if !@setting;
	my $dir = tempdir('calpg-XXXXXX', TMPDIR => 1);
	my $r = Cal::Test::Proc->run(
		['sh', "$top/deploy/cluster.sh", 'init', $dir], 60);
	croak "cannot make a database cluster: $r->{err}" if $r->{status};
	my $self = $class->new(dir => $dir, proc => Cal::Test::Proc->new(
		name => 'postgres',
		argv => ['sh', "$top/deploy/cluster.sh", 'run', $dir,
		    map { ('-c', $_) } @setting],
		log => "$dir/server.log",
		stop_signal => 'INT'));
	return $self->start;
}

sub start ($self)
{
	$self->proc->start;
	$self->_wait_ready(30);
	return $self;
}

# "INT" stops as pg_ctl -m fast does; "KILL" as a loss of power does.
sub stop ($self, $signal = 'INT')
{
	my $proc = $self->proc
	    or croak 'this cluster is shared: ask for own_cluster => 1';
	return $proc->kill9 if $signal eq 'KILL';
	return $proc->stop_signal($signal)->stop(30);
}

# Returns the pid of the server, whoever runs it.
sub postmaster ($self)
{
	open my $in, '<', "$self->{dir}/data/postmaster.pid"
	    or croak "$self->{dir}: no server: $!";
	chomp(my $pid = <$in>);
	return $pid;
}

sub _wait_ready ($self, $seconds)
{
	my $deadline = time + $seconds;
	until (my $db = $self->_connect('postgres', 'postgres')) {
		my $proc = $self->proc;
		croak "PostgreSQL did not start:\n" . $proc->tail
		    if $proc && !$proc->running;
		croak "PostgreSQL in $self->{dir} not ready: $DBI::errstr"
		    if time > $deadline;
		sleep 0.02;
	}
	return;
}

sub _connect ($self, $database, $role, %attr)
{
	return DBI->connect("dbi:Pg:dbname=$database;host=$self->{dir}",
		$role, '', {
			PrintError => 0, RaiseError => 0, AutoCommit => 1,
			pg_enable_utf8 => 1, AutoInactiveDestroy => 1, %attr
		});
}

# Returns a handle that dies of every error, with the statement in the message.
sub db ($self, $database, $role = 'postgres')
{
	my $db = $self->_connect($database, $role) or
	    croak "cannot connect to $database as $role: $DBI::errstr";
	@$db{qw(RaiseError ShowErrorStatement)} = (1, 1);
	$db->do('SET client_min_messages = warning');
	return $db;
}

sub url ($self, $database, $role)
{
	return sprintf 'postgresql:///%s?host=%s&user=%s',
	    map { url_escape $_, '^A-Za-z0-9\-._~/' }
	    $database, $self->dir, $role;
}

# A database that $migrate has migrated. Migrating takes long, so it is done once
# for each $schema (a word that names its sources), and copied. For a copy,
# $migrate has only the rest to do, which is not in the database's tables.
#
# Only one test at a time may do this, because roles belong to the whole cluster
# and two migrations that grant at the same time collide.
sub create ($self, $schema, $migrate)
{
	my $name = join '_', 'cal', $$, ++$seen;
	open my $lock, '>>', "$self->{dir}/create.lock"
	    or croak "$self->{dir}/create.lock: $!";
	flock $lock, LOCK_EX or croak "flock: $!";
	my $db = $self->db('postgres');
	# A cluster of our own is for one test: nothing would be copied twice.
	my $from = $self->proc ? 'template1'
	    : $self->_template($db, $schema, $migrate);
	$db->do("CREATE DATABASE $name OWNER calendlyd_admin TEMPLATE $from");
	push @{ $self->databases }, $name;
	$migrate->($name);
	return $name;
}

# The database to copy; it belongs to no deployment yet, and nobody can connect
# to it, which would keep others from copying it.
sub _template ($self, $db, $schema, $migrate)
{
	my $name = "cal_of_$schema";
	my ($there, $whole) = $db->selectrow_array('SELECT true,
		NOT datallowconn FROM pg_database WHERE datname = ?', undef,
	    $name);
	return $name if $whole;
	$db->do("DROP DATABASE $name WITH (FORCE)") if $there;
	$self->_drop_older($db, $schema);
	$db->do("CREATE DATABASE $name OWNER calendlyd_admin");
	$migrate->($name);
	$self->db($name)->do('DELETE FROM deployment');
	$db->do("ALTER DATABASE $name ALLOW_CONNECTIONS false");
	return $name;
}

# What was made of older sources of the same checkout.
sub _drop_older ($self, $db, $schema)
{
	my $ours = 'cal_of_' . $schema =~ s/_[^_]*\z/_/r;
	$db->do("DROP DATABASE $_") for @{ $db->selectcol_arrayref(
		'SELECT datname FROM pg_database
		WHERE starts_with(datname, ?)', undef, $ours) };
	return;
}

# Leaves nothing; the server's log is the caller's to save before.
sub release ($self)
{
	if (my $proc = $self->proc) {
		$proc->stop(30);
		remove_tree($self->dir);
		return;
	}
	my $db = $self->_connect('postgres', 'postgres') or return;
	$db->do("DROP DATABASE IF EXISTS $_ WITH (FORCE)")
	    for @{ $self->databases };
	return;
}

1;
