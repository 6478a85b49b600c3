package Cal::Test::Listener;

# Cal::Test::Listener: "calendlyctl listen", as a developer runs it: with an API
# key, in an environment without any settings.
#
#	my $l = Cal::Test::Listener->new(url => $api, key => $key,
#		argv => ['--forward', $receiver]);
#	$l->start->ready;
#	$l->wait_out(qr/meeting.changed/);	# standard output
#	$l->wait_err(qr/there again/);
#	is $l->stop, 0, 'Ctrl-C';		# exit status
# The key goes into the environment; "env" adds to it, undef removes.

use Mojo::Base -base, -signatures;

use Carp qw(croak);
use File::Temp qw(tempdir);
use Mojo::File qw(path);
use Time::HiRes qw(sleep time);

use Cal::Test::Proc;
use Cal::Test::Stack;

has [qw(url key proc)];
has argv => sub { [] };
has env	 => sub { {} };
has dir	 => sub { path(tempdir('cal-listen-XXXXXX', TMPDIR => 1,
	CLEANUP => 1)) };
has to	 => '>"$0/out"';		# where the shell sends its output
has ctl	 => sub { Cal::Test::Stack->new->build . '/calendlyctl' };

sub environment ($self)
{
	return {
		(map { ($_ => undef) } grep { /^(CALENDLY|DATABASE_|BACKEND_|
		    FRONTEND_|PG)/x } keys %ENV),
		CALENDLYD_API_KEY => $self->key,
		CALENDLYD_URL	  => $self->url,
		ASAN_OPTIONS	  => 'detect_leaks=1',
		%{ $self->env },
	};
}

sub start ($self)
{
	my $command = 'exec "$@" 2>"$0/err" ' . $self->to;
	$self->proc(Cal::Test::Proc->new(name => 'listen',
		log => $self->dir->child('shell')->to_string,
		env => $self->environment,
		argv => ['sh', '-c', $command, $self->dir->to_string,
		    $self->ctl, 'listen', @{ $self->argv }])->start);
	return $self;
}

# Runs it to its end, for what is wrong from the start.
sub run ($self)
{
	return Cal::Test::Proc->run([$self->ctl, 'listen', @{ $self->argv }],
		$ENV{CAL_TEST_TIMEOUT} // 30, env => $self->environment);
}

sub out ($self) { return $self->_text('out') }
sub err ($self) { return $self->_text('err') }

sub _text ($self, $name)
{
	my $file = $self->dir->child($name);
	return -e $file ? $file->slurp : '';
}

sub ready ($self)
{
	return $self->wait_err(qr/following the feed/);
}

sub wait_out ($self, $pattern) { return $self->_wait(out => $pattern) }
sub wait_err ($self, $pattern) { return $self->_wait(err => $pattern) }

# Waits until the text matches; the end of the command counts as "never".
sub _wait ($self, $name, $pattern)
{
	my $deadline = time + ($ENV{CAL_TEST_TIMEOUT} // 30);
	for (;;) {
		my $runs = $self->proc->running;
		return $self if $self->$name =~ $pattern;
		croak "listen never said $pattern:\n" . $self->err . $self->out
		    if !$runs || time > $deadline;
		sleep 0.02;
	}
}

# Waits for the end; returns the exit status (128 + a signal's number).
sub ended ($self, $seconds = $ENV{CAL_TEST_TIMEOUT} // 30)
{
	my $status = $self->proc->wait_end($seconds);
	croak "listen does not end:\n" . $self->err if !defined $status;
	return $status & 127 ? 128 + ($status & 127) : $status >> 8;
}

sub stop ($self, $signal = 'INT')
{
	$self->proc->signal($signal);
	return $self->ended;
}

1;
