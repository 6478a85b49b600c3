package Cal::Test::Killer;

# Cal::Test::Killer: kills any process with kill -9; what is not restarted by
# its master is started again, as systemd does it.
#
#	my $killer = Cal::Test::Killer->new(c => $c);
#	my $victim = $killer->kill_any;		# "runner"
#	$killer->kill_one('ingest');
# PostgreSQL is killed only if the test has its own (own_cluster).

use Mojo::Base -base, -signatures;

use Mojo::File qw(path);

has 'c';

# How likely each is to be killed.
my %WEIGHT = (ingest => 5, runner => 5, app => 2, pusher => 2, master => 2,
	backend => 2,
	everything => 1, postmaster => 1, health => 1, watch => 1);
my %DEED = (
	(map { my $pool = $_; ($pool => sub ($self) {
		$self->kill_one($pool) }) } qw(ingest runner app pusher health
	    watch)),
	master => \&_kill_master, everything => \&_kill_everything,
	backend => \&_kill_backend, postmaster => \&_kill_postmaster,
);

sub kill_any ($self)
{
	my @victim = map { ($_) x $WEIGHT{$_} } sort keys %WEIGHT;
	my $victim = $victim[rand @victim];
	$DEED{$victim}->($self);
	return $victim;
}

sub kill_one ($self, $pool)
{
	my @pid;
	$self->c->wait_for(sub { @pid = sort keys
		%{ $self->c->calendlyd->workers($pool) } },
		"a process of $pool");
	return kill KILL => $pid[rand @pid];
}

# A zombie that nobody has reaped yet is not alive.
sub is_alive ($self, $pid)
{
	my $stat = eval { path("/proc/$pid/stat")->slurp } // return 0;
	return $stat !~ /\) [ZX] /;
}

# The master's children exit by themselves.
sub kill_master ($self)
{
	my $c = $self->c;
	my @orphan = keys %{ $c->calendlyd->workers };
	$c->calendlyd->signal('KILL');
	$c->wait_for(sub { !grep { $self->is_alive($_) } @orphan },
		'its children to leave by themselves');
	$c->calendlyd->running;
	return;
}

sub _kill_master ($self)
{
	$self->kill_master;
	$self->c->start_calendlyd;
	return;
}

sub _kill_everything ($self)
{
	$self->c->calendlyd->kill9;
	$self->c->start_calendlyd;
	return;
}

# When a backend is killed, PostgreSQL ends all others and recovers.
sub _kill_backend ($self)
{
	my $c = $self->c;
	my ($pid) = $c->db->selectrow_array(q{SELECT pid
		FROM pg_stat_activity WHERE usename LIKE 'calendlyd%'
		AND backend_type = 'client backend' ORDER BY random()});
	return if !$pid;
	$c->db->do('SET client_min_messages = error');	# we know
	kill KILL => $pid;
	$c->wait_for(sub { !$self->is_alive($pid) }, 'it to be gone');
	$self->_recovered;
	return;
}

sub _kill_postmaster ($self)
{
	my $cluster = $self->c->cluster;
	$cluster->stop('KILL');
	$self->c->wait_for(sub { eval { $cluster->start; 1 } },
		'PostgreSQL to start again');
	$self->_recovered;
	return;
}

sub _recovered ($self)
{
	$self->c->wait_for(sub { eval { $self->c->db->do('SELECT 1') } },
		'PostgreSQL to be back');
	return;
}

1;
