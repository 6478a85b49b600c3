package Cal::Test::Proc;

# Cal::Test::Proc: a program that a test starts, watches, kills and starts
# again.
# Each program runs in a process group of its own, with its output in a log
# file. None outlives the test: if the test itself is killed, so that END cannot
# stop the program, the kernel does (PDEATHSIG).

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use Errno qw(EINTR);
use File::Temp ();
use POSIX ();
use Time::HiRes qw(sleep time);

has [qw(name argv log)];
has env	     => sub { {} };
has stop_signal => 'TERM';
has pid	     => undef;
has status   => undef;		# as in $?, once it has ended

sub start ($self)
{
	croak $self->name . ' runs already' if $self->running;
	open my $log, '>>', $self->log or croak $self->log . ": $!";
	my $pid = fork // die "cannot fork: $!";
	_become(@$self{qw(argv log)}, $self->env, $self->stop_signal)
	    if $pid == 0;
	POSIX::setpgid($pid, $pid);	# both do it, so that neither waits
	return $self->status(undef)->pid($pid);
}

# Runs in the child and never returns.
sub _become ($argv, $log, $env, $signal)
{
	POSIX::setpgid(0, 0);
	@SIG{qw(INT TERM HUP PIPE)} = ('DEFAULT') x 4;
	_change_env($env);
	open STDIN,  '<',  '/dev/null' or POSIX::_exit(126);
	open STDOUT, '>>', $log	       or POSIX::_exit(126);
	open STDERR, '>&', \*STDOUT    or POSIX::_exit(126);
	no warnings 'exec';
	exec {'setpriv'} 'setpriv', '--pdeathsig', $signal, '--', @$argv
	    or POSIX::_exit(127);
}

# undef removes a variable.
sub _change_env ($env)
{
	for my $name (keys %$env) {
		delete $ENV{$name};
		$ENV{$name} = $env->{$name} if defined $env->{$name};
	}
	return;
}

sub running ($self)
{
	my $pid = $self->pid or return 0;
	my $got = waitpid $pid, POSIX::WNOHANG();
	return 1 if $got == 0;
	$self->_ended($got == $pid ? $? : undef);
	return 0;
}

sub _ended ($self, $status)
{
	kill KILL => -$self->pid;	# what it left behind
	return $self->status($status)->pid(undef);
}

# Sends "TERM", "HUP", "KILL" ... to the program alone, not to its children.
sub signal ($self, $signal)
{
	my $pid = $self->pid or croak $self->name . ' does not run';
	kill $signal => $pid or croak "kill $signal $pid: $!";
	return $self;
}

# Waits until the program has ended by itself; returns its status, or undef if
# it has not.
sub wait_end ($self, $seconds)
{
	my $deadline = time + $seconds;
	while ($self->running) {
		return undef if time > $deadline;
		sleep 0.01;
	}
	return $self->status;
}

sub stop ($self, $seconds = 15)
{
	return $self if !$self->running;
	$self->signal($self->stop_signal);
	return $self if defined $self->wait_end($seconds);
	return $self->kill9;
}

# Kills the whole group at once, as a loss of power would.
sub kill9 ($self)
{
	my $pid = $self->pid or return $self;
	kill KILL => -$pid;
	waitpid $pid, 0;
	return $self->_ended($?);
}

sub restart ($self) { return $self->stop->start }

# Returns the pids of its children, sorted; with a pattern, of those whose name
# in ps ("ingest/0") matches. Zombies are left out.
sub children ($self, $pattern = qr/./)
{
	my $parent = $self->pid or return;
	my @pid;
	for my $dir (glob '/proc/[0-9]*') {
		my ($pid) = $dir =~ m{(\d+)$};
		my $stat = _slurp("$dir/stat") or next;
		my ($name, $ppid) = $stat =~ /\((.*)\) [^ZX] (\d+)/s or next;
		push @pid, $pid if $ppid == $parent && $name =~ $pattern;
	}
	return sort { $a <=> $b } @pid;
}

# For calendlyd: returns the processes of a pool, or all: { pid => 'app/0', ...
# }.
sub workers ($self, $pool = qr/\w+/)
{
	my %name;
	for my $pid ($self->children) {
		my $name = _slurp("/proc/$pid/comm") =~ s/\n//r;
		$name{$pid} = $name if $name =~ m{^$pool/\d+$};
	}
	return \%name;
}

sub _slurp ($path)
{
	open my $in, '<', $path or return '';
	local $/;
	return scalar(<$in>) // '';
}

# Returns the last lines of the log, which usually say why a start failed.
sub tail ($self, $lines = 15)
{
	my @line = split /^/, _slurp($self->log);
	splice @line, 0, -$lines if @line > $lines;
	return join '', @line;
}

# Runs a command to its end and returns { status, out, err }, with the status as
# in the shell's $? ("128 + signal" when killed). The command may take $seconds.
sub run ($class, $argv, $seconds, %arg)
{
	my ($out, $err) = map { File::Temp->new } 1 .. 2;
	my $pid = fork // die "cannot fork: $!";
	if ($pid == 0) {
		_change_env($arg{env} // {});
		my $in = _stdin($arg{stdin});
		open STDIN,  '<&', $in	or POSIX::_exit(126);
		open STDOUT, '>&', $out or POSIX::_exit(126);
		open STDERR, '>&', $err or POSIX::_exit(126);
		no warnings 'exec';
		exec { $argv->[0] } @$argv or POSIX::_exit(127);
	}
	my $deadline = time + $seconds;
	while (waitpid($pid, POSIX::WNOHANG()) == 0) {
		if (time > $deadline) {
			kill KILL => $pid;
			waitpid $pid, 0;
			last;
		}
		sleep 0.005;
	}
	my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
	return {
		status => $status,
		out    => _slurp($out->filename),
		err    => _slurp($err->filename),
	};
}

sub _stdin ($text)
{
	open my $in, '+>', defined $text ? undef : '/dev/null';
	if (defined $text) {
		print {$in} $text;
		seek $in, 0, 0;
	}
	return $in;
}

1;
