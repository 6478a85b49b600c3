package Cal::Test::Outage;

# Cal::Test::Outage: one flow, with PostgreSQL killed and started again during
# each of its calls to Calendly, so that the answer can't be committed at once.
#
#	my $done = Cal::Test::Outage->every_call('connect');
#	Cal::Test::Outage->every_call('refresh', $done);	# in its world

use Mojo::Base 'Cal::Test::Crash', -signatures;

use Mojo::IOLoop;
use POSIX ();
use Test::More ();

use constant {
	SAMPLE => 1,
	SLOW   => 1500,		# ms that Calendly takes
};

sub every_call ($class, $flow, $other = undef)
{
	my $self = $class->in_a_world($flow, $other, own_cluster => 1);
	my %call = map { / before call (.*)$/ ? ($1 => 1) : () }
	    $self->undisturbed;
	my @call = sort keys %call;
	my @todo = $self->sample(SAMPLE, @call);
	$self->_under($flow, $_) for @todo;
	Test::More::diag(sprintf '%s: PostgreSQL killed under %d of %d calls,' .
	    ' %d violations', $flow, scalar @todo, scalar @call,
	    scalar @{ $self->violations });
	Test::More::is(join("\n", @{ $self->violations }), '',
		"$flow: every promise stands");
	return $self;
}

sub _under ($self, $flow, $call)
{
	my ($c, $case) = ($self->c, $self->new_case);
	$self->prepare->($case);
	$self->books->fault('latency', split(/ /, $call), value => SLOW,
		times => 1);
	my $pid = $self->_when_called(sub { $c->cluster->stop('KILL') });
	eval { $self->act->($case); 1 }
	    or Test::More::note("$call: " . $@ =~ s/\n.*//sr);
	waitpid $pid, 0;
	$self->books->mend;
	$self->_start_again;
	return $self->judge($case, "$flow: $call",
		$call =~ m{/oauth/token$} ? 1 : 0);
}

# Runs in a process of its own, because the test's waits for the flow. It acts
# as soon as Calendly has the call, which Calendly then answers slowly.
sub _when_called ($self, $deed)
{
	my ($c, $pid) = ($self->c, fork // die "cannot fork: $!");
	return $pid if $pid;
	Mojo::IOLoop->reset;
	eval {
		$c->wait_for(sub { $c->sandbox(GET => '/sandbox/faults')
			->{faults}[0]{hits} }, 'the call');
		$deed->();
		1
	} or warn $@;
	POSIX::_exit(0);
}

sub _start_again ($self)
{
	my $cluster = $self->c->cluster;
	$self->c->wait_for(sub { !$cluster->proc->running },
		'PostgreSQL to be gone');
	$cluster->start;
	$self->c->wait_ready;
	return;
}

1;
